"""What a person may do with orders now: one answer for buttons, API and lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apps.procurement import policies
from apps.procurement.models import PurchaseOrder
from apps.procurement.services.moves import DECISIONS, TABLE


def allowed_actions(user: Any, orders: Iterable[PurchaseOrder]) -> dict[int, list[str]]:
    """The names of all that is allowed, by order; one statement for a page of orders."""
    found = list(orders)
    decidable = policies.decidable(user, found)
    return {order.pk: _of(user, order, is_decidable=order.pk in decidable) for order in found}


def _of(user: Any, order: PurchaseOrder, *, is_decidable: bool) -> list[str]:
    names = []
    for name, transition in TABLE.transitions.items():
        if order.status not in transition.sources:
            continue
        if is_decidable if name in DECISIONS else transition.allows(user, order):
            names.append(name)
    if policies.may_change(user, order):
        names.append("edit")
    return names
