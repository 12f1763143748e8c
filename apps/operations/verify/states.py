"""Is every state one that can be reached? Asked of the tables of moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from apps.catalog.models import Supplier
from apps.catalog.services import TABLE as SUPPLIER_MOVES
from apps.common.integrity import Place, place
from apps.common.workflow import Table
from apps.procurement.models import PurchaseOrder
from apps.procurement.services import TABLE as ORDER_MOVES
from apps.requisitions.models import Requisition
from apps.requisitions.services import TABLE as REQUISITION_MOVES

MOVES: tuple[tuple[Any, Table], ...] = (
    (Supplier, SUPPLIER_MOVES),
    (Requisition, REQUISITION_MOVES),
    (PurchaseOrder, ORDER_MOVES),
)
# What a move writes down has to be there once the document has been in that state.
STAMPS = {"closed": "closed_at", "cancelled": "cancelled_at", "issued": "issued_at"}


def reachable(model: Any, table: Table) -> set[str]:
    """The states a document can come to, from the one it begins in."""
    found = {str(model._meta.get_field("status").get_default())}
    grown = True
    while grown:
        targets = {
            str(move.target)
            for move in table.transitions.values()
            if {str(source) for source in move.sources} & found
        }
        grown = not targets <= found
        found |= targets
    return found


def states() -> Iterator[Place]:
    """Every document is in a state some row of moves leads to, with the stamp of its last move."""
    for model, table in MOVES:
        rows = model._base_manager.order_by("pk")
        strange = rows.exclude(status__in=reachable(model, table))
        for pk, status in strange.values_list("pk", "status"):
            yield place(model, pk, _("no move leads to the state %(name)r") % {"name": status})
        names = {field.name for field in model._meta.concrete_fields}
        for status, stamp in STAMPS.items():
            if stamp not in names:
                continue
            unstamped = rows.filter(**{"status": status, f"{stamp}__isnull": True})
            for pk in unstamped.values_list("pk", flat=True):
                what = _("it is %(status)s and does not say since when")
                yield place(model, pk, what % {"status": status})
