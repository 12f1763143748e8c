"""The buyer's worklist: what is approved and not ordered yet, and the way to order it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common.admin import CarefulList, ReadOnlyAdmin, UsedFieldListFilter
from apps.procurement import policies, services
from apps.procurement.admin import links
from apps.procurement.admin.columns import day, quantity, unit_price
from apps.procurement.admin.convert import convert_view
from apps.procurement.admin.filters import NeededByFilter
from apps.procurement.forms import MOST_ROWS
from apps.procurement.models import OpenLine


class Worklist(CarefulList):
    """A page of lines, each with what is proposed for it, in the same statements for all."""

    def get_results(self, request: HttpRequest) -> None:
        """Look up proposals for the lines of this page only."""
        super().get_results(request)
        lines = list(self.result_list)
        proposals = services.propose(lines)
        for line in lines:
            line.proposal = proposals[line.pk]
        self.result_list = lines


@admin.register(OpenLine)
class OpenLineAdmin(ReadOnlyAdmin):
    """Open approved lines of the departments this person buys for."""

    list_display = (
        "requisition_link",
        "description",
        "left",
        "needed",
        "department",
        "proposed_supplier",
        "proposed_price",
    )
    list_display_links = None
    list_filter = (
        NeededByFilter,
        ("requisition__department", UsedFieldListFilter),
        ("category", UsedFieldListFilter),
        ("preferred_supplier", UsedFieldListFilter),
        ("requisition__project", UsedFieldListFilter),
    )
    search_fields = (
        "description",
        "item__code",
        "supplier_part_number",
        "manufacturer_part_number",
        "requisition__number",
        "requisition__title",
    )
    ordering = ("needed_by", "pk")
    actions = ("convert",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With all that a row shows."""
        lines: Any = super().get_queryset(request)
        return lines.with_worklist()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CarefulList]:
        """The list that looks up proposals."""
        return Worklist

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Buyers only."""
        return policies.may_convert(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Buyers only; which lines is the queryset's business."""
        return policies.may_convert(request.user)

    def get_urls(self) -> list[Any]:
        """The page between choosing lines and having orders."""
        view = self.admin_site.admin_view(self.convert_page)
        return [path("convert/", view, name="procurement_openline_convert"), *super().get_urls()]

    def convert_page(self, request: HttpRequest) -> HttpResponse:
        """Quantities, suppliers and prices, a preview, and the conversion itself."""
        return convert_view(self, request)

    @admin.action(description=gettext_lazy("Convert to purchase orders"), permissions=["view"])
    def convert(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Go on to the page that asks for quantity, supplier and price."""
        pks = list(queryset.values_list("pk", flat=True)[: MOST_ROWS + 1])
        if len(pks) > MOST_ROWS:
            text = _("Choose at most %(limit)d lines at once.") % {"limit": MOST_ROWS}
            self.message_user(request, text, messages.ERROR)
            return None
        address = reverse("admin:procurement_openline_convert")
        return HttpResponseRedirect(f"{address}?lines={','.join(map(str, pks))}")

    @admin.display(description=gettext_lazy("requisition"), ordering="requisition__number")
    def requisition_link(self, line: OpenLine) -> str:
        """The way back to what was asked for, and who asked."""
        return format_html(
            '<a href="{}">{}</a> / {}<br><span class="quiet">{}</span>',
            links.requisition(line.requisition_id),
            line.requisition.number,
            line.line_no,
            line.requisition.requester.display_name,
        )

    @admin.display(description=gettext_lazy("left to order"))
    def left(self, line: OpenLine) -> str:
        """What is not ordered yet."""
        return quantity(line.open_quantity, line.unit)

    @admin.display(description=gettext_lazy("needed by"), ordering="needed_by")
    def needed(self, line: OpenLine) -> str:
        """The day, marked when it is over."""
        return day(line.needed_by or line.requisition.needed_by)

    @admin.display(description=gettext_lazy("department"), ordering="requisition__department__code")
    def department(self, line: OpenLine) -> str:
        """For whom."""
        return str(line.requisition.department)

    @admin.display(description=gettext_lazy("suggested supplier"))
    def proposed_supplier(self, line: Any) -> str:
        """From whom it would be bought."""
        return str(line.proposal.supplier) if line.proposal.supplier is not None else "–"

    @admin.display(description=gettext_lazy("best price"))
    def proposed_price(self, line: Any) -> str:
        """At which price, and how we know."""
        return unit_price(line.proposal, line.unit)
