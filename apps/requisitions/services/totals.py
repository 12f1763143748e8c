"""What a requisition comes to: line amounts, the total, and its value in base currency."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings

from apps.catalog import services as catalog
from apps.catalog.models import Currency
from apps.common.errors import InvalidInputError
from apps.common.money import ZERO, exact, line_net, round_money, to_base
from apps.requisitions.models import Requisition, RequisitionLine
from apps.requisitions.states import LineStatus


def line_amount(line: RequisitionLine, currency: Currency) -> Decimal:
    """Quantity times estimated price, rounded once; nothing for a line nobody has a price for."""
    if line.estimated_price is None:
        return ZERO
    return line_net(line.quantity, line.estimated_price, minor_units=currency.minor_units)


def recompute(requisition: Requisition, lines: Sequence[RequisitionLine]) -> None:
    """Write the totals into the requisition; rejected lines no longer count.

    The value in base currency is at the frozen rate, for drafts at today's, and unknown while
    there is no rate. Nothing is saved here.
    """
    with exact():
        total = sum((line.amount for line in lines if line.status != LineStatus.REJECTED), ZERO)
    requisition.estimated_total = round_money(total, requisition.currency.minor_units)
    rate = requisition.exchange_rate or todays_rate(requisition.currency)
    requisition.base_total = None if rate is None else in_base(requisition, rate)


def todays_rate(currency: Currency) -> Decimal | None:
    """Today's rate, or nothing: a draft may wait for its rate."""
    try:
        return catalog.exchange_rate(currency)
    except InvalidInputError:
        return None


def in_base(requisition: Requisition, rate: Decimal) -> Decimal:
    """The total at a rate, rounded once."""
    if requisition.currency.code == settings.BASE_CURRENCY:
        return requisition.estimated_total
    return to_base(requisition.estimated_total, rate, base_minor_units())


def base_minor_units() -> int:
    """Decimal places of the base currency."""
    found = Currency.objects.filter(code=settings.BASE_CURRENCY).values_list("minor_units")
    return next((places for (places,) in found), 2)
