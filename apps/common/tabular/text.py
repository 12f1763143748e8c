"""Characters: which are tidied away, and which make a value impossible to trust.

Invisible characters are dropped from texts, where they come from copying and mean nothing, and
refused in codes, where they would make two codes out of one.
"""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from apps.common.tabular.errors import CellError

# Zero-width characters, direction marks and overrides, soft hyphen, byte order mark.
INVISIBLE = re.compile(r"[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Joiners belong to emoji and to some scripts; between ASCII letters they only hide.
_JOINERS = re.compile(r"(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
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
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))
    return _JOINERS.sub("", INVISIBLE.sub("", text)).strip()


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
    hidden = re.compile("[\u200c\u200d]") if joiners else _JOINERS
    found = INVISIBLE.search(text) or hidden.search(text)
    if found:
        raise CellError(
            "invisible_character",
            _("There is an invisible character (%(name)s). Type the value again.")
            % {"name": name_of(found.group())},
            visible(text),
        )


def name_of(character: str) -> str:
    """Name a character that cannot be shown, e.g. U+200B ZERO WIDTH SPACE."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".strip()


def visible(text: str) -> str:
    """Write what cannot be seen as its number, so that a list of errors can be read."""
    escaped = INVISIBLE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    return _FORBIDDEN.sub(lambda found: f"\\u{ord(found.group()):04x}", escaped)
