"""Whether an order stays within the requisitions behind it, in quantity and in money."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from apps.common.money import round_money
from apps.procurement.models import Allocation, PurchaseOrder, PurchaseOrderLine

# Estimates are compared in base currency at cents, the way limits are.
PLACES = 2


def is_covered(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> bool:
    """Every line is asked for in full by approved requisitions, and costs no more than estimated.

    Freight nobody asked for, a line without a requisition or a price above the estimate makes it
    an order that somebody else has to look at.
    """
    if order.freight or not lines:
        return False
    rate = order.exchange_rate or Decimal(1)
    allowed, asked = _behind(order)
    return all(
        asked.get(line.pk, Decimal(0)) >= line.quantity * line.unit_factor
        and round_money(line.amount * rate, PLACES)
        <= round_money(allowed.get(line.pk, Decimal(0)), PLACES)
        for line in lines
    )


def _behind(order: PurchaseOrder) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """By order line: the money estimated for what it covers, in base currency, and the quantity."""
    money: dict[int, Decimal] = {}
    quantity: dict[int, Decimal] = {}
    rows = Allocation.objects.filter(order_line__order=order).select_related(
        "requisition_line__requisition"
    )
    for row in rows:
        held = row.quantity - row.released_quantity
        line = row.requisition_line
        rate = line.requisition.exchange_rate or Decimal(1)
        worth = held * (line.estimated_price or Decimal(0)) * rate
        money[row.order_line_id] = money.get(row.order_line_id, Decimal(0)) + worth
        quantity[row.order_line_id] = quantity.get(row.order_line_id, Decimal(0)) + held
    return money, quantity
