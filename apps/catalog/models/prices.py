"""What suppliers ask for items: currency, validity, lead time and quantity breaks."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.models.items import Item
from apps.catalog.models.money import Currency
from apps.catalog.models.suppliers import Supplier
from apps.catalog.models.terms import Unit
from apps.catalog.querysets import SupplierPriceManager
from apps.common.models import Stamped


class SupplierPrice(Stamped):
    """A supplier's price for an item for a time; under an agreement when it has a number."""

    supplier = models.ForeignKey(
        Supplier, models.PROTECT, verbose_name=_("supplier"), related_name="prices"
    )
    item = models.ForeignKey(Item, models.PROTECT, verbose_name=_("item"), related_name="prices")
    supplier_part_number = models.CharField(_("supplier part no."), max_length=80, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+")
    currency = models.ForeignKey(
        Currency, models.PROTECT, verbose_name=_("currency"), related_name="+"
    )
    price = models.DecimalField(_("price"), max_digits=20, decimal_places=6)
    minimum_quantity = models.DecimalField(
        _("from quantity"), max_digits=18, decimal_places=6, default=Decimal(0)
    )
    lead_time_days = models.PositiveSmallIntegerField(_("lead time (days)"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    agreement = models.CharField(_("agreement no."), max_length=64, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = SupplierPriceManager()

    class Meta:
        verbose_name = _("supplier price")
        verbose_name_plural = _("supplier prices")
        ordering = ("item", "supplier", "-valid_from")
        indexes = (models.Index(fields=("item", "valid_from"), name="supplierprice_of_item"),)
        constraints = (
            models.UniqueConstraint(
                fields=("supplier", "item", "unit", "currency", "valid_from"),
                name="supplierprice_one_per_day",
                violation_error_message=_(
                    "This supplier already has a price for the item from that day."
                ),
            ),
            models.CheckConstraint(
                condition=Q(price__gt=0),
                name="supplierprice_positive",
                violation_error_message=_("A price is greater than zero."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="supplierprice_ends_after_start",
                violation_error_message=_("The last day is not before the first."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.item.code} @ {self.supplier.code}: {self.price}"


class SupplierPriceBreak(models.Model):
    """A lower price from a quantity on."""

    supplier_price = models.ForeignKey(
        SupplierPrice, models.CASCADE, verbose_name=_("supplier price"), related_name="breaks"
    )
    minimum_quantity = models.DecimalField(_("from quantity"), max_digits=18, decimal_places=6)
    price = models.DecimalField(_("price"), max_digits=20, decimal_places=6)

    class Meta:
        verbose_name = _("price break")
        verbose_name_plural = _("price breaks")
        ordering = ("supplier_price", "minimum_quantity")
        constraints = (
            models.UniqueConstraint(
                fields=("supplier_price", "minimum_quantity"),
                name="pricebreak_one_per_quantity",
                violation_error_message=_("There is already a break at this quantity."),
            ),
            models.CheckConstraint(
                condition=Q(price__gt=0, minimum_quantity__gt=0),
                name="pricebreak_positive",
                violation_error_message=_("Quantity and price of a break are greater than zero."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.minimum_quantity}: {self.price}"
