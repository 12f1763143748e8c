"""Probes are answered before anything that could fail for another reason."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from apps.operations.urls import PATHS

type Handler = Callable[[HttpRequest], HttpResponse]


class ProbeMiddleware:
    """Answer probes and metrics here: without host check, session, log-in, language or throttle.

    An orchestrator asks by an address no host list knows, and a browser's cookie must not make
    the answer depend on the session table of a database that is gone.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in PATHS:
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.resolver_match = match
        request.is_watching = True  # type: ignore[attr-defined]  # kept out of what users feel
        view: Any = match.func
        if inspect.iscoroutinefunction(view):
            view = async_to_sync(view)
        response: HttpResponse = view(request, *match.args, **match.kwargs)
        return response
