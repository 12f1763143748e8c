"""How cells of imports are read, by what a column holds; what is not certain is refused."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.common.importing.kinds import Parser
from apps.common.money import exact
from apps.common.tabular import parse
from apps.common.tabular.cells import Cell, Kind
from apps.common.tabular.dates import YEAR_FIRST
from apps.common.tabular.errors import CellError
from apps.common.tabular.figures import Bounds

MOST_DAYS = 3650
_MONTH = re.compile(r"([12][0-9]{3})(?:[-/.]|年)([0-9]{1,2})月?")


def code(length: int, *, upper: bool = False) -> Parser:
    """A code of ours or of somebody's."""

    def read(cell: Cell, _options: Mapping[str, Any]) -> str:
        return parse.parse_code(cell, max_length=length, upper=upper)

    return read


def code_with_spaces(length: int) -> Parser:
    """A code of somebody who uses spaces in it."""

    def read(cell: Cell, _options: Mapping[str, Any]) -> str:
        return parse.parse_code(cell, max_length=length, spaces=True)

    return read


def name(length: int) -> Parser:
    """A name things are found by."""

    def read(cell: Cell, _options: Mapping[str, Any]) -> str:
        return parse.parse_name(cell, max_length=length)

    return read


def text(length: int, *, lines: bool = False) -> Parser:
    """Text on one line, or on several."""

    def read(cell: Cell, _options: Mapping[str, Any]) -> str:
        return parse.parse_text(cell, max_length=length, lines=lines)

    return read


def choice(*names: str) -> Parser:
    """One of a few words."""

    def read(cell: Cell, _options: Mapping[str, Any]) -> str:
        word = parse.parse_code(cell, max_length=64).lower()
        if word not in names:
            message = _("Choose one of: %(names)s.") % {"names": ", ".join(names)}
            raise CellError("unknown_choice", message, cell)
        return word

    return read


def yes_or_no(cell: Cell, _options: Mapping[str, Any]) -> bool:
    """Whether."""
    return parse.parse_bool(cell)


def number(minimum: Decimal, *, above: bool = False, places: int = 6) -> Parser:
    """A quantity, a factor or an amount, from (or above) a minimum.

    A mapping may say how the file writes numbers and by what they are to be multiplied (万元).
    """
    bounds = Bounds(places=places, minimum=minimum)

    def read(cell: Cell, options: Mapping[str, Any]) -> Decimal:
        value = parse.parse_decimal(cell, declared=options.get("number"), bounds=bounds)
        if "factor" in options:
            with exact():
                product = Cell(value * options["factor"], Kind.NUMBER)
            value = parse.parse_decimal(product, bounds=bounds)
        if above and value <= minimum:
            message = _("The value has to be greater than %(minimum)s.") % {"minimum": minimum}
            raise CellError("too_small", message, cell)
        return value

    return read


def days(cell: Cell, _options: Mapping[str, Any]) -> int:
    """A whole number of days."""
    bounds = Bounds(places=0, minimum=Decimal(0), maximum=Decimal(MOST_DAYS))
    return int(parse.parse_decimal(cell, bounds=bounds))


def day(cell: Cell, options: Mapping[str, Any]) -> date:
    """A date in the declared forms, the year first where none are declared.

    A month without a day is taken only where the mapping says whether its first or its last day is
    meant.
    """
    if "whole_month" in options and cell.kind is Kind.TEXT:
        written = unicodedata.normalize("NFKC", str(cell.value)).strip()
        found = _MONTH.fullmatch(written)
        if found and 1 <= int(found.group(2)) <= 12:
            year, month = int(found.group(1)), int(found.group(2))
            last = calendar.monthrange(year, month)[1]
            return date(year, month, 1 if options["whole_month"] == "first" else last)
    return parse.parse_date(cell, formats=options.get("formats", YEAR_FIRST))
