"""Saving orders and their lines: validated, stamped, recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from apps.common import events
from apps.common.errors import InvalidInputError
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine

Errors = dict[str, list[str]]
_SMALLEST = Decimal("0.000001")
_PERCENT = _("A discount is between 0 and 100 percent.")
_NOT_NEGATIVE = _("This is not negative.")
RANGES: dict[str, tuple[Decimal, Decimal | None, StrOrPromise]] = {
    "quantity": (_SMALLEST, None, _("A quantity is greater than zero.")),
    "list_price": (Decimal(0), None, _("A price is not negative.")),
    "unit_price": (Decimal(0), None, _("A price is not negative.")),
    "discount_percent": (Decimal(0), Decimal(100), _PERCENT),
    "over_receipt_percent": (Decimal(0), None, _NOT_NEGATIVE),
    "freight": (Decimal(0), None, _NOT_NEGATIVE),
}
_NOT_CLEANED = frozenset(f.name for f in PurchaseOrder._meta.concrete_fields if f.is_relation)
_LINE_NOT_CLEANED = frozenset(
    f.name for f in PurchaseOrderLine._meta.concrete_fields if f.is_relation
)


def clean(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine] = ()) -> Errors:
    """Everything that is wrong with the values of the order and its lines, by path."""
    errors = _wrong(order, _NOT_CLEANED, "")
    for index, line in enumerate(lines):
        errors |= _wrong(line, _LINE_NOT_CLEANED, f"lines.{index}.")
    return errors


def refuse(errors: Mapping[str, Sequence[str]]) -> None:
    """Raise InvalidInputError when anything is wrong."""
    if errors:
        first = next(iter(errors.values()))
        raise InvalidInputError(first[0], errors=errors)


def save_new(order: PurchaseOrder, *, by: Any) -> None:
    """Save a new order and remember who wrote it."""
    refuse(clean(order))
    order.save()
    add_editor(order, by)


def add_editor(order: PurchaseOrder, by: Any) -> None:
    """Whoever writes into an order never approves it, so all of them are remembered."""
    through = PurchaseOrder.editors.through
    through._default_manager.bulk_create(
        [through(purchaseorder_id=order.pk, user_id=by.pk)], ignore_conflicts=True
    )


def record_created(
    order: PurchaseOrder,
    lines: Iterable[PurchaseOrderLine],
    event: str,
    *,
    by: Any,
    **data: Any,
) -> None:
    """Write the history of a new order and its lines."""
    rows = [
        *events.created([order], event, **data),
        *events.created(lines, "purchaseorderline.created"),
    ]
    events.record(*(replace(row, actor=by) for row in rows))


def _wrong(record: Any, exclude: frozenset[str], prefix: str) -> Errors:
    """Constraints are left to the database: each one asked here would be a statement."""
    try:
        record.full_clean(exclude=exclude, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        return {f"{prefix}{name}": found for name, found in error.message_dict.items()}
    return {f"{prefix}{name}": [text] for name, text in _out_of_range(record)}


def _out_of_range(record: Any) -> Iterable[tuple[str, str]]:
    for name, (least, most, text) in RANGES.items():
        value = getattr(record, name, None)
        if value is not None and not (least <= value and (most is None or value <= most)):
            yield name, str(text)
