"""What a number or text of a worksheet cell is: exact decimals, dates, and what is broken."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal

from apps.common.numbers import whole_number
from apps.common.tabular.cells import EMPTY, Cell, Kind, plain
from apps.common.tabular.xlsx_package import broken
from apps.common.tabular.xlsx_workbook import Look, Workbook

KEPT_DIGITS = 15  # what a spreadsheet keeps and shows; what follows is an artefact of binary floats
_FIFTEEN = Context(prec=KEPT_DIGITS)
_MILLISECONDS_OF_A_DAY = 86_400_000
_NUMBER = re.compile(r"[+-]?[0-9]{0,400}\.?[0-9]{0,400}(?<=[0-9.])(?:[eE][+-]?[0-9]{1,3})?$")
_LAST_SERIAL = 2_958_465  # 9999-12-31


def cell_of(kind: str, style: str, raw: str, workbook: Workbook, *, formula: bool) -> Cell:
    """Make a cell from its type, style number and stored value."""
    match kind:
        case "s":
            return _text(_shared(raw, workbook))
        case "str" | "inlineStr":
            return _text(raw)
        case "b":
            return Cell(raw.strip() == "1", Kind.BOOLEAN)
        case "e":
            return Cell(raw, Kind.BROKEN, "error_value")
        case "d":
            return _iso(raw)
    if not raw.strip():
        return Cell("", Kind.BROKEN, "formula_without_value") if formula else EMPTY
    return _number(raw.strip(), _look(style, workbook), from_1904=workbook.from_1904)


def _text(text: str) -> Cell:
    return Cell(text) if text else EMPTY


def _shared(raw: str, workbook: Workbook) -> str:
    try:
        index = whole_number(raw.strip())
        return _missing() if index is None else workbook.texts[index]
    except IndexError:
        return _missing()


def _missing() -> str:
    raise broken("shared text missing")


def _look(style: str, workbook: Workbook) -> Look:
    index = whole_number(style) or 0
    return workbook.looks[index] if index < len(workbook.looks) else Look.NUMBER


def _number(raw: str, look: Look, *, from_1904: bool) -> Cell:
    if not _NUMBER.match(raw):
        return Cell(raw, Kind.BROKEN, "error_value")
    number = Decimal(raw)
    if look is Look.DATE:
        return _from_serial(number, from_1904=from_1904)
    if look is Look.DURATION:
        return _from_days(number, raw)
    return exact_number(number, "percent" if look is Look.PERCENT else "")


def _from_days(number: Decimal, raw: str) -> Cell:
    try:
        return Cell(timedelta(days=float(number)), Kind.DATE)
    except OverflowError:  # more than 2.7 million years
        return Cell(raw, Kind.BROKEN, "error_value")


def exact_number(number: Decimal, note: str = "") -> Cell:
    """Take a stored number as the spreadsheet shows it: 68.66499999999999 is 68.665.

    A whole number of more than 15 digits was cut when it was typed; it is marked, not repaired.
    """
    if number and number.adjusted() >= KEPT_DIGITS:
        return Cell(number, Kind.NUMBER, "imprecise")
    return Cell(Decimal(plain(_FIFTEEN.plus(number))), Kind.NUMBER, note)


def _from_serial(number: Decimal, *, from_1904: bool) -> Cell:
    """Turn a day count into a date, into a date and time, or (below one day) into a time."""
    if not 0 <= number <= _LAST_SERIAL:
        return Cell(str(number), Kind.BROKEN, "error_value")
    days, fraction = divmod(number, 1)
    milliseconds = math.floor(fraction * _MILLISECONDS_OF_A_DAY + Decimal("0.5"))
    if days == 0 and not from_1904:
        return Cell(_time(milliseconds), Kind.DATE)
    if days == 60 and not from_1904:  # 29 February 1900, which never was
        return Cell(str(number), Kind.BROKEN, "error_value")
    day = _first_day(int(days), from_1904=from_1904) + timedelta(days=int(days))
    if milliseconds == 0:
        return Cell(day, Kind.DATE)
    moment = datetime.combine(day, time())  # the file knows no time zone
    return Cell(moment + timedelta(milliseconds=milliseconds), Kind.DATE)


def _first_day(days: int, *, from_1904: bool) -> date:
    if from_1904:
        return date(1904, 1, 1)
    return date(1899, 12, 30) if days > 60 else date(1899, 12, 31)


def _time(milliseconds: int) -> time:
    seconds, rest = divmod(min(milliseconds, _MILLISECONDS_OF_A_DAY - 1), 1000)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, rest * 1000)


def _iso(raw: str) -> Cell:
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        return Cell(raw, Kind.BROKEN, "error_value")
    only_day = "T" not in raw
    return Cell(moment.date() if only_day else moment, Kind.DATE)
