"""A requisition's lines: item or free text, how much, at which estimate, and how far it got."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Category, Item, Supplier, Unit
from apps.common.models import Stamped
from apps.requisitions.models.header import Requisition
from apps.requisitions.querysets import RequisitionLineManager
from apps.requisitions.states import LineStatus


class RequisitionLine(Stamped):
    """One thing asked for. Quantities are in `unit`; ordered and received come from the ledger."""

    requisition = models.ForeignKey(
        Requisition, models.CASCADE, verbose_name=_("requisition"), related_name="lines"
    )
    line_no = models.PositiveIntegerField(_("line"))
    status = models.CharField(
        _("status"), max_length=8, choices=LineStatus, default=LineStatus.OPEN, editable=False
    )
    status_reason = models.CharField(_("reason"), max_length=255, blank=True, editable=False)
    item = models.ForeignKey(
        Item, models.PROTECT, verbose_name=_("item"), related_name="+", null=True, blank=True
    )
    description = models.CharField(_("description"), max_length=500)
    specification = models.TextField(_("specification"), blank=True, max_length=4000)
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
    estimated_price = models.DecimalField(
        _("estimated price"), max_digits=20, decimal_places=6, null=True, blank=True
    )
    amount = models.DecimalField(
        _("amount"), max_digits=20, decimal_places=4, default=Decimal(0), editable=False
    )
    needed_by = models.DateField(_("needed by"), null=True, blank=True)
    preferred_supplier = models.ForeignKey(
        Supplier,
        models.PROTECT,
        verbose_name=_("preferred supplier"),
        related_name="+",
        null=True,
        blank=True,
    )
    manufacturer_part_number = models.CharField(
        _("manufacturer part no."), max_length=80, blank=True
    )
    supplier_part_number = models.CharField(_("supplier part no."), max_length=80, blank=True)
    notes = models.CharField(_("notes"), max_length=500, blank=True)
    ordered_quantity = models.DecimalField(
        _("ordered"), max_digits=18, decimal_places=6, default=Decimal(0), editable=False
    )
    received_quantity = models.DecimalField(
        _("received"), max_digits=18, decimal_places=6, default=Decimal(0), editable=False
    )

    objects = RequisitionLineManager()

    class Meta:
        verbose_name = _("requisition line")
        verbose_name_plural = _("requisition lines")
        ordering = ("requisition", "line_no")
        indexes = (
            # The buyer's worklist: of all lines there ever were, the few with something to order.
            models.Index(
                fields=("needed_by", "id"),
                name="requisitionline_to_order",
                condition=Q(status="open", ordered_quantity__lt=F("quantity")),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("requisition", "line_no"),
                name="requisitionline_number_once",
                violation_error_message=_("Two lines cannot have the same number."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="requisitionline_quantity_positive",
                violation_error_message=_("A quantity is greater than zero."),
            ),
            models.CheckConstraint(
                condition=Q(estimated_price=None) | Q(estimated_price__gte=0),
                name="requisitionline_price_not_negative",
                violation_error_message=_("A price is not negative."),
            ),
            models.CheckConstraint(
                condition=Q(ordered_quantity__gte=0, ordered_quantity__lte=F("quantity")),
                name="requisitionline_not_ordered_beyond_quantity",
                violation_error_message=_("More would be ordered than was asked for."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_no}. {self.description}"

    def clean(self) -> None:
        """What the constraints say as well, said before the database has to."""
        wrong = {}
        if self.quantity is not None and not (self.quantity.is_finite() and self.quantity > 0):
            wrong["quantity"] = _("A quantity is greater than zero.")
        price = self.estimated_price
        if price is not None and not (price.is_finite() and price >= 0):
            wrong["estimated_price"] = _("A price is not negative.")
        if wrong:
            raise ValidationError(wrong)

    @property
    def open_quantity(self) -> Decimal:
        """What is left to order."""
        if self.status != LineStatus.OPEN:
            return Decimal(0)
        return self.quantity - self.ordered_quantity
