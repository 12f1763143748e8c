"""Approved requisition lines become purchase orders, exactly once and traceable both ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from apps.common import events
from apps.common.errors import ConflictError
from apps.common.services import attachments
from apps.procurement.models import Allocation, PurchaseOrder, PurchaseOrderLine
from apps.procurement.services import checking, ledger, planning
from apps.procurement.services.wishes import ConversionLine, Notice, Plan, PlannedOrder
from apps.procurement.services.writing import record_created, save_new


class WarningsError(ConflictError):
    """There are warnings the buyer has not acknowledged; `details["notices"]` has them."""

    code = "warnings_not_acknowledged"


@transaction.atomic
def convert(
    lines: Sequence[ConversionLine], *, by: Any, acknowledge_warnings: bool = False
) -> list[PurchaseOrder]:
    """Make draft orders of parts of requisition lines, grouped by supplier, currency and address.

    Everything or nothing: raises InvalidInputError, ConflictError or NotPermittedError with what
    is wrong under each line, and WarningsError when a warning was not acknowledged.
    """
    checking.check_number(lines)
    locked = ledger.lock_lines(wish.requisition_line.pk for wish in lines)
    plan = planning.think(lines, locked, by=by)
    if plan.to_acknowledge and not acknowledge_warnings:
        raise _unacknowledged(plan.to_acknowledge)
    with events.batched():
        _write(plan, by=by)
    return [planned.order for planned in plan.orders]


def _unacknowledged(notices: Sequence[Notice]) -> WarningsError:
    messages = [notice.message for notice in notices]
    return WarningsError(
        messages[0], errors={"acknowledge_warnings": messages}, notices=list(notices)
    )


def _write(plan: Plan, *, by: Any) -> None:
    for planned in plan.orders:
        save_new(planned.order, by=by)
    lines = [planned_line.line for planned in plan.orders for planned_line in planned.lines]
    for line in lines:
        line.order = line.order  # takes over the key the order has by now
    PurchaseOrderLine.objects.bulk_create(lines)
    ledger.record([a for planned in plan.orders for a in _allocations(planned, by)], by=by)
    for planned in plan.orders:
        for requisition in planned.requisitions:
            attachments.carry_over(requisition, planned.order, by=by)
    for planned in plan.orders:
        sources = [requisition.number for requisition in planned.requisitions]
        own = [planned_line.line for planned_line in planned.lines]
        record_created(planned.order, own, "purchaseorder.converted", by=by, requisitions=sources)


def _allocations(planned: PlannedOrder, by: Any) -> list[Allocation]:
    return [
        Allocation(
            requisition_line=part, order_line=planned_line.line, quantity=quantity, created_by=by
        )
        for planned_line in planned.lines
        for part, quantity in planned_line.parts
    ]
