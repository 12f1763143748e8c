"""Text as people mean it: without the invisible characters that make two words look like one."""

from __future__ import annotations

import re
import unicodedata

# Controls, formatting (zero-width, right-to-left overrides, soft hyphens) and halves of surrogate
# pairs. Letters of right-to-left scripts stay: they are text, only the commands go.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")


def one_line(value: str) -> str:
    """A single line: breaks and runs of blanks become one blank, nothing invisible stays."""
    return _SPACES.sub(" ", visible(_BREAKS.sub("\n", value)).replace("\n", " ")).strip()


def many_lines(value: str) -> str:
    """Several lines, kept as they are but for what cannot be seen."""
    return visible(_BREAKS.sub("\n", value)).strip()


def visible(value: str) -> str:
    """Drop what nobody can see; line breaks and tabs stay."""
    if value.isascii() and value.isprintable():
        return value
    kept = (c for c in value if c in "\n\t" or unicodedata.category(c) not in _INVISIBLE)
    return unicodedata.normalize("NFC", "".join(kept))
