"""Pages that belong to no document: refusals in plain words, and the choice of language."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import check_for_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import requires_csrf_token
from django.views.i18n import LANGUAGE_QUERY_PARAMETER
from django.views.i18n import set_language as stock_set_language

from apps.common import context
from apps.common.api.errors import api_error

LONGEST_PATH = 500
_PROBLEMS = {
    HTTPStatus.BAD_REQUEST: ("bad_request", _("The request cannot be read.")),
    HTTPStatus.FORBIDDEN: ("not_permitted", _("You are not allowed to do this.")),
    HTTPStatus.NOT_FOUND: ("not_found", _("There is no such address.")),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("server_error", _("Something went wrong on our side.")),
}


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _page(request: HttpRequest, status: HTTPStatus, **more: object) -> HttpResponse:
    """Answer with the page of a status, or a problem under /api/; the request id is for support."""
    if _is_api(request):
        code, text = _PROBLEMS[status]
        return api_error(request, status.value, code, str(text))
    words = {**_for_support(request), **more}
    return render(request, f"{status.value}.html", words, status=status)


def _for_support(request: HttpRequest) -> dict[str, str]:
    """What leads the help desk to the log: the request's id, and the page it happened on."""
    return {"request_id": context.current().request_id, "page": request.path[:LONGEST_PATH]}


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be read. What was wrong with it is not repeated to the sender.

    Only that a form was too large is said, with how large it may be: the way out is another one.
    """
    if isinstance(exception, TooManyFieldsSent | RequestDataTooBig):
        most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS, settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return _page(request, HTTPStatus.BAD_REQUEST, too_large=True, fields=most[0], bytes=most[1])
    return _page(request, HTTPStatus.BAD_REQUEST)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: it exists, but this person may not."""
    return _page(request, HTTPStatus.FORBIDDEN)


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: it does not exist, or not for this person."""
    return _page(request, HTTPStatus.NOT_FOUND)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """500: without database, session and context processors, each of which may be what failed."""
    if _is_api(request):
        return _page(request, HTTPStatus.INTERNAL_SERVER_ERROR)
    words = _for_support(request)
    page = loader.get_template("500.html").render(words)
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)


@login_not_required
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, and of the person when one is logged in."""
    response = stock_set_language(request)
    wanted = request.POST.get(LANGUAGE_QUERY_PARAMETER, "")
    user = request.user
    known = wanted in dict(settings.LANGUAGES) and check_for_language(wanted)
    if request.method == "POST" and known and user.is_authenticated and user.language != wanted:
        user.language = wanted
        user.save(update_fields=["language"])
    return response
