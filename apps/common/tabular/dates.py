"""Dates in cells: read by declared forms; day and month that could change places are refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time
from functools import lru_cache

from django.utils.translation import gettext as _

from apps.common.tabular.cells import Cell, Kind
from apps.common.tabular.errors import AmbiguousDateError, CellError

# The year first, as in China and in ISO 8601: nothing can change places.
YEAR_FIRST = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
CENTURY_TURNS = 69  # a declared %y below is 20.., from here on 19..

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_PARTS = {
    "Y": r"(?P<Y>[0-9]{4})",
    "y": r"(?P<y>[0-9]{2})",
    "m": r"(?P<m>[0-9]{1,2})",
    "d": r"(?P<d>[0-9]{1,2})",
    "b": rf"(?P<b>{'|'.join(_MONTHS)})",
    "B": rf"(?P<B>{'|'.join(_LONG_MONTHS)})",
}
_MIDNIGHT = re.compile(r"[ T]00:00(?::00(?:\.0+)?)?$")
_DAY_OR_MONTH_FIRST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")


def date_of(cell: Cell, formats: Sequence[str], span: tuple[date, date]) -> date:
    """Read a date by the declared forms; a workbook's own date needs none."""
    if cell.kind is Kind.DATE:
        found = _day_of(cell)
    elif cell.kind is Kind.TEXT:
        found = _from_text(str(cell.value), formats)
    else:
        message = _("“%(value)s” is a number, not a date: format the cell as a date.")
        raise CellError("not_a_date", message % {"value": str(cell)}, cell)
    if not span[0] <= found <= span[1]:
        raise CellError(
            "date_out_of_range",
            _("The date is not between %(first)s and %(last)s.")
            % {"first": span[0].isoformat(), "last": span[1].isoformat()},
            cell,
        )
    return found


def _day_of(cell: Cell) -> date:
    """Take the day of a workbook's date; a time of day is not thrown away silently."""
    value = cell.value
    if isinstance(value, datetime) and value.time() == time() and value.tzinfo is None:
        return value.date()
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    message = _("“%(value)s” has a time of day; only a date fits here.") % {"value": str(cell)}
    raise CellError("not_a_date", message, cell)


def _from_text(raw: str, formats: Sequence[str]) -> date:
    text = unicodedata.normalize("NFKC", raw).strip()
    text = _MIDNIGHT.sub("", text)
    matches = [found for form in formats if (found := _pattern(form).fullmatch(text))]
    readings = {day for found in matches if (day := _day(found))}
    if len(readings) > 1:
        raise AmbiguousDateError(raw, sorted(day.isoformat() for day in readings))
    if readings:
        return readings.pop()
    if matches:
        message = _("There is no such day: %(value)s.") % {"value": raw}
        raise CellError("impossible_date", message, raw)
    _refuse_two_readings(raw, text)
    raise CellError(
        "not_a_date",
        _("“%(value)s” is not a date in the form %(forms)s.")
        % {"value": raw[:40], "forms": _(" or ").join(map(_shape, formats))},
        raw,
    )


def _refuse_two_readings(raw: str, text: str) -> None:
    """Tell 02/03/2026, which nobody declared, apart from what is no date at all."""
    found = _DAY_OR_MONTH_FIRST.fullmatch(text)
    if not found:
        return
    year = _year(found.group(4))
    pairs = [(found.group(3), found.group(1)), (found.group(1), found.group(3))]
    days = [day for month, day_ in pairs if (day := _real_day(year, int(month), int(day_)))]
    if len(set(days)) > 1:
        raise AmbiguousDateError(raw, sorted(day.isoformat() for day in days))


@lru_cache(maxsize=64)
def _pattern(form: str) -> re.Pattern[str]:
    """Compile a form; %m and %d take one or two digits, but two where nothing parts them."""
    pattern = "".join(
        _PARTS[piece[1]] if piece.startswith("%") else re.escape(piece)
        for piece in re.findall("%[YymdbB]|[^%]", form)
    )
    if "%m%d" in form:
        pattern = pattern.replace("{1,2}", "{2}")
    return re.compile(pattern, re.IGNORECASE)


def _day(found: re.Match[str]) -> date | None:
    parts = found.groupdict()
    year = _year(parts.get("Y") or parts.get("y") or "")
    if parts.get("m"):
        month = int(parts["m"])
    elif parts.get("b"):
        month = _MONTHS.index(parts["b"].lower()) + 1
    else:
        month = _LONG_MONTHS.index(parts["B"].lower()) + 1
    return _real_day(year, month, int(parts["d"]))


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (1900 if year >= CENTURY_TURNS else 2000)


def _real_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _shape(form: str) -> str:
    """Write a form as people do: YYYY-MM-DD."""
    names = {"%Y": "YYYY", "%y": "YY", "%m": "MM", "%d": "DD", "%b": "Mon", "%B": "Month"}
    for code, name in names.items():
        form = form.replace(code, name)
    return form
