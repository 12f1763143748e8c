"""What all pages of the help centre answer with when a service refuses."""

from __future__ import annotations

from typing import Any

from apps.common.errors import DomainError, InvalidInputError, NotPermittedError

UNREADABLE, FORBIDDEN, CONFLICT = 422, 403, 409


def status_of(error: DomainError) -> int:
    """The status of a refusal."""
    if isinstance(error, NotPermittedError):
        return FORBIDDEN
    return UNREADABLE if isinstance(error, InvalidInputError) else CONFLICT


def prefill(query: Any, **names: str) -> dict[str, str]:
    """What an address brings along for a form, by field: printable and no longer than fits."""
    longest = {"page": 500, "request_id": 64}
    given = {field: query.get(name, "") for field, name in names.items()}
    return {
        field: text[: longest[field]] if text.isprintable() else "" for field, text in given.items()
    }
