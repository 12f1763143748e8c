"""The fingerprint of what was approved: one text per content, whatever wrote it, and its SHA-256.

Keys are sorted, texts are NFC, decimals are plain without trailing zeros (1.50 = 1.5 = 15E-1),
dates are ISO and times UTC. What has no such form is refused: it could change without a trace.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any


def canonical(value: Any) -> Any:
    """The content as plain JSON values, equal for contents that mean the same.

    Raises TypeError for a value without an exact form (floats, records) and for doubled keys.
    """
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool | int):
        return value
    for types, form in _FORMS:
        if isinstance(value, types):
            return form(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical_json(content: Mapping[str, Any]) -> str:
    """The one text of a content."""
    return json.dumps(canonical(content), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical text, in hex."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def _plain(number: Decimal) -> str:
    if not number.is_finite():
        raise TypeError("a number that is none has no canonical form")
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _mapping(content: Mapping[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in content.items():
        name = unicodedata.normalize("NFC", str(key))
        if name in found:
            raise TypeError(f"the key {name!r} is there twice")
        found[name] = canonical(value)
    return dict(sorted(found.items()))


_FORMS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (str, lambda value: unicodedata.normalize("NFC", str(value))),
    (Decimal, _plain),
    (dt.datetime, lambda value: value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")),
    (dt.date, lambda value: value.isoformat()),
    (Mapping, _mapping),
    ((list, tuple), lambda value: [canonical(item) for item in value]),
)
