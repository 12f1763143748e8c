"""Every refusal as `application/problem+json` (RFC 9457), with a stable code and the request id."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    ValidationError,
)
from django.db import IntegrityError, InterfaceError, OperationalError
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from apps.common import context
from apps.common.errors import (
    ConflictError,
    DomainError,
    InvalidInputError,
    NotPermittedError,
    RouteError,
    StaleVersionError,
    TransitionError,
)

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"

_DOMAIN_STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (InvalidInputError, 400),
    (NotPermittedError, 403),
    (StaleVersionError, 412),
    (TransitionError, 409),
    (ConflictError, 409),
    (RouteError, 409),
)
_RETRY_SECONDS = "5"


class PreconditionRequiredError(exceptions.APIException):
    """A change without the version it is based on."""

    status_code = 428
    default_code = "if_match_required"

    def __init__(self) -> None:
        super().__init__(_("Send If-Match with the version you have seen."))


class KeyReusedError(exceptions.APIException):
    """The same Idempotency-Key with another body."""

    status_code = 422
    default_code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(_("This Idempotency-Key was used with another body."))


class KeyInFlightError(exceptions.APIException):
    """The first call with this Idempotency-Key has not answered yet."""

    status_code = 409
    default_code = "idempotency_key_in_flight"

    def __init__(self) -> None:
        super().__init__(_("A call with this Idempotency-Key is still under way."))


def problem(
    status: int, code: str, detail: str, *, errors: Mapping[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """The body of a problem."""
    body: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": dict(errors or {}),
        "request_id": context.current().request_id,
    }
    body.update(more)
    return body


def problem_handler(exception: Exception, _context: Mapping[str, Any]) -> Response | None:
    """Turn what was raised into a problem; what nobody foresaw goes on to the 500 page."""
    answer = _translate(exception)
    if answer is None:
        return None
    set_rollback()
    status, body, headers = answer
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


Answer = tuple[int, dict[str, Any], dict[str, str]]


def _translate(exception: Exception) -> Answer | None:
    if isinstance(exception, DomainError):
        return _domain(exception)
    if isinstance(exception, ValidationError):
        errors = _validation_errors(exception)
        return 400, problem(400, "invalid_input", _first(errors), errors=errors), {}
    if isinstance(exception, RequestDataTooBig):
        return 413, problem(413, "too_large", _("The request is too large.")), {}
    if isinstance(exception, exceptions.ValidationError):
        errors = dict(_flatten(exception.detail))
        return 400, problem(400, "invalid_input", _first(errors), errors=errors), {}
    if isinstance(exception, exceptions.APIException):
        return _framework(exception)
    return _other(exception)


def _domain(exception: DomainError) -> Answer:
    status = next((s for kind, s in _DOMAIN_STATUS if isinstance(exception, kind)), 409)
    errors = {k: [str(m) for m in messages] for k, messages in exception.errors.items()}
    blockers = [
        {"code": blocker["code"], "message": str(blocker["message"])}
        for blocker in exception.details.get("blockers", ())
    ]
    more = {"blockers": blockers} if blockers else {}
    return status, problem(status, exception.code, str(exception), errors=errors, **more), {}


def _framework(exception: exceptions.APIException) -> Answer:
    status = exception.status_code
    headers: dict[str, str] = {}
    wait = getattr(exception, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    if getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = exception.auth_header  # type: ignore[attr-defined]  # set by DRF
    codes = exception.get_codes()
    code = codes if isinstance(codes, str) else exception.default_code
    detail = exception.detail if isinstance(exception.detail, str) else exception.default_detail
    if isinstance(exception.detail, Mapping):
        detail = exception.detail.get("detail", detail)
        code = str(exception.detail.get("code", code))
    return status, problem(status, code, str(detail)), headers


def _other(exception: Exception) -> Answer | None:
    if isinstance(exception, Http404 | ObjectDoesNotExist):
        return 404, problem(404, "not_found", _("There is no such record.")), {}
    if isinstance(exception, PermissionDenied):
        return 403, problem(403, "not_permitted", str(NotPermittedError.message)), {}
    if isinstance(exception, ProtectedError | RestrictedError):
        detail = _("Other records still refer to this one, so it cannot be removed.")
        return 409, problem(409, "still_referenced", detail), {}
    if isinstance(exception, IntegrityError):
        logger.warning("refused by a constraint: %s", exception)
        return 409, problem(409, "conflict", str(ConflictError.message)), {}
    if isinstance(exception, OperationalError | InterfaceError):
        logger.error("database unavailable: %s", exception)
        detail = _("The system is busy or its database cannot be reached. Try again shortly.")
        return 503, problem(503, "unavailable", detail), {"Retry-After": _RETRY_SECONDS}
    return None


def _validation_errors(exception: ValidationError) -> dict[str, list[str]]:
    if hasattr(exception, "error_dict"):
        return {k: [str(m) for m in v] for k, v in exception.message_dict.items()}
    return {"__all__": [str(m) for m in exception.messages]}


def _flatten(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Nested errors by dotted path: `lines.2.quantity`."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            if key == "non_field_errors":
                yield from _flatten(value, path)
            else:
                yield from _flatten(value, f"{path}.{key}" if path else str(key))
    elif isinstance(detail, list) and any(isinstance(part, Mapping | list) for part in detail):
        for index, value in enumerate(detail):
            if value:
                yield from _flatten(value, f"{path}.{index}" if path else str(index))
    elif isinstance(detail, list):
        yield path or "__all__", [str(part) for part in detail]
    else:
        yield path or "__all__", [str(detail)]


def _first(errors: Mapping[str, list[str]]) -> str:
    for path, messages in errors.items():
        if messages:
            return messages[0] if path in {"__all__", "detail"} else f"{path}: {messages[0]}"
    return str(InvalidInputError.message)


def api_error(request: HttpRequest, status: int, code: str, detail: str) -> JsonResponse:
    """A problem outside DRF: unknown routes and crashes under /api/."""
    return JsonResponse(problem(status, code, detail), status=status, content_type=MEDIA_TYPE)
