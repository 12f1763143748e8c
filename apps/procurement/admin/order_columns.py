"""Columns and panels of purchase orders."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.common.look import status_pill
from apps.common.templatetags.figures import money
from apps.procurement.admin import panels
from apps.procurement.admin.columns import day
from apps.procurement.models import PurchaseOrder
from apps.procurement.states import FINAL, ReceiptStatus


class OrderColumns:
    """What lists and pages show of an order."""

    @admin.display(description=_("number"), ordering="number")
    def number_shown(self, order: PurchaseOrder) -> str:
        """The number, or that it has none yet."""
        return order.number or f"#{order.pk}"

    @admin.display(description=_("status"), ordering="status")
    def state(self, order: PurchaseOrder) -> str:
        """The state as a pill."""
        return status_pill(order.status, order.get_status_display())

    @admin.display(description=_("total"), ordering="total")
    def amount(self, order: PurchaseOrder) -> str:
        """The total in the order's currency."""
        return money(order.total, order.currency)

    @admin.display(description=_("in base currency"), ordering="base_total")
    def base_amount(self, order: PurchaseOrder) -> str:
        """The total everybody compares."""
        return panels.in_base(order)

    @admin.display(description=_("expected"), ordering="expected_date")
    def expected(self, order: PurchaseOrder) -> str:
        """The day, marked when it is over."""
        done = order.status in FINAL or order.receipt_status == ReceiptStatus.FULL
        return day(order.expected_date, is_done=done or order.number is None)

    @admin.display(description=_("received"), ordering="receipt_status")
    def receipt(self, order: PurchaseOrder) -> str:
        """How much of it came."""
        return status_pill(order.receipt_status, order.get_receipt_status_display())

    supplier_shown = panels.display(_("as printed"), panels.supplier)
    totals = panels.display(_("totals"), panels.totals)
    sources = panels.display(_("ordered for"), panels.sources)
    files = panels.display(_("files"), panels.files)
    approval = panels.display(_("approval"), panels.approval)
    people = panels.display(_("who did what"), panels.people)
