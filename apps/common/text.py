"""Text as people mean it: blanks put in order, and nothing in it that nobody can see.

What is invisible is refused by name rather than dropped: a text that is stored otherwise than it
was typed is no longer what somebody said, and two names that look alike are not one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from apps.common.errors import InvalidInputError

# Controls, formatting (zero-width, right-to-left overrides, soft hyphens) and halves of surrogate
# pairs. Letters of right-to-left scripts stay: they are text, only the commands are refused.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
# Blanks at either end, with those of no width that copying leaves there: they part nothing.
_OUTSIDE = re.compile(r"^[\s\u200b\u2060\ufeff]+|[\s\u200b\u2060\ufeff]+$")
# Joiners make one emoji of several, and shape letters in the scripts of India, Persia and others.
JOINERS = "\u200c\u200d"
# Marks of direction order mixed lines; where nothing runs from right to left they order nothing.
_MARKS = "\u200e\u200f\u061c"
_SHAPED_WITHOUT = (
    *("LATIN", "GREEK", "CYRILLIC", "CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HANGUL"),
    *("BOPOMOFO", "FULLWIDTH", "HALFWIDTH"),
)
SHOWN_BEFORE = 12


def one_line(value: str) -> str:
    """A single line: breaks and runs of blanks become one blank."""
    return _OUTSIDE.sub("", _SPACES.sub(" ", _plain(value).replace("\n", " ")))


def many_lines(value: str) -> str:
    """Several lines, kept as they are."""
    return _OUTSIDE.sub("", _plain(value))


def _plain(value: str) -> str:
    return unicodedata.normalize("NFC", _BREAKS.sub("\n", value))


def visible(value: str) -> str:
    """Drop what nobody can see, where text is only shown (names of files); breaks and tabs stay."""
    return "".join(c for c in value if c in "\n\t" or unicodedata.category(c) not in _INVISIBLE)


def hidden(value: str) -> str:
    """Say which character nobody can see, and after what; nothing when there is none."""
    if value.isascii() and value.isprintable():
        return ""
    for position, character in enumerate(value):
        if character in "\r\n\t" or unicodedata.category(character) not in _INVISIBLE:
            continue
        if _belongs(character, value, position):
            continue
        before = visible(value[:position])[-SHOWN_BEFORE:].strip()
        named = {"name": name_of(character), "before": before}
        if before:
            text = _("There is an invisible character (%(name)s) after “%(before)s”. Delete it.")
        else:
            text = _("There is an invisible character (%(name)s) at the start. Delete it.")
        return text % named
    return ""


def _belongs(character: str, value: str, position: int) -> bool:
    """Whether an invisible character does what it is for."""
    if character in JOINERS:
        return is_joined(value, position)
    runs_left = character in _MARKS and {"R", "AL"} & {
        unicodedata.bidirectional(c) for c in value if c not in _MARKS
    }
    return bool(runs_left)


def is_joined(value: str, position: int) -> bool:
    """Whether a joiner stands between characters it belongs to."""
    sides = value[max(position - 1, 0) : position] + value[position + 1 : position + 2]
    return len(sides) == 2 and not any(
        side.isascii() or unicodedata.name(side, "").startswith(_SHAPED_WITHOUT) for side in sides
    )


def name_of(character: str) -> str:
    """Name a character that cannot be shown, e.g. U+200B ZERO WIDTH SPACE."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


def refuse_hidden(value: str, field: str) -> None:
    """Raise InvalidInputError when the text has a character nobody can see."""
    message = hidden(value)
    if message:
        raise InvalidInputError(message, code="invisible_character", errors={field: [message]})


def hidden_in(record: models.Model, exclude: Iterable[str]) -> dict[str, str]:
    """What is hidden in the texts of a record that people write, by field."""
    found = {}
    for field in record._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
        if is_text and field.editable and field.name not in set(exclude):
            value: Any = getattr(record, field.attname)
            message = hidden(value) if isinstance(value, str) else ""
            if message:
                found[field.name] = message
    return found
