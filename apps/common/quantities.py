"""Quantities: units, packs, minimum orders, and tolerances that are exact.

A tolerance is compared by multiplying, never by dividing and never with slack: 100.002 of 100 at
0 % is too much.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from apps.common.money import HUNDRED, ZERO, AmountError, checked, exact, refuse

QUANTITY_PLACES = 6
_MESSAGES: dict[str, StrOrPromise] = {
    "places": _("A quantity has between 0 and 6 decimal places."),
    "factor": _("A unit's factor is above zero."),
    "step": _("A quantity is rounded to a step above zero."),
    "quantity": _("The quantity has to be above zero."),
    "minimum": _("A minimum or multiple quantity is not below zero."),
    "tolerance": _("A tolerance is not below zero."),
}


class Rounding(StrEnum):
    """How a quantity falls on its step; up and down are away from and towards zero."""

    HALF_UP = "half_up"
    UP = "up"
    DOWN = "down"


def _refuse(code: str) -> AmountError:
    return refuse(code, _MESSAGES)


def round_quantity(
    value: Decimal | int, places: int = QUANTITY_PLACES, mode: Rounding = Rounding.HALF_UP
) -> Decimal:
    """Round to the decimal places of the unit."""
    if not 0 <= places <= QUANTITY_PLACES:
        raise _refuse("places")
    return _on_step(checked(value), Decimal(1).scaleb(-places), mode)


def convert(
    quantity: Decimal | int,
    factor: Decimal | int,
    *,
    step: Decimal | int = Decimal("0.000001"),
    mode: Rounding = Rounding.HALF_UP,
) -> Decimal:
    """Convert to another unit (`factor` of the target for one) and round to its step.

    Ordering rounds up, so that what was asked for arrives; issuing rounds down.
    """
    if checked(factor) <= 0:
        raise _refuse("factor")
    if checked(step) <= 0:
        raise _refuse("step")
    with exact():
        converted = checked(quantity) * factor
    return _on_step(converted, Decimal(step), mode)


def _on_step(value: Decimal, step: Decimal, mode: Rounding) -> Decimal:
    """Round to a whole number of steps; the division has enough digits to see every remainder."""
    with exact():
        steps, remainder = divmod(abs(value), step)
        up = {
            Rounding.UP: remainder > 0,
            Rounding.DOWN: False,
            Rounding.HALF_UP: remainder * 2 >= step,
        }[mode]
        rounded = (steps + up) * step
        return checked((-rounded if value < 0 else rounded) + ZERO)


def order_quantity(
    asked: Decimal | int, minimum: Decimal | int = ZERO, multiple: Decimal | int = ZERO
) -> Decimal:
    """Raise what is asked for to the supplier's minimum and next multiple (0: there is none)."""
    if checked(asked) <= 0:
        raise _refuse("quantity")
    if checked(minimum) < 0 or checked(multiple) < 0:
        raise _refuse("minimum")
    wanted = max(Decimal(asked), Decimal(minimum))
    return _on_step(wanted, Decimal(multiple), Rounding.UP) if multiple else wanted


def within_tolerance(
    received: Decimal | int, ordered: Decimal | int, percent: Decimal | int = ZERO
) -> bool:
    """Tell whether a quantity is at most the ordered one and its tolerance, to the last digit."""
    if checked(percent) < 0:
        raise _refuse("tolerance")
    with exact():
        return checked(received) * HUNDRED <= checked(ordered) * (HUNDRED + percent)


def within_invoice_tolerance(
    invoiced: Decimal | int,
    expected: Decimal | int,
    *,
    amount: Decimal | int | None = None,
    percent: Decimal | int | None = None,
) -> bool:
    """Tell whether an invoice is charged no more than expected plus *every* tolerance given.

    "5.00 and 10 %" means that both hold; with neither given nothing may be charged beyond what is
    expected. Charging less is not an exception.
    """
    if any(limit is not None and checked(limit) < 0 for limit in (amount, percent)):
        raise _refuse("tolerance")
    with exact():
        excess = checked(invoiced) - checked(expected)
        if amount is None and percent is None:
            return excess <= 0
        within_amount = amount is None or excess <= amount
        return within_amount and (
            percent is None or within_tolerance(max(invoiced, 0), max(expected, 0), percent)
        )


def net_received(
    received: Iterable[Decimal | int], returned: Iterable[Decimal | int] = ()
) -> Decimal:
    """Add up what came in less what went back."""
    with exact():
        total = sum((checked(quantity) for quantity in received), start=ZERO)
        return checked(total - sum((checked(quantity) for quantity in returned), start=ZERO))


def open_quantity(ordered: Decimal | int, received: Decimal | int) -> Decimal:
    """Count what is still to come; more than ordered leaves nothing open, not a negative."""
    with exact():
        return max(checked(ordered) - checked(received), ZERO)
