"""The outermost layer: measures what everything below costs, and says it once."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.contrib.admindocs.views import simplify_regex
from django.http import HttpRequest, HttpResponse

from apps.common.measuring import Measured, Meter, meter, request_begun, request_measured
from apps.common.middleware.request import HEADER, channel_of, remote_addr_of
from apps.common.numbers import whole_number

type Handler = Callable[[HttpRequest], HttpResponse]

UNKNOWN = "unknown"
CONVERTERS = re.compile(r"<\w+:")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class MeasureMiddleware:
    """Measure each request; a label never comes from the caller, so their number is bounded."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        current = Meter()
        token = meter.set(current)
        request_begun.send_robust(sender=type(self))
        started = time.perf_counter()
        status, request_id = 500, ""
        try:
            response = self.get_response(request)
            status, request_id = response.status_code, response.headers.get(HEADER, "")
            return response
        finally:
            seconds = time.perf_counter() - started
            meter.reset(token)
            measured = measure(request, status, seconds, current.seconds, request_id)
            request_measured.send_robust(sender=type(self), measured=measured)


def measure(
    request: HttpRequest, status: int, seconds: float, query_seconds: list[float], request_id: str
) -> Measured:
    """What is worth knowing about a request that is done; asks the database nothing."""
    return Measured(
        method=request.method if request.method in METHODS else "OTHER",
        route=route_of(request),
        path=harmless_path(request),
        status=status,
        seconds=seconds,
        query_seconds=query_seconds,
        user=known_user(request),
        request_id=request_id,
        channel=str(channel_of(request.path_info)),
        address=remote_addr_of(request),
        is_watching=getattr(request, "is_watching", False) or is_static(request),
    )


def route_of(request: HttpRequest) -> str:
    """The template of the path, or one word for all paths there are none for."""
    match = request.resolver_match
    return template_of(match.route) if match else UNKNOWN


@lru_cache(maxsize=2000)
def template_of(route: str) -> str:
    """The path of a route with names for its changing parts, whichever way it is written."""
    return CONVERTERS.sub("<", simplify_regex(route))


def is_static(request: HttpRequest) -> bool:
    """A file served before any route was looked for."""
    return request.resolver_match is None and request.path_info.startswith("/static/")


def harmless_path(request: HttpRequest) -> str:
    """The path where its changing parts are numbers: anything else may be a secret of a link."""
    match = request.resolver_match
    changing = [] if match is None else match.kwargs.values()
    is_harmless = all(whole_number(str(part)) is not None for part in changing)
    return request.path_info[:200] if is_harmless else ""


def known_user(request: HttpRequest) -> int | None:
    """Who it was, if anybody asked during the request; nobody is looked up for this."""
    user: Any = getattr(request, "_cached_user", None) or request.__dict__.get("user")
    if user is None or (hasattr(user, "_wrapped") and not hasattr(user._wrapped, "pk")):  # noqa: SLF001  # a promise must not be kept here
        return None
    return user.pk if isinstance(user.pk, int) else None
