"""Characters: which are tidied away, and which make a value impossible to trust.

Invisible characters are dropped from texts, where they come from copying and mean nothing (the list
of the import says so), and refused in codes, where they would make two codes out of one. What turns
the direction of reading is refused everywhere: it shows something else than what is stored.
"""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from apps.common.tabular.errors import CellError
from apps.common.text import JOINERS, is_joined, name_of

# What copying leaves at either end of a value, where it parts nothing.
OUTSIDE = " \t\r\n\u00a0\u200b\u2060\ufeff"
# Zero-width characters, direction marks and overrides, soft hyphen, byte order mark.
INVISIBLE = re.compile(r"[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
# Controls but tab and line ends, halves of surrogate pairs, and what is no character at all.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_LINE_ENDS = re.compile(r"\r\n?|[\x85\u2028\u2029]")


def tidy(text: str) -> str:
    """Return text as it is stored: NFC, no invisible characters, line ends alike, no outer space.

    Raises CellError for control characters and for the mark of a character already lost.
    """
    refuse_forbidden(text)
    turned = _TURNING.search(text)
    _refuse(turned.group() if turned else "", text)
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))
    text = INVISIBLE.sub("", text)
    stray = set(_stray_joiners(text))
    kept = text if not stray else "".join(c for at, c in enumerate(text) if at not in stray)
    return kept.strip()


def refuse_forbidden(text: str) -> None:
    """Raise CellError naming the first character that no text may have."""
    found = _FORBIDDEN.search(text)
    if found:
        raise CellError(
            "control_character",
            _("The text has a control character (%(name)s).") % {"name": name_of(found.group())},
            visible(text),
        )
    if "\ufffd" in text:
        raise CellError(
            "lost_character",
            _("The text has the mark of a lost character (%(name)s). Correct it.")
            % {"name": name_of("\ufffd")},
            text,
        )


def refuse_invisible(text: str, *, joiners: bool = True) -> None:
    """Raise CellError naming the first character that cannot be seen.

    With `joiners` false, those stay that make one emoji of several.
    """
    stray = [at for at, c in enumerate(text) if c in JOINERS] if joiners else _stray_joiners(text)
    found = INVISIBLE.search(text)
    _refuse(found.group() if found else text[stray[0]] if stray else "", text)


def dropped(text: str) -> str:
    """Name the first character that `tidy` would drop from between others; empty if none."""
    inside = text.strip(OUTSIDE)
    found = INVISIBLE.search(inside)
    if found:
        return name_of(found.group())
    stray = _stray_joiners(inside)
    return name_of(inside[stray[0]]) if stray else ""


def _stray_joiners(text: str) -> list[int]:
    """Where joiners stand that join nothing."""
    if not any(joiner in text for joiner in JOINERS):
        return []
    return [at for at, c in enumerate(text) if c in JOINERS and not is_joined(text, at)]


def _refuse(character: str, text: str) -> None:
    if character:
        raise CellError(
            "invisible_character",
            _("There is an invisible character (%(name)s). Type the value again.")
            % {"name": name_of(character)},
            visible(text),
        )


def visible(text: str) -> str:
    """Write what cannot be seen as its number, so that a list of errors can be read."""
    escaped = INVISIBLE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    return _FORBIDDEN.sub(lambda found: f"\\u{ord(found.group()):04x}", escaped)
