"""What forms of the help centre begin with, and the status of those sent back."""

from __future__ import annotations

from typing import Any

UNREADABLE = 422


def prefill(query: Any, **names: str) -> dict[str, str]:
    """What an address brings along for a form, by field: printable and no longer than fits."""
    longest = {"page": 500, "request_id": 64}
    given = {field: query.get(name, "") for field, name in names.items()}
    return {
        field: text[: longest[field]] if text.isprintable() else "" for field, text in given.items()
    }
