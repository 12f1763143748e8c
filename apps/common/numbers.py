"""Whole numbers as addresses, forms and files write them."""

from __future__ import annotations

LARGEST_KEY = 18  # digits that fit in a key of either database


def whole_number(text: str, *, digits: int = LARGEST_KEY) -> int | None:
    """Read a number of ASCII digits, or nothing where the text is none or longer than `digits`.

    `text.isdigit()` before `int(text)` is no check: superscripts pass it, and so do more digits
    than Python turns into a number.
    """
    is_one = text.isascii() and text.isdigit() and len(text) <= digits
    return int(text) if is_one else None
