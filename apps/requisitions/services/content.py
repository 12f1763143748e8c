"""What is approved: a requisition's commercial content in plain values, and facts for rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apps.approvals.registry import Facts
from apps.catalog import services as catalog
from apps.common.errors import InvalidInputError
from apps.common.models import Attachment
from apps.common.services import attachments
from apps.requisitions.models import Requisition, RequisitionLine
from apps.requisitions.services import totals

RELATED = ("item", "category", "unit", "preferred_supplier")


def lines_of(requisition: Requisition) -> list[RequisitionLine]:
    """The lines read afresh, with all that content and facts ask of them, in one statement.

    They are kept on the document, so that showing it afterwards costs none.
    """
    rows = requisition.lines.select_related(*RELATED).order_by("line_no")
    requisition.shown_lines = list(rows)
    return requisition.shown_lines


def content(requisition: Requisition) -> dict[str, Any]:
    """The content an approval is bound to. How far it got and what became of lines is not in it."""
    return _content(requisition, lines_of(requisition), list(attachments.of(requisition)))


def contents(requisitions: Sequence[Requisition]) -> dict[int, dict[str, Any]]:
    """The contents of many, by key, in as many statements as those of one."""
    rows = RequisitionLine.objects.filter(requisition__in=requisitions)
    lines: dict[int, list[RequisitionLine]] = {requisition.pk: [] for requisition in requisitions}
    for line in rows.select_related(*RELATED).order_by("line_no"):
        lines[line.requisition_id].append(line)
    files = attachments.of_each(requisitions)
    return {
        requisition.pk: _content(requisition, lines[requisition.pk], files[requisition.pk])
        for requisition in requisitions
    }


def _content(
    requisition: Requisition, lines: Sequence[RequisitionLine], files: Sequence[Attachment]
) -> dict[str, Any]:
    return {
        "title": requisition.title,
        "requester": requisition.requester.username,
        "on_behalf_of": requisition.on_behalf_of.username if requisition.on_behalf_of else None,
        "department": requisition.department.code,
        "cost_centre": requisition.cost_centre.code,
        "project": requisition.project.code if requisition.project else None,
        "currency": requisition.currency.code,
        "needed_by": requisition.needed_by,
        "priority": requisition.priority,
        "justification": requisition.justification,
        "delivery_address": requisition.delivery_address,
        "lines": [line_content(line) for line in lines],
        "attachments": sorted(f"{a.name} {a.sha256}" for a in files),
    }


def line_content(line: RequisitionLine) -> dict[str, Any]:
    """One line's share of the content."""
    return {
        "line_no": line.line_no,
        "item": line.item.code if line.item else None,
        "description": line.description,
        "specification": line.specification,
        "category": line.category.code if line.category else None,
        "quantity": line.quantity,
        "unit": line.unit.code,
        "estimated_price": line.estimated_price,
        "needed_by": line.needed_by,
        "preferred_supplier": line.preferred_supplier.code if line.preferred_supplier else None,
        "manufacturer_part_number": line.manufacturer_part_number,
        "supplier_part_number": line.supplier_part_number,
        "notes": line.notes,
    }


def facts(requisition: Requisition) -> Facts:
    """What rules ask. Raises InvalidInputError when the value in base currency is not known."""
    lines = lines_of(requisition)
    rate = requisition.exchange_rate or catalog.exchange_rate(requisition.currency)
    return Facts(
        requester=requisition.requester,
        on_behalf_of=requisition.on_behalf_of,
        submitted_by=requisition.submitted_by,
        editors=editors(requisition, lines),
        department=requisition.department,
        cost_centre=requisition.cost_centre,
        project=requisition.project,
        category_paths=sorted({line.category.path for line in lines if line.category}),
        suppliers=_suppliers(lines),
        base_total=totals.in_base(requisition, rate),
        total=requisition.estimated_total,
        currency=requisition.currency.code,
        label=str(requisition),
    )


def editors(requisition: Requisition, lines: list[RequisitionLine]) -> set[int]:
    """Everybody whose hand is in the content.

    A move is no edit, so the header's last touch is not asked: otherwise whoever returned a
    requisition could never decide on it again.
    """
    found = {requisition.created_by_id}
    for line in lines:
        found |= {line.created_by_id, line.updated_by_id}
    return {pk for pk in found if pk is not None}


def _suppliers(lines: list[RequisitionLine]) -> list[Any]:
    found = {line.preferred_supplier_id: line.preferred_supplier for line in lines}
    return [supplier for pk, supplier in found.items() if pk is not None]


def check_rate(requisition: Requisition) -> InvalidInputError | None:
    """Why the value in base currency is not known, or nothing."""
    try:
        catalog.exchange_rate(requisition.currency)
    except InvalidInputError as error:
        return error
    return None
