"""From wishes to orders, thought through before anything is written.

The same plan is shown to the buyer before converting and worked off when converting, so that what
was previewed is what is made. Orders and lines in a plan are complete but not saved.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from apps.accounts.models import Department
from apps.accounts.scopes import department_scope
from apps.catalog import services as catalog
from apps.catalog.models import Supplier
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from apps.procurement.services import checking, ledger, sourcing, totals
from apps.procurement.services.sourcing import Bundle
from apps.procurement.services.suppliers import snapshot, terms
from apps.procurement.services.wishes import (
    ConversionLine,
    Plan,
    PlannedLine,
    PlannedOrder,
    Problems,
)
from apps.requisitions.models import RequisitionLine


def plan(wishes: Sequence[ConversionLine], *, by: Any) -> Plan:
    """Show what `convert` would make, or raise what it would raise. Writes nothing."""
    checking.check_number(wishes)
    lines = ledger.read_lines(wish.requisition_line.pk for wish in wishes)
    return think(wishes, lines, by=by)


def think(
    wishes: Sequence[ConversionLine], lines: Mapping[int, RequisitionLine], *, by: Any
) -> Plan:
    """Plan with the given fresh lines.

    Raises NotPermittedError, InvalidInputError and ConflictError, all problems at once.
    """
    checking.check_scope(lines, by=by)
    problems = Problems()
    suppliers = _suppliers(wishes)
    checking.check(wishes, lines, ledger.allocated(lines), problems)
    warnings = checking.check_suppliers(wishes, suppliers, problems)
    problems.refuse()
    bundles = sourcing.bundle(wishes, lines, suppliers, problems)
    problems.refuse()
    priced = sourcing.price(bundles, problems)
    problems.refuse()
    return Plan(_orders(priced, by=by), [*warnings, *sourcing.notices(priced)])


def _suppliers(wishes: Sequence[ConversionLine]) -> dict[int, Supplier]:
    """Suppliers as they are now, not as they were when the page was opened."""
    pks = {wish.supplier.pk for wish in wishes}
    found = Supplier.objects.filter(pk__in=pks).select_related("payment_term", "incoterm")
    return {supplier.pk: supplier for supplier in found}


def _orders(bundles: Sequence[Bundle], *, by: Any) -> list[PlannedOrder]:
    """One order per supplier, currency and delivery address."""
    groups: dict[Hashable, list[Bundle]] = {}
    for each in bundles:
        address = each.first.requisition.delivery_address.strip()
        groups.setdefault((each.supplier.pk, _pk(each.currency), address), []).append(each)
    parents = Department.objects.parents()
    taxes: dict[int, Decimal] = {}
    orders = [_order(group, parents, taxes, by=by) for group in groups.values()]
    worth = totals.Worth()
    for planned in orders:
        totals.compute(planned.order, [row.line for row in planned.lines], worth)
    return orders


def _order(
    group: Sequence[Bundle],
    parents: Mapping[int, int | None],
    taxes: dict[int, Decimal],
    *,
    by: Any,
) -> PlannedOrder:
    parts = [line for each in group for _index, _wish, line in each.wishes]
    supplier = group[0].supplier
    order = PurchaseOrder(
        supplier=supplier,
        department=_department([line.requisition.department for line in parts], parents, by),
        buyer=by,
        created_by=by,
        updated_by=by,
        currency=group[0].currency,
        language=supplier.language,
        delivery_address=parts[0].requisition.delivery_address.strip(),
        notes_internal=_notes(parts),
        expected_date=_earliest(line.needed_by or line.requisition.needed_by for line in parts),
        **terms(supplier),
    )
    snapshot(order)
    planned = PlannedOrder(order)
    for number, each in enumerate(group, start=1):
        line = _line(order, number, each, taxes, by=by)
        wanted: dict[int, Decimal] = {}
        rows = {row.pk: row for _index, _wish, row in each.wishes}
        for _index, wish, row in each.wishes:
            wanted[row.pk] = wanted.get(row.pk, Decimal(0)) + wish.quantity
        planned.lines.append(PlannedLine(line, [(rows[pk], q) for pk, q in wanted.items()]))
    return planned


def _line(
    order: PurchaseOrder, number: int, each: Bundle, taxes: dict[int, Decimal], *, by: Any
) -> PurchaseOrderLine:
    if each.price is None:
        raise ValueError("what has no price was refused before")
    first, header = each.first, each.first.requisition
    item = first.item
    tax_code = item.tax_code if item is not None else None
    if tax_code is not None and tax_code.pk not in taxes:
        taxes[tax_code.pk] = catalog.tax_percent(tax_code)
    quoted = each.quote.supplier_part_number if each.quote is not None else ""
    return PurchaseOrderLine(
        order=order,
        line_no=number,
        item=item,
        description=first.description,
        specification=first.specification,
        supplier_part_number=quoted or first.supplier_part_number,
        manufacturer_part_number=first.manufacturer_part_number,
        category=first.category,
        quantity=each.quantity,
        unit=each.unit,
        unit_factor=each.factor,
        unit_price=each.price,
        price_source=each.source[:120],
        tax_code=tax_code,
        tax_percent=taxes[tax_code.pk] if tax_code is not None else Decimal(0),
        cost_centre=header.cost_centre,
        project=header.project,
        needed_by=first.needed_by or header.needed_by,
        notes=_joined("; ", (line.notes for _index, _wish, line in each.wishes))[:500],
        created_by=by,
        updated_by=by,
    )


def _department(
    departments: Sequence[Department], parents: Mapping[int, int | None], by: Any
) -> Department:
    """Whose buyers keep the order: the lowest department over all of them that the buyer buys for.

    Where there is none in the buyer's scope, the first line's department keeps it.
    """
    chains = [_chain(department.pk, parents) for department in departments]
    common = [pk for pk in chains[0] if all(pk in chain for chain in chains)]
    by_pk = {department.pk: department for department in departments}
    if not common or common[0] not in department_scope(by, "buy_for"):
        return departments[0]
    return by_pk.get(common[0]) or Department.objects.get(pk=common[0])


def _pk(record: Any) -> int | None:
    return None if record is None else record.pk


def _chain(pk: int | None, parents: Mapping[int, int | None]) -> list[int]:
    chain: list[int] = []
    while pk is not None and pk not in chain:
        chain.append(pk)
        pk = parents.get(pk)
    return chain


def _notes(parts: Sequence[RequisitionLine]) -> str:
    headers = {line.requisition_id: line.requisition for line in parts}
    notes = (
        f"{header.number}: {header.notes_internal}"
        for header in headers.values()
        if header.notes_internal
    )
    return _joined("\n", notes)[:4000]


def _joined(between: str, texts: Any) -> str:
    return between.join(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _earliest(days: Any) -> date | None:
    return min((day for day in days if day is not None), default=None)
