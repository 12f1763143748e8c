"""Proof that what is cached about ordering is what the ledger says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from apps.common.money import ZERO, exact
from apps.procurement import triggers
from apps.procurement.models import Allocation
from apps.requisitions.models import RequisitionLine

ROWS = 2000
MISSING_GUARD = "missing_guard"
TABLE = RequisitionLine._meta.db_table


@dataclass(frozen=True)
class Difference:
    """One thing that is not as the ledger says: what, where, what is there, what ought to be."""

    kind: str
    where: str
    found: str
    expected: str
    table: str = ""
    pk: int | None = None


def verify_ledger() -> list[Difference]:
    """Compare every requisition line with the sum of its allocations; name what differs."""
    missing = [
        Difference(MISSING_GUARD, lost.name, "", "trigger")
        for lost in triggers.GUARD.missing(connection)
    ]
    return [*missing, *_lines(_sums())]


def _sums() -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    rows = Allocation.objects.values_list("requisition_line_id", "quantity", "released_quantity")
    with exact():
        for pk, quantity, released in rows.order_by().iterator(ROWS):
            sums[pk] = sums.get(pk, ZERO) + quantity - released
    return sums


def _lines(sums: dict[int, Decimal]) -> Iterator[Difference]:
    rows = RequisitionLine.objects.order_by("pk").values_list(
        "pk", "requisition_id", "line_no", "quantity", "ordered_quantity"
    )
    for pk, requisition, line_no, quantity, cached in rows.iterator(ROWS):
        ledger = sums.get(pk, ZERO)
        where = f"requisition {requisition} line {line_no}"
        if cached != ledger:
            yield Difference("ordered_quantity", where, f"{cached:f}", f"{ledger:f}", TABLE, pk)
        if ledger > quantity:
            yield Difference("over_allocated", where, f"{ledger:f}", f"<= {quantity:f}", TABLE, pk)
