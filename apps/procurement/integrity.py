"""Checks of stored orders: amounts, taxes and totals, and the ledger that ties them to wishes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from apps.common.errors import DomainError
from apps.common.integrity import Place, place
from apps.procurement import triggers
from apps.procurement.models import Allocation, PurchaseOrder, PurchaseOrderLine
from apps.procurement.services import totals as computing
from apps.procurement.services.verification import MISSING_GUARD, verify_ledger
from apps.procurement.states import OrderStatus

ROWS = 500
HEADER = ("net_total", "tax_total", "total")
LINE = ("amount", "tax_amount")


def totals() -> Iterator[Place]:
    """Amounts, taxes and totals are what the lines, discounts and freight come to."""
    ordered = PurchaseOrderLine.objects.order_by("line_no")
    orders = PurchaseOrder.objects.select_related("currency").order_by("pk")
    for order in orders.prefetch_related(Prefetch("lines", ordered)).iterator(ROWS):
        if order.status == OrderStatus.CANCELLED:
            yield from _cancelled(order)
            continue
        lines = list(order.lines.all())
        live = computing.counted(lines)
        before = _figures(order, HEADER)
        worth = order.base_total
        stored = [_figures(line, LINE) for line in live]
        try:
            computing.compute(order, lines)
        except (DomainError, ArithmeticError) as error:
            yield place(PurchaseOrder, order.pk, str(error))
            continue
        for line, old in zip(live, stored, strict=True):
            yield from _differences(line, old, LINE)
        yield from _differences(order, before, HEADER)
        if order.exchange_rate is not None and worth != order.base_total:
            yield _differs(order, "base_total", worth, order.base_total)


def ledger() -> Iterator[Place]:
    """What counts as ordered of each requisition line is the sum of its allocations."""
    for found in verify_ledger():
        if found.kind == MISSING_GUARD:
            continue
        what = _("%(kind)s: %(where)s has %(found)s and ought to have %(expected)s")
        yield Place(
            found.table,
            found.pk,
            what
            % {
                "kind": found.kind,
                "where": found.where,
                "found": found.found or "-",
                "expected": found.expected,
            },
        )


def guards() -> Iterator[Place]:
    """The database itself refuses to order more than was asked for."""
    for lost in triggers.GUARD.missing(connection):
        yield place(Allocation, None, _("the trigger %(name)s is missing") % {"name": lost.name})


def _cancelled(order: PurchaseOrder) -> Iterator[Place]:
    """Its lines count no more; the totals stay what they were and still have to add up."""
    expected = order.net_total + order.tax_total
    if order.total != expected:
        yield _differs(order, "total", order.total, expected)


def _figures(record: Any, names: tuple[str, ...]) -> dict[str, Decimal]:
    return {name: getattr(record, name) for name in names}


def _differences(
    record: Any, before: dict[str, Decimal], names: tuple[str, ...]
) -> Iterator[Place]:
    for name in names:
        if getattr(record, name) != before[name]:
            yield _differs(record, name, before[name], getattr(record, name))


def _differs(record: Any, name: str, found: Any, expected: Any) -> Place:
    what = _("%(field)s is %(found)s and ought to be %(expected)s")
    shown = [format(v, "f") if isinstance(v, Decimal) else str(v) for v in (found, expected)]
    return place(
        type(record), record.pk, what % {"field": name, "found": shown[0], "expected": shown[1]}
    )
