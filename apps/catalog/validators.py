"""Checks of codes that carry their own checksum."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# GB 32100: 17 characters of this alphabet, weighted by powers of 3 modulo 31, give the 18th.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SHAPE = re.compile(rf"^[{_ALPHABET}]{{18}}$")


def credit_code_check_character(body: str) -> str:
    """The 18th character of a unified social credit code, from the first 17."""
    total = sum(_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return _ALPHABET[(31 - total % 31) % 31]


def validate_tax_number(value: str) -> None:
    """Refuse a Chinese credit code (18 characters) whose check character is wrong."""
    if not re.fullmatch(r"[0-9A-Z][0-9A-Z ./-]{3,31}", value):
        raise ValidationError(_("A tax number has capital letters and digits only."))
    if (
        len(value) == 18
        and _SHAPE.match(value)
        and value[-1] != credit_code_check_character(value[:17])
    ):
        raise ValidationError(_("The check character of this unified social credit code is wrong."))
