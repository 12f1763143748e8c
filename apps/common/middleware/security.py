"""Headers and session rules that hold for every page, whoever wrote it."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

type Handler = Callable[[HttpRequest], HttpResponse]

# Nothing in the product needs a device, so no page and no injected script gets one.
REFUSED_FEATURES = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in REFUSED_FEATURES)

BEGAN = "_session_began"
SEEN = "_session_seen"
SECONDS_BETWEEN_WRITES = 60


class IsolationHeadersMiddleware:
    """Keep other sites from embedding what we serve, and pages from using devices."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class SessionLifeMiddleware:
    """End a log-in after half an hour without use, and after twelve hours whatever happens.

    The time of use is written once a minute at most: a page must not cost a write.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session
        if session.session_key and SESSION_KEY in session:
            now = int(time.time())
            if now - session.setdefault(BEGAN, now) > settings.SESSION_LONGEST:
                session.flush()
            elif now - session.get(SEEN, 0) >= SECONDS_BETWEEN_WRITES:
                session[SEEN] = now
        return self.get_response(request)
