"""The quantity ledger: what of each requisition line is ordered, by which order line.

Locks are taken in one order everywhere: the order, requisitions by key, their lines by key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from apps.common import events
from apps.common.errors import ConflictError
from apps.common.money import ZERO, exact
from apps.procurement.models import Allocation, PurchaseOrder, PurchaseOrderLine
from apps.procurement.triggers import WITHIN_REQUESTED
from apps.requisitions import services as requisitions
from apps.requisitions.models import Requisition, RequisitionLine
from apps.requisitions.querysets import RequisitionLineQuerySet, RequisitionQuerySet

RELATED = (
    "item__base_unit",
    "item__purchase_unit",
    "item__tax_code",
    "category",
    "unit",
)


def lock_lines(pks: Iterable[int]) -> dict[int, RequisitionLine]:
    """Lock the requisitions, then these lines of theirs, and read both fresh.

    Must be called inside a transaction. Lines that are gone are left out.
    """
    wanted = set(pks)
    found = _headers(wanted).select_for_update(of=("self",))
    headers = {requisition.pk: requisition for requisition in found}
    return _with_headers(_lines(wanted).select_for_update(of=("self",)), headers)


def read_lines(pks: Iterable[int]) -> dict[int, RequisitionLine]:
    """The same lines for looking at them only."""
    wanted = set(pks)
    headers = {requisition.pk: requisition for requisition in _headers(wanted)}
    return _with_headers(_lines(wanted), headers)


def _headers(lines: set[int]) -> RequisitionQuerySet:
    pks = RequisitionLine.objects.filter(pk__in=lines).values("requisition")
    return Requisition.objects.filter(pk__in=pks).with_header().order_by("pk")


def _lines(pks: set[int]) -> RequisitionLineQuerySet:
    return RequisitionLine.objects.filter(pk__in=pks).select_related(*RELATED).order_by("pk")


def _with_headers(
    lines: Iterable[RequisitionLine], headers: Mapping[int, Requisition]
) -> dict[int, RequisitionLine]:
    found = {}
    for line in lines:
        line.requisition = headers[line.requisition_id]
        found[line.pk] = line
    return found


def allocated(line_pks: Iterable[int]) -> dict[int, Decimal]:
    """What counts as ordered of each line: summed here, because SQLite would sum as floats."""
    sums: dict[int, Decimal] = dict.fromkeys(line_pks, ZERO)
    rows = Allocation.objects.filter(requisition_line__in=sums).values_list(
        "requisition_line_id", "quantity", "released_quantity"
    )
    with exact():
        for pk, quantity, released in rows:
            sums[pk] += quantity - released
    return sums


def record(allocations: Sequence[Allocation], *, by: Any) -> None:
    """Write new allocations of locked lines and bring the lines up to date.

    Raises ConflictError when the database finds that more would be ordered than was asked for.
    """
    try:
        Allocation.objects.bulk_create(allocations)
    except IntegrityError as error:
        raise _taken(error) from error
    rows = events.created(allocations, "allocation.create")
    events.record(*(replace(row, actor=by) for row in rows))
    refresh([allocation.requisition_line for allocation in allocations], by=by)


def reshape(
    lines: Collection[PurchaseOrderLine],
    wanted: Mapping[int, Decimal],
    *,
    by: Any,
    reason: str,
) -> None:
    """Make these order lines hold what they order now: give back, or take back what was given.

    `wanted` is by order line, in its unit; nothing said is nothing held. The last allocation gives
    back first, and its requisition line is open again for so much. Taking back goes no further
    than what the allocation once had and what is open by now; what an order line has beyond its
    allocations is for stock.
    """
    found = list(
        Allocation.objects.filter(order_line__in=[line.pk for line in lines]).order_by("pk")
    )
    if not found:
        return
    requested = lock_lines(allocation.requisition_line_id for allocation in found)
    taken = allocated(requested)
    before = [events.snapshot(allocation) for allocation in found]
    for line in lines:
        own = [allocation for allocation in found if allocation.order_line_id == line.pk]
        with exact():
            target = wanted.get(line.pk, ZERO) * line.unit_factor
        _fit(own, target, _Room(requested, taken))
    changed = []
    for allocation, old in zip(found, before, strict=True):
        difference = events.difference(old, events.snapshot(allocation))
        if difference:
            allocation.release_reason = reason[:255] if allocation.released_quantity else ""
            changed.append((allocation, difference))
    if changed:
        _save(changed, by=by, reason=reason)
        refresh([requested[a.requisition_line_id] for a, _difference in changed], by=by)


@dataclass
class _Room:
    """How much of each requisition line is free while allocations move."""

    requested: Mapping[int, RequisitionLine]
    taken: dict[int, Decimal]

    def free(self, allocation: Allocation) -> Decimal:
        line = self.requested[allocation.requisition_line_id]
        return max(line.quantity - self.taken[line.pk], ZERO)

    def move(self, allocation: Allocation, quantity: Decimal) -> None:
        allocation.released_quantity -= quantity
        self.taken[allocation.requisition_line_id] += quantity


def _fit(own: Sequence[Allocation], target: Decimal, room: _Room) -> None:
    with exact():
        held = sum((a.quantity - a.released_quantity for a in own), start=ZERO)
        for allocation in reversed(own):
            if held <= target:
                break
            part = min(allocation.quantity - allocation.released_quantity, held - target)
            room.move(allocation, -part)
            held -= part
        for allocation in own:
            if held >= target:
                break
            part = min(allocation.released_quantity, target - held, room.free(allocation))
            room.move(allocation, part)
            held += part


def _save(changed: Sequence[tuple[Allocation, Mapping[str, Any]]], *, by: Any, reason: str) -> None:
    try:
        Allocation.objects.bulk_update(
            [allocation for allocation, _difference in changed],
            ("released_quantity", "release_reason"),
        )
    except IntegrityError as error:
        raise _taken(error) from error
    events.record(
        *(
            events.Record(
                allocation,
                events.Action.UPDATE,
                "allocation.release",
                difference,
                comment=reason,
                actor=by,
            )
            for allocation, difference in changed
        )
    )


def refresh(lines: Iterable[RequisitionLine], *, by: Any) -> None:
    """Have the requisitions write down how far they are ordered, from the ledger's sums."""
    changed = {line.pk: line for line in lines}
    requisitions.refresh_fulfilment(changed.values(), by=by, ordered=allocated(changed))


def _taken(error: IntegrityError) -> Exception:
    if WITHIN_REQUESTED not in str(error):
        return error
    return ConflictError(
        _("Somebody ordered part of this meanwhile; not so much is left."), code="quantity_taken"
    )


def held_by(order: PurchaseOrder) -> list[PurchaseOrderLine]:
    """The order's lines, locked, in order."""
    return list(
        order.lines.select_for_update(of=("self",))
        .select_related("item__base_unit", "item__purchase_unit", "unit", "tax_code")
        .order_by("pk")
    )
