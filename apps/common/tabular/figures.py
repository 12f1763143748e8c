"""Numbers in cells: read when every digit and the role of every mark is certain."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from django.utils.translation import gettext as _

from apps.common.money import MAX_INTEGER_DIGITS
from apps.common.tabular.cells import Cell, Kind, plain
from apps.common.tabular.errors import CellError

_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_NUMBER_LIKE = re.compile(r"[+-]?[0-9][0-9.,'’ ]*")
LONGEST = 64


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a file writes numbers, when its importer has declared it: 1.234,50 or 1 234.50."""

    decimal: str = "."
    group: str = ","

    def plain(self, text: str) -> str | None:
        """Return the number as digits and a point, or nothing if it is not written this way."""
        group, point = re.escape(self.group), re.escape(self.decimal)
        grouped = rf"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+" if self.group else "[0-9]+"
        if not re.fullmatch(rf"[+-]?(?:{grouped})(?:{point}[0-9]*)?", text):
            return None
        ungrouped = text.replace(self.group, "") if self.group else text
        return ungrouped.replace(self.decimal, ".")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a column accepts: decimal places, and the smallest and largest value.

    More places than `places` are refused, or rounded half up where `rounds` says so.
    """

    places: int = 6
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    rounds: bool = False


ANY = Bounds()


def decimal_of(cell: Cell, declared: NumberFormat | None, bounds: Bounds) -> Decimal:
    """Read a number and hold it against the column's bounds."""
    if cell.kind is Kind.NUMBER and isinstance(cell.value, Decimal):
        number = cell.value
    elif cell.kind is Kind.TEXT:
        number = _from_text(str(cell.value), declared)
    else:
        raise _not_a_number(str(cell))
    return _within(number, bounds, str(cell))


def _from_text(raw: str, declared: NumberFormat | None) -> Decimal:
    text = unicodedata.normalize("NFKC", raw).strip().replace("\u2212", "-")
    if not text.isascii() or len(text) > LONGEST:
        raise _not_a_number(raw)
    if declared is not None:
        digits = declared.plain(text)
        if digits is None:
            raise _not_a_number(raw)
        return Decimal(digits)
    if _PLAIN.fullmatch(text):
        return _every_digit_written(Decimal(text), raw)
    if _GROUPED.fullmatch(text) and (text.count(",") > 1 or "." in text):
        return Decimal(text.replace(",", ""))
    if _NUMBER_LIKE.fullmatch(text):
        raise CellError(
            "ambiguous_number",
            _("“%(value)s” can be read in several ways: say how the file writes numbers.")
            % {"value": raw},
            raw,
        )
    raise _not_a_number(raw)


def _every_digit_written(number: Decimal, raw: str) -> Decimal:
    """Refuse 1.2E+12: a spreadsheet writes that when it has cut digits off."""
    if int(number.as_tuple().exponent) > 0:
        raise CellError(
            "exponent",
            _("“%(value)s” is written in powers of ten; write out every digit.") % {"value": raw},
            raw,
        )
    return number


def _not_a_number(raw: str) -> CellError:
    message = _("“%(value)s” is not a number.") % {"value": raw[:LONGEST]}
    return CellError("not_a_number", message, raw)


def _within(number: Decimal, bounds: Bounds, raw: str) -> Decimal:
    if number and number.adjusted() >= MAX_INTEGER_DIGITS:
        message = _("The number has more than %(count)s digits.") % {"count": MAX_INTEGER_DIGITS}
        raise CellError("too_large", message, raw)
    rounded = _fitted(number, bounds, raw)
    if bounds.minimum is not None and rounded < bounds.minimum:
        message = _("The number is below %(limit)s.") % {"limit": plain(bounds.minimum)}
        raise CellError("too_small", message, raw)
    if bounds.maximum is not None and rounded > bounds.maximum:
        message = _("The number is above %(limit)s.") % {"limit": plain(bounds.maximum)}
        raise CellError("too_large", message, raw)
    return rounded


def _fitted(number: Decimal, bounds: Bounds, raw: str) -> Decimal:
    """Give the number at most the places of its column; zeros beyond them say nothing."""
    exponent = int(number.as_tuple().exponent)
    if -exponent <= bounds.places:
        return number
    with localcontext(prec=LONGEST * 2 + abs(exponent)):
        fitted = number.quantize(Decimal(1).scaleb(-bounds.places), rounding=ROUND_HALF_UP)
    if fitted != number and not bounds.rounds:
        raise CellError(
            "too_many_decimals",
            _("The number has more than %(count)s decimal places.") % {"count": bounds.places},
            raw,
        )
    return fitted
