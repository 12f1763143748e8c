"""What of an order is approved: its commercial content, and the facts approval rules ask for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.approvals.registry import Facts
from apps.common.services import attachments
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from apps.procurement.services import coverage
from apps.procurement.services.totals import counted
from apps.requisitions.models import Requisition

HEADER = (
    "supplier_name",
    "supplier_address",
    "supplier_reference",
    "incoterm_place",
    "delivery_address",
    "billing_address",
    "notes_supplier",
    "expected_date",
    "discount_percent",
    "freight",
    "net_total",
    "tax_total",
    "total",
    "exchange_rate",
    "base_total",
)
LINE = (
    "line_no",
    "description",
    "specification",
    "supplier_part_number",
    "manufacturer_part_number",
    "quantity",
    "unit_factor",
    "list_price",
    "discount_percent",
    "unit_price",
    "amount",
    "tax_percent",
    "tax_amount",
    "needed_by",
    "promised_date",
    "over_receipt_percent",
    "notes",
)
RELATED = (
    "supplier",
    "buyer",
    "currency",
    "department",
    "payment_term",
    "incoterm",
    "submitted_by",
)
LABELS = {"attachments": gettext_lazy("Files")}


def content(order: PurchaseOrder) -> dict[str, Any]:
    """Everything the supplier will be held to and the company will pay for."""
    header: dict[str, Any] = {name: getattr(order, name) for name in HEADER}
    for name in ("supplier", "currency", "payment_term", "incoterm", "department"):
        header[name] = _code(getattr(order, name))
    header["attachments"] = sorted(f"{a.name} {a.sha256}" for a in attachments.of(order))
    header["lines"] = [_line(line) for line in counted(lines_of(order))]
    return header


def lines_of(order: PurchaseOrder) -> list[PurchaseOrderLine]:
    """The order's lines with all that is read of them, in one statement, in order."""
    return list(
        PurchaseOrderLine.objects.filter(order=order)
        .select_related("item", "category", "unit", "tax_code", "cost_centre", "project")
        .order_by("line_no")
    )


def facts(order: PurchaseOrder) -> Facts:
    """What rules ask about the order, and whose hands it or its requisitions went through."""
    lines = counted(lines_of(order))
    cost_centres = {line.cost_centre for line in lines}
    projects = {line.project for line in lines}
    paths = {line.category.path for line in lines if line.category is not None}
    label = _("Purchase order for %(supplier)s") % {"supplier": order.supplier_name}
    return Facts(
        requester=order.buyer,
        submitted_by=order.submitted_by,
        editors=_editors(order, lines),
        department=order.department,
        cost_centre=cost_centres.pop() if len(cost_centres) == 1 else None,
        project=projects.pop() if len(projects) == 1 else None,
        category_paths=sorted(paths),
        suppliers=[order.supplier],
        base_total=order.base_total or order.total,
        is_covered=coverage.is_covered(order, lines),
        total=order.total,
        currency=order.currency.code,
        label=f"{order.number} {order.supplier_name}" if order.number else label,
    )


def _editors(order: PurchaseOrder, lines: list[PurchaseOrderLine]) -> set[int]:
    """Who wrote into it, and whose wish it fulfils: nobody decides on what they asked for."""
    people: set[int | None] = {order.created_by_id, order.buyer_id}
    people |= {pk for line in lines for pk in (line.created_by_id, line.updated_by_id)}
    people |= set(order.editors.values_list("pk", flat=True))
    asked = Requisition.objects.filter(lines__allocations__order_line__order=order)
    for pks in asked.values_list("requester_id", "on_behalf_of_id"):
        people |= set(pks)
    return {pk for pk in people if pk is not None}


def _line(line: PurchaseOrderLine) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(line, name) for name in LINE}
    for name in ("item", "category", "unit", "tax_code", "cost_centre", "project"):
        values[name] = _code(getattr(line, name))
    return values


def _code(record: Any) -> str | None:
    return None if record is None else record.code
