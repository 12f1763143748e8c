"""The ledger in the back office: shown, never written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.common.admin import ReadOnlyAdmin
from apps.procurement.admin import links
from apps.procurement.admin.columns import quantity
from apps.procurement.models import Allocation


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin):
    """Which requisition line is covered by which order line, both ways."""

    list_display = ("requisition", "order", "what", "taken", "given_back", "created_at")
    list_display_links = None
    search_fields = (
        "requisition_line__requisition__number",
        "order_line__order__number",
        "order_line__description",
    )
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With all that a row shows."""
        found: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .select_related(
                "requisition_line__requisition", "requisition_line__unit", "order_line__order"
            )
        )
        return found

    @admin.display(description=_("requisition"), ordering="requisition_line")
    def requisition(self, row: Allocation) -> str:
        """Back to who asked."""
        line = row.requisition_line
        address = links.requisition(line.requisition_id)
        return format_html('<a href="{}">{}</a> / {}', address, line.requisition, line.line_no)

    @admin.display(description=_("purchase order"), ordering="order_line")
    def order(self, row: Allocation) -> str:
        """Forward to what was ordered."""
        line = row.order_line
        address = links.order(line.order_id)
        return format_html('<a href="{}">{}</a> / {}', address, line.order, line.line_no)

    @admin.display(description=_("description"))
    def what(self, row: Allocation) -> str:
        """What it is about."""
        return row.order_line.description

    @admin.display(description=_("quantity"), ordering="quantity")
    def taken(self, row: Allocation) -> str:
        """How much, in the requisition's unit."""
        return quantity(row.quantity, row.requisition_line.unit)

    @admin.display(description=_("released"), ordering="released_quantity")
    def given_back(self, row: Allocation) -> str:
        """How much of it was given back, and why."""
        if not row.released_quantity:
            return "–"
        text = quantity(row.released_quantity, row.requisition_line.unit)
        return f"{text} · {row.release_reason}" if row.release_reason else text
