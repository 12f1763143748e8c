"""Order lines from what somebody typed or sent: defaults from the catalogue, prices, checks.

Codes are records already when they come here. Errors are collected, each under its line and field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.catalog import services as catalog
from apps.catalog.models import Item
from apps.common import text
from apps.common.errors import InvalidInputError
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from apps.procurement.services.totals import net_price
from apps.procurement.services.writing import Errors
from apps.procurement.states import OrderLineStatus

MOST_LINES = 1000
TEXTS = ("description", "supplier_part_number", "manufacturer_part_number", "notes")
PRICES = ("list_price", "discount_percent", "unit_price")
RECORDS = ("item", "category", "unit", "tax_code", "cost_centre", "project")
VALUES = ("quantity", "needed_by", "promised_date", "over_receipt_percent")
FIELDS = (*TEXTS, "specification", *RECORDS, *VALUES, *PRICES)
NOT_NULL = ("discount_percent", "over_receipt_percent")


def read(
    order: PurchaseOrder,
    payloads: Sequence[Mapping[str, Any]],
    existing: Sequence[PurchaseOrderLine],
    *,
    by: Any,
) -> tuple[list[PurchaseOrderLine], Errors]:
    """Lines in the order given, with what is wrong under `lines.<index>.<field>`.

    A payload with the `id` of an existing line changes that line; any other makes a new one.
    """
    if len(payloads) > MOST_LINES:
        message = _("An order takes at most %(limit)d lines.") % {"limit": MOST_LINES}
        raise InvalidInputError(message, code="too_many_lines", errors={"lines": [message]})
    known = {line.pk: line for line in existing if line.status == OrderLineStatus.OPEN}
    used = [line.line_no for line in existing]
    number = max(used, default=0)
    errors: Errors = {}
    rows: list[PurchaseOrderLine] = []
    for index, payload in enumerate(payloads):
        pk = payload.get("id")
        line = known.pop(pk, None) if pk is not None else None
        if line is None:
            number += 1
            line = PurchaseOrderLine(order=order, line_no=number, created_by=by, updated_by=by)
            if pk is not None:
                errors[f"lines.{index}.id"] = [_("This order has no such open line.")]
        for name, found in fill(line, payload).items():
            errors[f"lines.{index}.{name}"] = found
        rows.append(line)
    return rows, errors | _taxes(rows)


def fill(line: PurchaseOrderLine, payload: Mapping[str, Any]) -> Errors:
    """Write the given values into the line; a field that is not given keeps what it has."""
    unit_before = key_of(line, "unit")
    for name in FIELDS:
        if name in payload and name not in PRICES:
            setattr(line, name, _cleaned(name, payload[name]))
    item: Item | None = line.item
    if item is not None:
        _take_from_item(line, item)
    unit = key_of(line, "unit")
    if unit_before is not None and unit != unit_before and line.pk is not None:
        return _unit_of_allocated(line, unit_before)
    if unit is None:
        return {"unit": [_("Choose a unit.")]}
    return _price(line, payload)


def _cleaned(name: str, value: Any) -> Any:
    if name in TEXTS:
        return text.one_line(value or "")
    if name == "specification":
        return text.many_lines(value or "")
    return Decimal(0) if value is None and name in NOT_NULL else value


def _take_from_item(line: PurchaseOrderLine, item: Item) -> None:
    """What the catalogue knows fills what was left open; what was typed stays."""
    line.description = line.description or item.name
    line.manufacturer_part_number = line.manufacturer_part_number or item.manufacturer_part_number
    if line.category_id is None:
        line.category = item.category
    if key_of(line, "unit") is None:
        line.unit = item.purchase_unit or item.base_unit
    if line.tax_code_id is None and line._state.adding:
        line.tax_code = item.tax_code


def _unit_of_allocated(line: PurchaseOrderLine, before: int) -> Errors:
    """The unit of a converted line ties it to what was asked for, so it stays."""
    if line.allocations.exists():
        line.unit_id = before
        return {"unit": [_("The unit of a line made from a requisition stays as it is.")]}
    line.unit_factor = Decimal(1)
    return {}


def _price(line: PurchaseOrderLine, payload: Mapping[str, Any]) -> Errors:
    """A net price given counts; a list price with its discount gives the net price."""
    given = {name: payload[name] for name in PRICES if name in payload}
    if given.get("unit_price") is not None and given.get("list_price") is None:
        if given.get("discount_percent"):
            return {"discount_percent": [_("A discount is taken off a list price: give it too.")]}
        line.list_price, line.discount_percent = None, Decimal(0)
        line.unit_price = given["unit_price"]
        line.price_source = "" if line.pk is None else line.price_source
        return {}
    for name in ("list_price", "discount_percent"):
        if name in given:
            setattr(line, name, given[name] or (Decimal(0) if name in NOT_NULL else None))
    if line.list_price is not None:
        return _from_list_price(line, line.list_price, given.get("unit_price"))
    if getattr(line, "unit_price", None) is None:
        return {"unit_price": [_("Give a price: it is never taken for 0.")]}
    return {}


def _from_list_price(
    line: PurchaseOrderLine, list_price: Decimal, wanted: Decimal | None
) -> Errors:
    if not 0 <= line.discount_percent <= 100:
        line.unit_price = list_price
        return {"discount_percent": [_("A discount is between 0 and 100 percent.")]}
    try:
        line.unit_price = net_price(list_price, line.discount_percent)
    except InvalidInputError as error:
        return {"list_price": [str(error)]}
    if wanted is not None and wanted != line.unit_price:
        message = _("List price and discount give %(price)s; leave one of them out.")
        return {"unit_price": [message % {"price": line.unit_price.normalize()}]}
    return {}


def key_of(record: Any, name: str) -> int | None:
    """The key a required relation has so far, or nothing."""
    key: int | None = getattr(record, f"{name}_id")
    return key


def _taxes(rows: Sequence[PurchaseOrderLine]) -> Errors:
    """Today's rate of each tax code, asked once for each."""
    errors: Errors = {}
    rates: dict[int, Decimal] = {}
    for index, line in enumerate(rows):
        code = line.tax_code
        if code is None:
            line.tax_percent = Decimal(0)
            continue
        try:
            if code.pk not in rates:
                rates[code.pk] = catalog.tax_percent(code)
        except InvalidInputError as error:
            errors[f"lines.{index}.tax_code"] = [str(error)]
            continue
        line.tax_percent = rates[code.pk]
    return errors
