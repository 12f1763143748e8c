"""What is known about a request from its first moment: its id, its door, its address, its actor."""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.common import context
from apps.common.context import Channel

type Handler = Callable[[HttpRequest], HttpResponse]

HEADER = "X-Request-ID"
# What a caller may name its request: nothing that could break a log line or a header.
ACCEPTABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# What a proxy leaves on a request it hands on.
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
DOORS = (("/api/", Channel.API), ("/admin/", Channel.ADMIN))


class RequestContextMiddleware:
    """Carry id, channel and address of each request along, and give the id back in the reply.

    The actor is named when the view is about to run, after the session was read; it stays lazy, so
    that a page nobody asks about costs no query. The API names its actor when it reads the token.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = request_id_of(request)
        with context.working(
            actor=None,
            channel=channel_of(request.path_info),
            request_id=request_id,
            remote_addr=remote_addr_of(request),
        ):
            response = self.get_response(request)
        response.headers[HEADER] = request_id
        return response

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Name the person of the session as the actor; the API has no sessions."""
        if context.current().channel is not Channel.API:
            context.set_actor(request.user)
        return None


def request_id_of(request: HttpRequest) -> str:
    """The id the caller gave, when it is harmless, or a new one."""
    given = request.headers.get(HEADER, "")
    return given if ACCEPTABLE.fullmatch(given) else uuid.uuid4().hex


def channel_of(path: str) -> Channel:
    """The door a path belongs to."""
    for prefix, channel in DOORS:
        if path.startswith(prefix):
            return channel
    return Channel.WORKSPACE


def remote_addr_of(request: HttpRequest) -> str | None:
    """The address of the caller, believing as many proxies as stand in front of us and no more."""
    address = request.META.get("REMOTE_ADDR", "")
    proxies: int = settings.PROXIES
    if proxies:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
        address = hops[-min(proxies, len(hops))] or address
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def vouched_addr_of(request: HttpRequest) -> str | None:
    """The address of the caller where something depends on it, or None when nobody vouches for it.

    Behind a proxy the settings do not count, everybody would come from the proxy's own address.
    """
    if not settings.PROXIES and any(name in request.headers for name in FORWARDED):
        return None
    return remote_addr_of(request)
