"""Read-only parts of the order's page: totals, where it comes from, files, approval."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.approvals.models import ApprovalRequest
from apps.common.services import attachments
from apps.common.templatetags.figures import money
from apps.procurement import policies
from apps.procurement.admin import links
from apps.procurement.admin.columns import quantity
from apps.procurement.models import Allocation, PurchaseOrder

NOTES_ONLY = [(gettext_lazy("Notes"), {"fields": ("notes_supplier", "notes_internal", "upload")})]
INPUTS = frozenset({"expected_version", "upload"})
Panel = Callable[[PurchaseOrder], str]


def display(description: Any, panel: Panel) -> Any:
    """A panel as a read-only field."""

    @admin.display(description=description)
    def shown(_model_admin: Any, order: PurchaseOrder) -> str:
        return panel(order) if order.pk else "–"

    return shown


def without_inputs(fieldsets: Iterable[Any]) -> list[Any]:
    """The same page for somebody who only reads it."""
    return [
        (title, {**options, "fields": tuple(f for f in options["fields"] if f not in INPUTS)})
        for title, options in fieldsets
    ]


def supplier(order: PurchaseOrder) -> str:
    """The supplier as the order has it."""
    return "\n".join(part for part in (order.supplier_name, order.supplier_address) if part)


def in_base(order: PurchaseOrder) -> str:
    """The value in base currency."""
    if order.base_total is None:
        return "–"
    return number_format(order.base_total, 2, force_grouping=True)


def totals(order: PurchaseOrder) -> str:
    """Net, freight, tax, gross, and what that is in base currency at which rate."""
    rows = [
        (_("Lines"), money(order.net_total - order.freight, order.currency)),
        (_("Freight"), money(order.freight, order.currency)),
        (_("Tax"), money(order.tax_total, order.currency)),
        (_("Total"), money(order.total, order.currency)),
        (_("In %(currency)s") % {"currency": settings.BASE_CURRENCY}, in_base(order)),
    ]
    if order.exchange_rate is not None and order.exchange_rate != 1:
        rate = number_format(order.exchange_rate.normalize())
        if order.exchange_rate_date is not None:
            rate = f"{rate} · {date_format(order.exchange_rate_date)}"
        rows.append((_("Rate"), rate))
    return _facts(rows)


def sources(order: PurchaseOrder) -> str:
    """The ledger of this order: which requisition line is covered by how much of which line."""
    rows = (
        Allocation.objects.filter(order_line__order=order)
        .select_related(
            "order_line", "requisition_line__unit", "requisition_line__requisition__requester"
        )
        .order_by("order_line__line_no", "pk")
    )
    table = [
        {
            "order_line": row.order_line,
            "line": row.requisition_line,
            "requisition": row.requisition_line.requisition,
            "address": links.requisition(row.requisition_line.requisition_id),
            "quantity": quantity(row.quantity, row.requisition_line.unit),
            "released": quantity(row.released_quantity, row.requisition_line.unit)
            if row.released_quantity
            else "",
            "reason": row.release_reason,
        }
        for row in rows
    ]
    return render_to_string("admin/procurement/sources.html", {"rows": table})


def files(order: PurchaseOrder) -> str:
    """The files, to be opened through the one door."""
    return render_to_string("admin/procurement/files.html", {"files": list(attachments.of(order))})


def approval(order: PurchaseOrder) -> str:
    """The steps of the latest approval and what was decided."""
    request = (
        ApprovalRequest.objects.of(policies.KIND, order.pk)
        .order_by("-pk")
        .defer("content")
        .prefetch_related(
            "steps__decisions", "steps__assignments__user", "steps__assignments__group"
        )
        .first()
    )
    return render_to_string("admin/procurement/approval.html", {"request": request})


def people(order: PurchaseOrder) -> str:
    """Who made it, submitted it and sent it out, and when."""
    rows = [
        (_("Drafted"), _who(order.created_by, order.created_at)),
        (_("Submitted"), _who(order.submitted_by, order.submitted_at)),
        (_("Approved"), _who(None, order.approved_at)),
        (_("Issued"), _who(order.issued_by, order.issued_at)),
        (_("Closed"), _who(None, order.closed_at)),
        (_("Cancelled"), _who(order.cancelled_by, order.cancelled_at)),
    ]
    return _facts((label, text) for label, text in rows if text)


def _who(person: Any, moment: Any) -> str:
    if moment is None:
        return ""
    when = date_format(localtime(moment), "DATETIME_FORMAT")
    return f"{person} · {when}" if person is not None else when


def _facts(rows: Iterable[tuple[str, str]]) -> str:
    return render_to_string("admin/procurement/facts.html", {"rows": list(rows)})
