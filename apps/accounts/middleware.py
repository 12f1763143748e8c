"""What a page owes to the person who looks at it: their language, time and own password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation

type Handler = Callable[[HttpRequest], HttpResponse]

# What somebody who first has to choose a password may still reach.
BEFORE_NEW_PASSWORD = frozenset(
    {"password_change", "password_change_done", "logout", "set_language", "javascript-catalog"}
)


class PersonMiddleware:
    """Show pages in the person's language and time zone.

    A language cookie is a choice made on this browser and goes before the profile. The API has no
    sessions and speaks the language its caller asks for, in UTC.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/api/"):
            return self.get_response(request)
        known = settings.SESSION_COOKIE_NAME in request.COOKIES
        user: Any = request.user if known else None
        if user is None or not user.is_authenticated:
            with timezone.override(settings.USER_TIME_ZONE):
                return self.get_response(request)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(user.time_zone):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Send people whose password somebody else knows to choose their own first."""
        if request.path_info.startswith("/api/"):
            return None
        match = request.resolver_match
        if match is None or match.url_name in BEFORE_NEW_PASSWORD:
            return None
        user: Any = request.user
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not user.is_authenticated:
            return None
        return redirect("password_change") if user.must_change_password else None
