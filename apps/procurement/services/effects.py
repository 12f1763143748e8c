"""What the moves of an order do on the way, under its lock: checks, the ledger, the number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.approvals import services as approvals
from apps.catalog import services as catalog
from apps.common import events, numbering
from apps.common.errors import ConflictError, RouteError
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from apps.procurement.services import ledger, totals
from apps.procurement.services.suppliers import refuse_prevented, snapshot
from apps.procurement.states import OrderLineStatus, OrderStatus

KIND, PREFIX = "purchase_order", "PO"


def submit(order: PurchaseOrder, *, by: Any, comment: str) -> None:
    """Fix the rate and the supplier's data, so that what is approved is what will be issued."""
    lines = ledger.held_by(order)
    blockers = list(_blockers(order, lines))
    if blockers:
        raise RouteError("\n".join(text["message"] for text in blockers), blockers=blockers)
    snapshot(order)
    totals.compute(order, lines)
    totals.freeze_rate(order)
    order.submitted_by = by
    approvals.open_request(order, by=by)


def withdraw(order: PurchaseOrder, *, by: Any, comment: str) -> None:
    """Nobody is asked any more; an approval already given is worth nothing from here on."""
    if order.status == OrderStatus.PENDING_APPROVAL:
        approvals.withdraw(order, by=by, comment=comment)
    else:
        approvals.supersede(order, by=by, comment=comment)
    order.approved_at = None


def issue(order: PurchaseOrder, *, by: Any, comment: str) -> None:
    """Send out what was approved and nothing else; the number is taken last."""
    if not approvals.is_still_approved(order):
        raise ConflictError(
            _("%(order)s is no longer what was approved. Withdraw it and submit it again.")
            % {"order": order},
            code="changed_after_approval",
        )
    refuse_prevented(order.supplier)
    _remember_prices(order)
    order.order_date = order.order_date or timezone.localdate()
    order.number = numbering.take(KIND, PREFIX)


def close(order: PurchaseOrder, *, by: Any, comment: str) -> None:
    """What was not received is given back: its requisition lines can be ordered again."""
    lines = _open(ledger.held_by(order))
    end_lines(lines, OrderLineStatus.CLOSED, by=by, reason=comment)


def cancel(order: PurchaseOrder, *, by: Any, comment: str) -> None:
    """Nothing was received, so nothing remains: all of it can be ordered again."""
    lines = ledger.held_by(order)
    if any(line.received_quantity for line in lines):
        raise ConflictError(
            _("Part of %(order)s was received, so it can only be closed.") % {"order": order},
            code="already_received",
        )
    if order.status == OrderStatus.PENDING_APPROVAL:
        approvals.withdraw(order, by=by)
    end_lines(_open(lines), OrderLineStatus.CANCELLED, by=by, reason=comment)


def give_back(order: PurchaseOrder, *, by: Any, comment: str) -> None:
    """A rejected order holds nothing: its requisition lines can be ordered differently."""
    ledger.reshape(ledger.held_by(order), {}, by=by, reason=comment)


def end_lines(
    lines: Sequence[PurchaseOrderLine], status: OrderLineStatus, *, by: Any, reason: str
) -> None:
    """End open lines and give back what of them was not received."""
    records = []
    for line in lines:
        before = events.snapshot(line)
        line.status, line.status_reason = status, reason[:255]
        line.updated_by = by
        changes = events.difference(before, events.snapshot(line))
        name = f"purchaseorderline.{status.value}"
        records.append(
            events.Record(line, events.Action.UPDATE, name, changes, comment=reason, actor=by)
        )
    fields = ["status", "status_reason", "updated_by"]
    PurchaseOrderLine.objects.bulk_update(lines, fields)
    events.record(*records)
    received = {line.pk: line.received_quantity for line in lines}
    ledger.reshape(lines, received, by=by, reason=reason)


def _blockers(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> Iterable[dict[str, str]]:
    if not _open(lines):
        yield {"code": "no_lines", "message": _("Add at least one line.")}
    control, message = catalog.order_control(order.supplier)
    if control == "prevent":
        yield {"code": "supplier_prevented", "message": str(message)}


def _open(lines: Iterable[PurchaseOrderLine]) -> list[PurchaseOrderLine]:
    return [line for line in lines if line.status == OrderLineStatus.OPEN]


def _remember_prices(order: PurchaseOrder) -> None:
    """The catalogue shows what was last ordered at, per base unit; items in one order for all."""
    lines = _open(ledger.held_by(order))
    items = [(line.item, line) for line in lines if line.item is not None]
    for item, line in sorted(items, key=lambda pair: (pair[0].pk, pair[1].pk)):
        factor = catalog.units_per(line.unit, item.base_unit, item)
        if factor and line.unit_price:
            price = round_fraction(Fraction(line.unit_price) / factor)
            catalog.remember_price(item, price, order.currency)


def round_fraction(value: Fraction) -> Decimal:
    """The price with six places, half up; it is shown, never counted with."""
    steps = (value * 1_000_000 + Fraction(1, 2)).__floor__()
    return Decimal(steps).scaleb(-6)
