"""Money: exact decimals, rounded half up, once, at the place the business rounds.

Nothing here knows currencies or documents: callers give amounts and the number of minor units
(2 for CNY, 0 for JPY, 3 for KWD). Binary floats are refused, so an amount is what was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from apps.common.errors import InvalidInputError

MAX_INTEGER_DIGITS = 15
MAX_DECIMAL_PLACES = 30  # of an input: what a person or a supplier's system could mean
MAX_MINOR_UNITS = 4
HUNDRED = Decimal(100)
ZERO = Decimal(0)

# The default context keeps 28 digits: a quantity times a price of 15 + 6 digits each needs 42, and
# would be rounded silently before the one rounding that is meant.
_WIDE = Context(prec=200, rounding=ROUND_HALF_UP)
_MESSAGES: dict[str, StrOrPromise] = {
    "not_a_decimal": _("An amount has to be an exact decimal number."),
    "not_finite": _("An amount has to be a number."),
    "too_large": _("The amount is too large."),
    "too_many_decimals": _("The number has too many decimal places."),
    "minor_units": _("A currency has between 0 and 4 decimal places."),
    "discount": _("A discount is between 0 and 100 percent."),
    "discount_exceeds_total": _("The discount is larger than what it is taken from."),
    "tax_rate": _("A tax rate is not below zero."),
    "exchange_rate": _("An exchange rate is above zero."),
    "weights": _("An amount is shared out over at least one weight above zero, none below."),
}


class AmountError(InvalidInputError, ValueError):
    """A number that cannot be an amount, a quantity or a rate; `code` says why."""

    code = "invalid_amount"


def refuse(code: str, messages: dict[str, StrOrPromise] = _MESSAGES) -> AmountError:
    """Make the error of a code, with its sentence."""
    return AmountError(messages[code], code=code)


@contextmanager
def exact() -> Iterator[None]:
    """Calculate products of amounts without losing a digit."""
    with localcontext(_WIDE):
        yield


def checked(value: Decimal | int) -> Decimal:
    """Return the number as a decimal that can be counted with and stored.

    Raises AmountError for floats, NaN, infinity, more than 15 digits before the point, and for
    absurd exponents, whose exact fraction would fill the memory.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise refuse("not_a_decimal")
    number = Decimal(value)
    if not number.is_finite():
        raise refuse("not_finite")
    if number and number.adjusted() >= MAX_INTEGER_DIGITS:
        raise refuse("too_large")
    if int(number.as_tuple().exponent) < -MAX_DECIMAL_PLACES:
        raise refuse("too_many_decimals")
    return number


def round_money(value: Decimal | int, minor_units: int) -> Decimal:
    """Round half up, away from zero, to the currency's smallest unit."""
    return _rounded(checked(value), minor_units)


def _rounded(number: Decimal, minor_units: int) -> Decimal:
    """Round a product of checked numbers, which may have more places than an input."""
    if not 0 <= minor_units <= MAX_MINOR_UNITS:
        raise refuse("minor_units")
    if number and number.adjusted() >= MAX_INTEGER_DIGITS:
        raise refuse("too_large")
    with exact():
        rounded = number.quantize(Decimal(1).scaleb(-minor_units))
    return checked(rounded) + 0  # + 0 turns -0.00 into 0.00


def line_net(
    quantity: Decimal | int,
    unit_price: Decimal | int,
    discounts: Iterable[Decimal | int] = (),
    *,
    minor_units: int,
) -> Decimal:
    """Multiply, take off the discounts one after the other (percents), round once."""
    with exact():
        net = checked(quantity) * checked(unit_price)
        for percent in discounts:
            if not 0 <= checked(percent) <= HUNDRED:
                raise refuse("discount")
            net = net * (HUNDRED - percent) / HUNDRED
    return _rounded(net, minor_units)


def allocate(
    total: Decimal | int, weights: Sequence[Decimal | int], minor_units: int
) -> list[Decimal]:
    """Share out an amount by weight so that the shares add up to it exactly.

    The units left over after rounding down go to the largest remainders; among equals, to the
    first.
    """
    amount = round_money(total, minor_units)
    shares = [Fraction(checked(weight)) for weight in weights]
    if not shares or any(share < 0 for share in shares) or sum(shares) == 0:
        raise refuse("weights")
    units = Fraction(amount.scaleb(minor_units))
    whole = sum(shares)
    return _share_out(units, [units * share / whole for share in shares], minor_units)


def _share_out(units: Fraction, wanted: Sequence[Fraction], minor_units: int) -> list[Decimal]:
    """Round each wanted number of units so that together they are `units` (largest remainder)."""
    sign = -1 if units < 0 else 1
    wanted = [sign * share for share in wanted]
    given = [share.__floor__() for share in wanted]
    missing = int(sign * units) - sum(given)
    by_remainder = sorted(range(len(wanted)), key=lambda at: given[at] - wanted[at])
    for at in by_remainder[:missing]:
        given[at] += 1
    return [Decimal(sign * count).scaleb(-minor_units) for count in given]


@dataclass(frozen=True, slots=True)
class TaxableLine:
    """What tax is counted on: a line's net amount and the tax rate in percent."""

    net: Decimal
    rate: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class RateTotal:
    """The base and the tax of all lines with one rate, as printed under a document."""

    rate: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """A document's amounts; `line_nets` and `line_taxes` add up to `net` and `tax` exactly."""

    net: Decimal
    tax: Decimal
    gross: Decimal
    line_nets: tuple[Decimal, ...]
    line_taxes: tuple[Decimal, ...]
    by_rate: tuple[RateTotal, ...]


def tax_by_rate(
    lines: Sequence[TaxableLine], minor_units: int
) -> tuple[tuple[RateTotal, ...], tuple[Decimal, ...]]:
    """Count tax per rate on the sum of the rounded bases; return it by rate and by line.

    Rates come in the order of their first line. What rounding leaves over goes to the lines with
    the largest remainder, so a line's tax may differ by one unit from its own rounding.
    """
    places: dict[Decimal, list[int]] = {}
    for at, line in enumerate(lines):
        if checked(line.rate) < 0:
            raise refuse("tax_rate")
        places.setdefault(line.rate, []).append(at)
    by_line = [round_money(ZERO, minor_units)] * len(lines)
    totals = []
    for rate, positions in places.items():
        bases = [round_money(lines[at].net, minor_units) for at in positions]
        total = _rate_total(rate, bases, minor_units)
        totals.append(total)
        units = [Fraction(base) * Fraction(rate) * 10**minor_units / 100 for base in bases]
        shared = _share_out(Fraction(total.tax.scaleb(minor_units)), units, minor_units)
        for at, tax in zip(positions, shared, strict=True):
            by_line[at] = tax
    return tuple(totals), tuple(by_line)


def _rate_total(rate: Decimal, bases: Sequence[Decimal], minor_units: int) -> RateTotal:
    with exact():
        base = sum(bases, start=ZERO)
        tax = base * rate / HUNDRED
    return RateTotal(rate, round_money(base, minor_units), _rounded(tax, minor_units))


def document_totals(
    lines: Sequence[TaxableLine], minor_units: int, *, discount: Decimal | int = 0
) -> Totals:
    """Add up a document: lines less its header discount (an amount), tax per rate, gross."""
    nets = [round_money(line.net, minor_units) for line in lines]
    if discount:
        nets = _less(nets, discount, minor_units)
    taxable = [TaxableLine(net, line.rate) for net, line in zip(nets, lines, strict=True)]
    by_rate, line_taxes = tax_by_rate(taxable, minor_units)
    net = round_money(sum(nets, start=ZERO), minor_units)
    tax = round_money(sum(line_taxes, start=ZERO), minor_units)
    return Totals(net, tax, round_money(net + tax, minor_units), tuple(nets), line_taxes, by_rate)


def _less(nets: Sequence[Decimal], discount: Decimal | int, minor_units: int) -> list[Decimal]:
    """Spread a header discount over the lines by their amounts."""
    amount = round_money(discount, minor_units)
    if not 0 <= amount <= sum(nets):
        raise refuse("discount_exceeds_total")
    shares = allocate(amount, nets, minor_units)
    return [net - share for net, share in zip(nets, shares, strict=True)]


def to_base(total: Decimal | int, rate: Decimal | int, minor_units: int) -> Decimal:
    """Convert a document's total at its frozen rate (base units per one), rounded once."""
    if checked(rate) <= 0:
        raise refuse("exchange_rate")
    with exact():
        converted = checked(total) * rate
    return _rounded(converted, minor_units)


def from_base(amount: Decimal | int, rate: Decimal | int, minor_units: int) -> Decimal:
    """Convert an amount of base currency back at a rate (base units per one), rounded once."""
    if checked(rate) <= 0:
        raise refuse("exchange_rate")
    units = Fraction(checked(amount)) / Fraction(rate) * 10**minor_units
    rounded = (abs(units) + Fraction(1, 2)).__floor__()
    return round_money(
        Decimal(rounded if units >= 0 else -rounded).scaleb(-minor_units), minor_units
    )
