"""Requisitions for buyers, approvers, admins and auditors: lists, one page each, moves as buttons.

A requisition is written in the form made for it, so that there is one grid and one way to lose
nothing; whoever may write one is led there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from apps.common import search
from apps.common.admin import ERPModelAdmin, TransitionActionsMixin, UsedFieldListFilter
from apps.requisitions import policies, services
from apps.requisitions.admin.columns import Columns, LineInline
from apps.requisitions.models import Requisition


@admin.register(Requisition)
class RequisitionAdmin(Columns, TransitionActionsMixin, ERPModelAdmin):
    """What people ask for, as far as one may see it."""

    transitions = services.TABLE
    bulk_moves = ("approve",)
    inlines = (LineInline,)
    list_display = (
        "number_shown",
        "title",
        "state",
        "requester",
        "department",
        "total",
        "base",
        "ordered",
        "received",
        "needed_by",
        "created_at",
    )
    list_display_links = ("number_shown", "title")
    list_filter = (
        "status",
        "order_status",
        "receipt_status",
        "priority",
        ("department", UsedFieldListFilter),
        ("cost_centre", UsedFieldListFilter),
        ("currency", UsedFieldListFilter),
    )
    search_fields = ("number", "title")
    search_help_text = _("Number, title, or what is asked for")
    date_hierarchy = "created_at"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number_shown", "state"),
                    "title",
                    ("requester", "on_behalf_of"),
                    ("department", "cost_centre", "project"),
                    ("needed_by", "priority"),
                    "justification",
                    "delivery_address",
                )
            },
        ),
        (_("Totals"), {"fields": (("total", "base"), ("ordered", "received"))}),
        (_("Notes"), {"fields": ("notes_internal", "external_reference", "files")}),
        (
            _("Approval and history"),
            {"fields": (("submitted_at", "approved_at", "closed_at"), "reason", "workspace")},
        ),
    )

    def service_of(self, name: str) -> Callable[..., Any]:
        """The service of each move."""
        return services.SERVICES[name]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With all that a row shows, in one statement."""
        rows: Any = super().get_queryset(request)
        found: QuerySet[Any] = rows.with_header()
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The same search as everywhere."""
        text = search.typed(search_term)
        found: Any = queryset
        return (found.search(text) if text else found), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may ask for things is led to the form for it."""
        return policies.may_create(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is written here."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All that is shown."""
        return [
            name
            for _title, options in self.fieldsets
            for row in options["fields"]
            for name in ([row] if isinstance(row, str) else row)
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form made for it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return redirect("requisitions:create")
