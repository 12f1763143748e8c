"""The public status page: no log-in, no cookie, the same for everybody, kept by caches."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from apps.operations.status import page

SECONDS = 60


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """For people: in the language of the browser, or the one the address names."""
    found, code = _found()
    wanted = request.GET.get("lang", "")
    language = wanted if wanted in dict(settings.LANGUAGES) else translation.get_language()
    with translation.override(language), timezone.override(settings.USER_TIME_ZONE):
        words = {
            **page.shown(found, str(language)),
            "zone": settings.USER_TIME_ZONE,
            "others": [pair for pair in settings.LANGUAGES if pair[0] != language],
        }
        answer = render(request, "operations/status.html", words, status=code)
    return _kept(answer, code)


@require_safe
def status_json(_request: HttpRequest) -> HttpResponse:
    """For programs."""
    found, code = _found()
    return _kept(JsonResponse(page.as_json(found), status=code), code)


def _found() -> tuple[dict[str, Any], int]:
    """How things stand; also when the database is what does not."""
    now = timezone.now()
    try:
        return page.status(now), 200
    except Error:
        connection.close()
        return page.blind(now), 503


def _kept(answer: HttpResponse, code: int) -> HttpResponse:
    if code == 200:
        patch_cache_control(answer, public=True, max_age=SECONDS, stale_while_revalidate=SECONDS)
    else:
        patch_cache_control(answer, no_store=True)
    return answer
