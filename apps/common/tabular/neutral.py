"""Text that a spreadsheet would run as a formula, made harmless in CSV and read back unchanged.

A leading apostrophe is what spreadsheets themselves use for "this is text". The writer adds one to
text that begins like a formula, the reader takes one away, so that export and import are inverse.
Text that is a plain number (-5) is no formula and stays. XLSX needs none of this: its cells say
that they are text.
"""

from __future__ import annotations

import re

# Spaces, line breaks and invisible characters before the sign are skipped by some spreadsheets.
_BEFORE = r"[\s\u200b-\u200f\u2060\ufeff]*"
_DANGEROUS = re.compile(rf"'*(?:[\t\r]|{_BEFORE}[=+\-@＝＋－＠])")
_QUOTED = re.compile(rf"'+(?:[\t\r]|{_BEFORE}[=+\-@＝＋－＠])")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


def neutralise(text: str) -> str:
    """Put an apostrophe before text that would start a formula."""
    if _DANGEROUS.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def restore(text: str) -> str:
    """Take away the apostrophe of `neutralise`."""
    return text[1:] if _QUOTED.match(text) else text
