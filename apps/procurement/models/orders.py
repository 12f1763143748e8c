"""The purchase order: what is ordered from whom, at which price, under which terms."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Department
from apps.budgets.models import CostCentre, Project
from apps.catalog.models import (
    Category,
    Currency,
    Incoterm,
    Item,
    PaymentTerm,
    Supplier,
    TaxCode,
    Unit,
)
from apps.common.models import Document, Stamped
from apps.procurement.querysets import PurchaseOrderManager
from apps.procurement.states import OrderLineStatus, OrderStatus, ReceiptStatus


class PurchaseOrder(Document):
    """An order to one supplier. Supplier data is a snapshot; totals are stored by the services."""

    status = models.CharField(
        _("status"), max_length=16, choices=OrderStatus, default=OrderStatus.DRAFT, editable=False
    )
    revision = models.PositiveSmallIntegerField(_("revision"), default=0, editable=False)
    supplier = models.ForeignKey(
        Supplier, models.PROTECT, verbose_name=_("supplier"), related_name="purchase_orders"
    )
    supplier_name = models.CharField(_("supplier name"), max_length=255, editable=False)
    supplier_address = models.TextField(_("supplier address"), blank=True, max_length=1000)
    supplier_reference = models.CharField(_("supplier's reference"), max_length=64, blank=True)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        verbose_name=_("department"),
        related_name="purchase_orders",
        help_text=_("Whose buyers keep the order; lines may be for others."),
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("buyer"),
        related_name="purchase_orders",
    )
    order_date = models.DateField(_("order date"), null=True, blank=True)
    expected_date = models.DateField(_("expected"), null=True, blank=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, verbose_name=_("currency"), related_name="+"
    )
    exchange_rate = models.DecimalField(
        _("exchange rate"), max_digits=20, decimal_places=10, null=True, blank=True, editable=False
    )
    exchange_rate_date = models.DateField(
        _("date of the rate"), null=True, blank=True, editable=False
    )
    payment_term = models.ForeignKey(
        PaymentTerm,
        models.PROTECT,
        verbose_name=_("payment term"),
        related_name="+",
        null=True,
        blank=True,
    )
    incoterm = models.ForeignKey(
        Incoterm,
        models.PROTECT,
        verbose_name=_("incoterm"),
        related_name="+",
        null=True,
        blank=True,
    )
    incoterm_place = models.CharField(_("named place"), max_length=120, blank=True)
    delivery_address = models.TextField(_("delivery address"), blank=True, max_length=1000)
    billing_address = models.TextField(_("billing address"), blank=True, max_length=1000)
    notes_supplier = models.TextField(_("notes to the supplier"), blank=True, max_length=4000)
    discount_percent = models.DecimalField(
        _("discount (%)"), max_digits=7, decimal_places=4, default=Decimal(0)
    )
    freight = models.DecimalField(_("freight"), max_digits=20, decimal_places=4, default=Decimal(0))
    net_total = models.DecimalField(
        _("net total"), max_digits=20, decimal_places=4, default=Decimal(0), editable=False
    )
    tax_total = models.DecimalField(
        _("tax"), max_digits=20, decimal_places=4, default=Decimal(0), editable=False
    )
    total = models.DecimalField(
        _("total"), max_digits=20, decimal_places=4, default=Decimal(0), editable=False
    )
    base_total = models.DecimalField(
        _("total in base currency"),
        max_digits=20,
        decimal_places=4,
        null=True,
        blank=True,
        editable=False,
    )
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("issued by"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    confirmed_on = models.DateField(_("confirmed by the supplier on"), null=True, blank=True)
    editors = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("edited by"),
        related_name="+",
        editable=False,
        help_text=_("Everybody who ever wrote into the order: none of them may approve it."),
    )
    receipt_status = models.CharField(
        _("received"),
        max_length=8,
        choices=ReceiptStatus,
        default=ReceiptStatus.NONE,
        editable=False,
    )

    objects = PurchaseOrderManager()

    class Meta:
        verbose_name = _("purchase order")
        verbose_name_plural = _("purchase orders")
        ordering = ("-created_at", "-pk")
        permissions = (
            ("view_all_purchaseorders", _("May see all purchase orders")),
            ("issue_purchaseorder", _("May issue, hold and close purchase orders")),
        )
        indexes = (
            models.Index(fields=("-created_at", "-id"), name="purchaseorder_newest"),
            models.Index(fields=("status", "-created_at", "-id"), name="purchaseorder_by_status"),
            models.Index(
                fields=("supplier", "-created_at", "-id"), name="purchaseorder_of_supplier"
            ),
            models.Index(fields=("department", "-created_at", "-id"), name="purchaseorder_of_dept"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=OrderStatus.values), name="purchaseorder_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("issued", "on_hold", "closed")) | Q(number__isnull=False),
                name="purchaseorder_numbered_once_issued",
                violation_error_message=_("An issued order has a number."),
            ),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lte=100, freight__gte=0),
                name="purchaseorder_discount_and_freight_in_range",
                violation_error_message=_(
                    "A discount is between 0 and 100 percent and freight is not negative."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number or _('Draft')} {self.supplier_name}"


class PurchaseOrderLine(Stamped):
    """One thing ordered. Unit factor and tax rate are snapshots of the day of ordering."""

    order = models.ForeignKey(
        PurchaseOrder, models.CASCADE, verbose_name=_("purchase order"), related_name="lines"
    )
    line_no = models.PositiveIntegerField(_("line"))
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=OrderLineStatus,
        default=OrderLineStatus.OPEN,
        editable=False,
    )
    status_reason = models.CharField(_("reason"), max_length=255, blank=True, editable=False)
    item = models.ForeignKey(
        Item, models.PROTECT, verbose_name=_("item"), related_name="+", null=True, blank=True
    )
    description = models.CharField(_("description"), max_length=500)
    specification = models.TextField(_("specification"), blank=True, max_length=4000)
    supplier_part_number = models.CharField(_("supplier part no."), max_length=80, blank=True)
    manufacturer_part_number = models.CharField(
        _("manufacturer part no."), max_length=80, blank=True
    )
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        verbose_name=_("category"),
        related_name="+",
        null=True,
        blank=True,
    )
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=6)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+")
    unit_factor = models.DecimalField(
        _("requisition units per order unit"),
        max_digits=18,
        decimal_places=6,
        default=Decimal(1),
        editable=False,
    )
    list_price = models.DecimalField(
        _("list price"), max_digits=20, decimal_places=6, null=True, blank=True
    )
    discount_percent = models.DecimalField(
        _("discount (%)"), max_digits=7, decimal_places=4, default=Decimal(0)
    )
    unit_price = models.DecimalField(_("net price"), max_digits=20, decimal_places=6)
    price_source = models.CharField(_("price from"), max_length=120, blank=True, editable=False)
    amount = models.DecimalField(
        _("amount"), max_digits=20, decimal_places=4, default=Decimal(0), editable=False
    )
    tax_code = models.ForeignKey(
        TaxCode, models.PROTECT, verbose_name=_("tax code"), related_name="+", null=True, blank=True
    )
    tax_percent = models.DecimalField(
        _("tax (%)"), max_digits=7, decimal_places=4, default=Decimal(0), editable=False
    )
    tax_amount = models.DecimalField(
        _("tax amount"), max_digits=20, decimal_places=4, default=Decimal(0), editable=False
    )
    cost_centre = models.ForeignKey(
        CostCentre,
        models.PROTECT,
        verbose_name=_("cost centre"),
        related_name="+",
        null=True,
        blank=True,
    )
    project = models.ForeignKey(
        Project, models.PROTECT, verbose_name=_("project"), related_name="+", null=True, blank=True
    )
    needed_by = models.DateField(_("needed by"), null=True, blank=True)
    promised_date = models.DateField(_("promised"), null=True, blank=True)
    over_receipt_percent = models.DecimalField(
        _("over-receipt tolerance (%)"), max_digits=7, decimal_places=4, default=Decimal(0)
    )
    notes = models.CharField(_("notes"), max_length=500, blank=True)
    received_quantity = models.DecimalField(
        _("received"), max_digits=18, decimal_places=6, default=Decimal(0), editable=False
    )

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ("order", "line_no")
        constraints = (
            models.UniqueConstraint(
                fields=("order", "line_no"),
                name="purchaseorderline_number_once",
                violation_error_message=_("Two lines cannot have the same number."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="purchaseorderline_quantity_positive",
                violation_error_message=_("A quantity is greater than zero."),
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, unit_factor__gt=0),
                name="purchaseorderline_price_not_negative",
                violation_error_message=_("A price is not negative."),
            ),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lte=100),
                name="purchaseorderline_discount_in_range",
                violation_error_message=_("A discount is between 0 and 100 percent."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_no}. {self.description}"
