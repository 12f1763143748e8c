"""Writing orders: by hand, or changing what a conversion made. Moves are elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from apps.catalog.models import Currency
from apps.common import events, text, workflow
from apps.common.errors import InvalidInputError, NotPermittedError, TransitionError
from apps.procurement import policies
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from apps.procurement.services import ledger, totals
from apps.procurement.services import lines as line_services
from apps.procurement.services.suppliers import refuse_prevented, snapshot, terms
from apps.procurement.services.writing import (
    Errors,
    add_editor,
    clean,
    record_created,
    refuse,
    save_new,
)
from apps.procurement.states import EDITABLE, OrderLineStatus

TEXTS = ("supplier_reference", "incoterm_place", "external_reference")
LONG_TEXTS = ("delivery_address", "billing_address", "notes_supplier", "notes_internal")
RECORDS = ("supplier", "department", "buyer", "currency", "payment_term", "incoterm")
VALUES = ("order_date", "expected_date", "confirmed_on", "discount_percent", "freight", "language")
FIELDS = (*TEXTS, *LONG_TEXTS, *RECORDS, *VALUES)
REQUIRED = ("supplier", "department")
Lines = Sequence[Mapping[str, Any]]


@transaction.atomic
def create(*, by: Any, data: Mapping[str, Any], lines: Lines) -> PurchaseOrder:
    """Write an order by hand, without a requisition behind it.

    Raises NotPermittedError, and InvalidInputError with all that is wrong, by field and line.
    """
    if not policies.may_create(by):
        raise NotPermittedError()
    order = PurchaseOrder(buyer=by, created_by=by, updated_by=by)
    errors = _fill(order, data, by=by)
    rows, wrong = line_services.read(order, lines, (), by=by)
    refuse(clean(order, rows) | errors | wrong)
    refuse_prevented(order.supplier)
    _compute(order, rows)
    save_new(order, by=by)
    for row in rows:
        row.order = order
    PurchaseOrderLine.objects.bulk_create(rows)
    record_created(order, rows, "purchaseorder.created", by=by)
    return order


@transaction.atomic
def update(
    order: PurchaseOrder,
    *,
    by: Any,
    data: Mapping[str, Any],
    lines: Lines | None = None,
    expected_version: int | None = None,
) -> PurchaseOrder:
    """Change a draft or a returned order; `lines`, when given, are all that is to be left open.

    A line made from a requisition that is left out, or made smaller, gives its quantity back.
    Raises StaleVersionError, TransitionError, NotPermittedError and InvalidInputError.
    """
    fresh = _lock_to_write(order, by=by, expected_version=expected_version)
    before = events.snapshot(fresh)
    existing = ledger.held_by(fresh)
    old = {line.pk: events.snapshot(line) for line in existing}
    errors = _fill(fresh, data, by=by)
    payloads = [{"id": line.pk} for line in _open(existing)] if lines is None else lines
    rows, wrong = line_services.read(fresh, payloads, existing, by=by)
    refuse(clean(fresh, rows) | errors | wrong)
    if "supplier" in data:
        refuse_prevented(fresh.supplier)
    gone = [line for line in _open(existing) if line not in rows]
    _compute(fresh, rows)
    workflow.save(fresh, by=by)
    changes = events.difference(before, events.snapshot(fresh))
    header = events.Record(fresh, events.Action.UPDATE, "purchaseorder.updated", changes, actor=by)
    with events.batched():
        events.record(header)
        events.record(*_save_lines(rows, gone, old, by=by))
    add_editor(fresh, by)
    return fresh


def _lock_to_write(order: PurchaseOrder, *, by: Any, expected_version: int | None) -> PurchaseOrder:
    fresh = workflow.lock(order, expected_version=expected_version)
    if not policies.may_keep(by, fresh):
        raise NotPermittedError()
    if fresh.status not in EDITABLE:
        message = _("%(document)s is %(status)s, so it cannot be changed.")
        named = {"document": fresh, "status": fresh.get_status_display()}
        raise TransitionError(message % named, status=fresh.status)
    return fresh


def _fill(order: PurchaseOrder, data: Mapping[str, Any], *, by: Any) -> Errors:
    """Write the header's values and say what is wrong with them, by field."""
    supplier_before = order.supplier_id
    for name in FIELDS:
        if name in data:
            setattr(order, name, _cleaned(name, data[name]))
    errors: Errors = {
        name: [_("This field is required.")]
        for name in REQUIRED
        if line_services.key_of(order, name) is None
    }
    if errors:
        return errors
    if order.supplier_id != supplier_before:
        _take_from_supplier(order, data)
    if order.supplier_id != supplier_before or "language" in data:
        snapshot(order)
    order.exchange_rate = order.exchange_rate_date = None
    return _check_people(order, by=by)


def _cleaned(name: str, value: Any) -> Any:
    if name in TEXTS:
        return text.one_line(value or "")
    if name in LONG_TEXTS:
        return text.many_lines(value or "")
    return Decimal(0) if value is None and name in {"discount_percent", "freight"} else value


def _take_from_supplier(order: PurchaseOrder, data: Mapping[str, Any]) -> None:
    """A supplier brings its usual terms, language and currency, unless said otherwise."""
    for name, value in terms(order.supplier).items():
        if data.get(name) is None:
            setattr(order, name, value)
    if "language" not in data:
        order.language = order.supplier.language
    if line_services.key_of(order, "currency") is None:
        order.currency = order.supplier.currency or Currency.objects.get(
            code=settings.BASE_CURRENCY
        )


def _check_people(order: PurchaseOrder, *, by: Any) -> Errors:
    """The order stays with people who may buy for its department."""
    if not policies.may_buy_for(by, order.department_id):
        return {"department": [_("You do not buy for this department.")]}
    if not policies.may_buy_for(order.buyer, order.department_id):
        return {
            "buyer": [_("%(buyer)s does not buy for this department.") % {"buyer": order.buyer}]
        }
    return {}


def _compute(order: PurchaseOrder, rows: Sequence[PurchaseOrderLine]) -> None:
    try:
        totals.compute(order, rows)
    except InvalidInputError as error:
        raise InvalidInputError(
            str(error), code=error.code, errors={"lines": [str(error)]}
        ) from None


def _open(lines: Sequence[PurchaseOrderLine]) -> list[PurchaseOrderLine]:
    return [line for line in lines if line.status == OrderLineStatus.OPEN]


def _save_lines(
    rows: Sequence[PurchaseOrderLine],
    gone: Sequence[PurchaseOrderLine],
    old: Mapping[int, Mapping[str, Any]],
    *,
    by: Any,
) -> list[events.Record]:
    """Add, change and cancel lines, and fit what they hold of requisitions to their quantities."""
    reason = _("Taken out of the order")
    for line in gone:
        line.status, line.status_reason = OrderLineStatus.CANCELLED, reason
    kept = [row for row in rows if row.pk is not None]
    added = [row for row in rows if row.pk is None]
    records = []
    changed = []
    for line in [*kept, *gone]:
        changes = events.difference(old[line.pk], events.snapshot(line))
        if changes:
            line.updated_by = by
            changed.append(line)
            records.append(_record(line, changes, by))
    PurchaseOrderLine.objects.bulk_update(changed, CHANGEABLE) if changed else None
    PurchaseOrderLine.objects.bulk_create(added)
    wanted = {line.pk: line.quantity for line in kept} | {line.pk: Decimal(0) for line in gone}
    ledger.reshape([*kept, *gone], wanted, by=by, reason=_("Changed in the order"))
    return [*records, *events.created(added, "purchaseorderline.created")]


CHANGEABLE = (
    *line_services.FIELDS,
    "unit_factor",
    "price_source",
    "amount",
    "tax_percent",
    "tax_amount",
    "status",
    "status_reason",
    "updated_by",
    "updated_at",
)


def _record(line: PurchaseOrderLine, changes: Mapping[str, Any], by: Any) -> events.Record:
    return events.Record(line, events.Action.UPDATE, "purchaseorderline.updated", changes, actor=by)
