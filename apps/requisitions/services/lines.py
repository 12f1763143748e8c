"""Lines from what somebody typed, sent or imported: defaults from the catalogue, checks, amounts.

Codes are records already when they come here. Errors are collected, each under its line and field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.catalog import services as catalog
from apps.catalog.models import Currency, Item
from apps.catalog.services import PriceRequest
from apps.common import text
from apps.common.errors import InvalidInputError
from apps.common.tabular.cells import plain
from apps.common.validation import field_errors
from apps.requisitions.models import Requisition, RequisitionLine
from apps.requisitions.services import totals

MOST_LINES = 1000
TEXTS = ("description", "manufacturer_part_number", "supplier_part_number", "notes")
RECORDS = ("item", "category", "unit", "preferred_supplier")
FIELDS = (*TEXTS, *RECORDS, "specification", "quantity", "estimated_price", "needed_by")
Errors = dict[str, list[str]]


def read(
    requisition: Requisition,
    payloads: Sequence[Mapping[str, Any]],
    *,
    existing: Iterable[RequisitionLine] = (),
    by: Any,
) -> tuple[list[RequisitionLine], Errors]:
    """Lines in the order given, numbered from 1, with what is wrong under `lines.<index>.<field>`.

    A payload with the `id` of an existing line changes that line; any other makes a new one.
    """
    if len(payloads) > MOST_LINES:
        message = _("A requisition takes at most %(limit)d lines.") % {"limit": MOST_LINES}
        raise InvalidInputError(message, code="too_many_lines", errors={"lines": [message]})
    errors: Errors = {}
    known = {line.pk: line for line in existing}
    lines = []
    for index, payload in enumerate(payloads):
        line, wrong = _line(requisition, payload, known, by=by)
        lines.append(line)
        errors |= {f"lines.{index}.{name}": found for name, found in wrong.items()}
    _estimate(requisition.currency, [line for line in lines if _lacks_price(line)])
    for index, line in enumerate(lines):
        line.line_no = index + 1
        wrong = _check(line, requisition.currency)
        for name, found in wrong.items():
            errors.setdefault(f"lines.{index}.{name}", found)
    return lines, errors


def _line(
    requisition: Requisition,
    payload: Mapping[str, Any],
    known: dict[int, RequisitionLine],
    *,
    by: Any,
) -> tuple[RequisitionLine, Errors]:
    """One line with the values given; a field that is not given keeps what it has."""
    wrong: Errors = {}
    pk = payload.get("id")
    line = known.pop(pk, None) if pk is not None else None
    if line is None:
        if pk is not None:
            wrong["id"] = [_("This requisition has no such line.")]
        line = RequisitionLine(requisition=requisition, created_by=by, updated_by=by)
    item_before = line.item_id
    for name in FIELDS:
        if name in payload:
            setattr(line, name, _cleaned(name, payload[name]))
    if line.item is not None:
        _take_from_item(line, line.item, is_new=line.item_id != item_before, payload=payload)
    return line, wrong


def _cleaned(name: str, value: Any) -> Any:
    if name in TEXTS:
        return text.one_line(value or "")
    if name == "specification":
        return text.many_lines(value or "")
    return value


def _take_from_item(line: Any, item: Item, *, is_new: bool, payload: Mapping[str, Any]) -> None:
    """What the catalogue knows fills what was left open; what was typed stays."""
    if not line.description or (is_new and not payload.get("description")):
        line.description = item.name
    if line.category_id is None:
        line.category = item.category
    if line.unit_id is None:
        line.unit = item.purchase_unit or item.base_unit
    if not line.manufacturer_part_number:
        line.manufacturer_part_number = item.manufacturer_part_number


def _lacks_price(line: Any) -> bool:
    if line.item_id is None or line.estimated_price is not None or line.unit_id is None:
        return False
    return line.quantity is not None and line.quantity.is_finite() and line.quantity > 0


def _estimate(currency: Currency, lines: list[RequisitionLine]) -> None:
    """The best price of today for lines that name none; a line without one stays without one."""
    if not lines:
        return
    requests = [
        PriceRequest(
            item=line.item,
            quantity=line.quantity,
            unit=line.unit,
            supplier=line.preferred_supplier,
            currency=currency,
        )
        for line in lines
        if line.item is not None
    ]
    for line, quote in zip(lines, catalog.best_prices(requests), strict=True):
        if quote is not None:
            line.estimated_price = quote.price
            line.supplier_part_number = line.supplier_part_number or quote.supplier_part_number


def _check(line: Any, currency: Currency) -> Errors:
    """Everything one line can be wrong in, by field, without a statement."""
    wrong = field_errors(line)
    if line.quantity is None:
        wrong["quantity"] = [_("Enter a quantity.")]
    if line.unit_id is None:
        wrong["unit"] = [_("Choose a unit.")]
    if wrong:
        return wrong
    return _check_amount(line, currency)


def _check_amount(line: RequisitionLine, currency: Currency) -> Errors:
    if line.quantity % line.unit.step:
        return {
            "quantity": [
                _("Quantities in %(unit)s are multiples of %(step)s.")
                % {"unit": line.unit.name, "step": plain(line.unit.step)}
            ]
        }
    try:
        line.amount = totals.line_amount(line, currency)
    except InvalidInputError as error:
        return {"quantity": [str(error)]}
    return {}
