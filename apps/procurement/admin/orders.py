"""Purchase orders in the back office: lists, the form, the moves as buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from apps.common.admin import TransitionActionsMixin, UsedFieldListFilter
from apps.procurement import services
from apps.procurement.admin import panels
from apps.procurement.admin.close_line import close_line_view
from apps.procurement.admin.filters import OverdueFilter
from apps.procurement.admin.inlines import ShownLines, WrittenLines
from apps.procurement.admin.order_columns import OrderColumns
from apps.procurement.admin.order_forms import OrderForm
from apps.procurement.admin.order_writing import WrittenThroughServices
from apps.procurement.models import PurchaseOrder


@admin.register(PurchaseOrder)
class PurchaseOrderAdmin(OrderColumns, TransitionActionsMixin, WrittenThroughServices):
    """Orders of the departments this person buys for; written only through the services."""

    transitions = services.TABLE
    bulk_moves = ("submit", "issue")
    form = OrderForm
    inlines = (WrittenLines, ShownLines)
    list_display = (
        "number_shown",
        "supplier_name",
        "state",
        "amount",
        "base_amount",
        "department",
        "buyer",
        "expected",
        "receipt",
        "created_at",
    )
    list_display_links = ("number_shown", "supplier_name")
    list_filter = (
        "status",
        OverdueFilter,
        "receipt_status",
        ("department", UsedFieldListFilter),
        ("buyer", UsedFieldListFilter),
        ("currency", UsedFieldListFilter),
        ("supplier", UsedFieldListFilter),
    )
    search_fields = (
        "number",
        "supplier_name",
        "supplier__code",
        "supplier_reference",
        "external_reference",
    )
    date_hierarchy = "created_at"
    autocomplete_fields = ("supplier", "department", "buyer", "payment_term", "incoterm")
    readonly_fields = (
        "number",
        "state",
        "supplier_shown",
        "totals",
        "sources",
        "files",
        "approval",
        "people",
        "reason",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state"),
                    ("supplier", "supplier_shown"),
                    ("department", "buyer"),
                    ("currency", "language"),
                    ("order_date", "expected_date", "confirmed_on"),
                    ("supplier_reference", "external_reference"),
                    "expected_version",
                )
            },
        ),
        (
            _("Terms"),
            {
                "fields": (
                    ("payment_term", "incoterm", "incoterm_place"),
                    ("discount_percent", "freight"),
                    ("delivery_address", "billing_address"),
                )
            },
        ),
        (_("Notes"), {"fields": ("notes_supplier", "notes_internal", "files", "upload")}),
        (_("Totals"), {"fields": ("totals",)}),
        (_("Requisitions"), {"fields": ("sources",)}),
        (_("Approval and history"), {"fields": ("approval", "people", "reason")}),
    )

    def service_of(self, name: str) -> Callable[..., Any]:
        """The service of each move."""
        return services.SERVICES[name]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With all that a row shows."""
        orders: Any = super().get_queryset(request)
        found: QuerySet[Any] = orders.with_header()
        return found

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever may see orders at all; which ones is the queryset's business."""
        return bool(super().has_module_permission(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new order has nothing to show yet; one that is only shown has nothing to fill in."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return [*fieldsets[:2], *panels.NOTES_ONLY]
        return fieldsets if self.may_write(request, obj) else panels.without_inputs(fieldsets)

    def get_urls(self) -> list[Any]:
        """Closing a line short asks for its reason on a page of its own."""
        view = self.admin_site.admin_view(self.close_line_page)
        name = "procurement_purchaseorder_close_line"
        return [
            path("<int:object_id>/lines/<int:line_pk>/close/", view, name=name),
            *super().get_urls(),
        ]

    def close_line_page(self, request: HttpRequest, object_id: int, line_pk: int) -> HttpResponse:
        """Ask why, then close."""
        return close_line_view(self, request, object_id, line_pk)
