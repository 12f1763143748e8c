"""What stands inside an order: its lines, and where they come from."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.catalog import price_sources
from apps.common.admin import ReadOnlyInline
from apps.common.look import status_pill
from apps.common.templatetags.figures import money, priced
from apps.procurement import policies
from apps.procurement.admin.columns import quantity
from apps.procurement.admin.order_forms import OrderLineForm, OrderLineFormSet
from apps.procurement.admin.widgets import KnownSelect
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from apps.procurement.services.moves import RUNNING
from apps.procurement.services.wishes import plain
from apps.procurement.states import OrderLineStatus

RELATED = ("item", "unit", "tax_code", "cost_centre", "project", "order__currency")


class WrittenLines(admin.TabularInline):  # type: ignore[type-arg]  # generic only in the stubs
    """Open lines of an order that is still written."""

    model = PurchaseOrderLine
    form = OrderLineForm
    formset = OrderLineFormSet
    extra = 0
    autocomplete_fields = ("item", "unit", "tax_code", "cost_centre", "project")
    fields = (*OrderLineForm.Meta.fields, "amount_shown")
    readonly_fields = ("amount_shown",)
    verbose_name_plural = _("lines")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Lines that were taken out are history; they are no longer written."""
        lines = super().get_queryset(request).filter(status=OrderLineStatus.OPEN)
        found: QuerySet[Any] = lines.select_related(*RELATED).order_by("line_no")
        return found

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever writes the order writes its lines."""
        return _may_write(request, obj)

    has_change_permission = has_add_permission
    has_delete_permission = has_add_permission

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Otherwise the lines are shown by `ShownLines`."""
        return _may_write(request, obj)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Hand on what the service refused a moment ago."""
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.refusal = getattr(request, "order_refusal", None)
        return formset

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Type-aheads that know what is chosen already."""
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = KnownSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("amount"))
    def amount_shown(self, line: PurchaseOrderLine) -> str:
        """What the line comes to, as last saved."""
        return money(line.amount, line.order.currency) if line.pk else "–"


class ShownLines(ReadOnlyInline):
    """The lines of an order that is decided on, or written by somebody else."""

    model = PurchaseOrderLine
    fields = (
        "line_no",
        "what",
        "how_much",
        "net",
        "less",
        "tax",
        "amount_shown",
        "cost_centre",
        "project",
        "needed_by",
        "promised_date",
        "received",
        "state",
        "end",
    )
    readonly_fields = fields
    verbose_name_plural = _("lines")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With all that a row shows."""
        found: QuerySet[Any] = super().get_queryset(request).select_related(*RELATED)
        self.user = request.user
        return found.order_by("line_no")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the order sees its lines."""
        return True

    @admin.display(description=_("description"))
    def what(self, line: PurchaseOrderLine) -> str:
        """What is ordered."""
        code = f"{line.item.code} · " if line.item else ""
        return f"{code}{line.description}"

    @admin.display(description=_("quantity"))
    def how_much(self, line: PurchaseOrderLine) -> str:
        """How much."""
        return quantity(line.quantity, line.unit)

    @admin.display(description=_("net price"))
    def net(self, line: PurchaseOrderLine) -> str:
        """At which price, and where it comes from."""
        text = priced(line.unit_price, line.order.currency)
        if not line.price_source:
            return text
        source = price_sources.words(line.price_source)
        return format_html('{}<br><span class="quiet">{}</span>', text, source)

    @admin.display(description=_("amount"))
    def amount_shown(self, line: PurchaseOrderLine) -> str:
        """What it comes to."""
        return money(line.amount, line.order.currency)

    @admin.display(description=_("discount (%)"))
    def less(self, line: PurchaseOrderLine) -> str:
        """What was taken off the list price."""
        return plain(line.discount_percent)

    @admin.display(description=_("tax (%)"))
    def tax(self, line: PurchaseOrderLine) -> str:
        """The rate when it was ordered."""
        return plain(line.tax_percent)

    @admin.display(description=_("received"))
    def received(self, line: PurchaseOrderLine) -> str:
        """How much of it came."""
        return quantity(line.received_quantity, line.unit)

    @admin.display(description=_("status"))
    def state(self, line: PurchaseOrderLine) -> str:
        """Open, closed short or taken out, and why."""
        pill = status_pill(line.status, line.get_status_display())
        return format_html("{} {}", pill, line.status_reason) if line.status_reason else pill

    @admin.display(description=_("end"))
    def end(self, line: PurchaseOrderLine) -> str:
        """The way to closing one line short."""
        order = line.order
        if line.status != OrderLineStatus.OPEN or order.status not in RUNNING:
            return "–"
        if not policies.may_issue(self.user, order):
            return "–"
        address = reverse("admin:procurement_purchaseorder_close_line", args=[order.pk, line.pk])
        return format_html('<a href="{}">{}</a>', address, _("Close short"))


def _may_write(request: HttpRequest, order: PurchaseOrder | None) -> bool:
    if order is None:
        return policies.may_create(request.user)
    return policies.may_change(request.user, order)
