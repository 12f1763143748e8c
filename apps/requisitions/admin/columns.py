"""How requisitions and their lines look in the back office."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from apps.common.admin import ReadOnlyInline
from apps.common.look import status_pill
from apps.common.services import attachments
from apps.common.templatetags.figures import money, price, quantity
from apps.requisitions.models import Requisition, RequisitionLine

RELATED = ("item", "unit", "preferred_supplier", "requisition__currency")


class LineInline(ReadOnlyInline):
    """The lines, and how far each of them is."""

    model = RequisitionLine
    verbose_name_plural = _("lines")
    fields = (
        "line_no",
        "state",
        "item",
        "description",
        "amount_asked",
        "price",
        "total",
        "needed_by",
        "preferred_supplier",
        "ordered",
        "received",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With all that a row shows."""
        lines = super().get_queryset(request)
        found: QuerySet[Any] = lines.select_related(*RELATED)
        return found.order_by("line_no")

    @admin.display(description=_("status"))
    def state(self, line: RequisitionLine) -> str:
        """The state as a pill."""
        return status_pill(line.status, line.get_status_display())

    @admin.display(description=_("quantity"))
    def amount_asked(self, line: RequisitionLine) -> str:
        """How much, in which unit."""
        return f"{quantity(line.quantity)} {line.unit.symbol or line.unit.name or line.unit.code}"

    @admin.display(description=_("estimated price"))
    def price(self, line: RequisitionLine) -> str:
        """The estimate without zeros that say nothing."""
        return price(line.estimated_price, line.requisition.currency)

    @admin.display(description=_("amount"))
    def total(self, line: RequisitionLine) -> str:
        """The amount in the places of its currency."""
        return money(line.amount, line.requisition.currency)

    @admin.display(description=_("ordered"))
    def ordered(self, line: RequisitionLine) -> str:
        """How much is ordered."""
        return quantity(line.ordered_quantity)

    @admin.display(description=_("received"))
    def received(self, line: RequisitionLine) -> str:
        """How much has come in."""
        return quantity(line.received_quantity)


class Columns:
    """The figures of a requisition as people read them."""

    @admin.display(description=_("number"), ordering="number")
    def number_shown(self, requisition: Requisition) -> str:
        """The number, or that there is none yet."""
        return requisition.number or capfirst(str(_("draft")))

    @admin.display(description=_("status"), ordering="status")
    def state(self, requisition: Requisition) -> str:
        """The state as a pill."""
        return status_pill(requisition.status, requisition.get_status_display())

    @admin.display(description=_("estimated total"))
    def total(self, requisition: Requisition) -> str:
        """The total in the currency of the request."""
        return money(requisition.estimated_total, requisition.currency)

    @admin.display(description=_("in base currency"), ordering="base_total")
    def base(self, requisition: Requisition) -> str:
        """The value that limits are compared with."""
        amount = requisition.base_total
        return "–" if amount is None else number_format(amount, 2, force_grouping=True)

    @admin.display(description=_("ordered"), ordering="order_status")
    def ordered(self, requisition: Requisition) -> str:
        """How far it is ordered."""
        return status_pill(requisition.order_status, requisition.get_order_status_display())

    @admin.display(description=_("received"), ordering="receipt_status")
    def received(self, requisition: Requisition) -> str:
        """How far it has come in."""
        return status_pill(requisition.receipt_status, requisition.get_receipt_status_display())

    @admin.display(description=_("files"))
    def files(self, requisition: Requisition) -> str:
        """Its files, as downloads."""
        links = (
            (reverse("common:download", args=[file.pk]), file.name)
            for file in attachments.of(requisition)
        )
        return format_html_join(" · ", '<a href="{}">{}</a>', links) or "–"

    @admin.display(description=_("in the workspace"))
    def workspace(self, requisition: Requisition) -> str:
        """Its page, with route, comments and timeline; its author changes it from there."""
        page = reverse("requisitions:detail", args=[requisition.pk])
        return format_html('<a href="{}">{}</a>', page, _("Open its page"))
