"""The commodity tree and the items of the catalogue."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.models.base import Master
from apps.catalog.models.money import TaxCode
from apps.catalog.models.terms import Unit
from apps.catalog.querysets import ItemManager


class Category(Master):
    """A node of the commodity tree (e.g. UNSPSC). `path` holds the codes from the root down."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("part of"),
        related_name="children",
        null=True,
        blank=True,
    )
    path = models.CharField(_("path"), max_length=255, editable=False, db_index=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("pk")),
                name="category_not_its_own_parent",
                violation_error_message=_("A category cannot be part of itself."),
            ),
        )

    def clean(self) -> None:
        """A tree has no circles."""
        super().clean()
        if self.parent is not None and self.path and self.parent.path.startswith(self.path):
            raise ValidationError({"parent": _("A category cannot be part of one below it.")})


class Item(Master):
    """Something the company buys again and again, with how it is counted and bought."""

    code = models.CharField(_("code"), max_length=64, unique=True)
    description = models.TextField(_("specification"), blank=True, max_length=4000)
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        verbose_name=_("category"),
        related_name="items",
        null=True,
        blank=True,
    )
    base_unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("base unit"), related_name="+"
    )
    purchase_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        verbose_name=_("purchase unit"),
        related_name="+",
        null=True,
        blank=True,
        help_text=_("Empty: bought in the base unit."),
    )
    purchase_factor = models.DecimalField(
        _("base units per purchase unit"), max_digits=18, decimal_places=6, default=Decimal(1)
    )
    minimum_quantity = models.DecimalField(
        _("minimum order quantity"), max_digits=18, decimal_places=6, default=Decimal(0)
    )
    multiple_quantity = models.DecimalField(
        _("order multiple"), max_digits=18, decimal_places=6, default=Decimal(0)
    )
    lead_time_days = models.PositiveSmallIntegerField(_("lead time (days)"), null=True, blank=True)
    tax_code = models.ForeignKey(
        TaxCode, models.PROTECT, verbose_name=_("tax code"), related_name="+", null=True, blank=True
    )
    manufacturer = models.CharField(_("manufacturer"), max_length=120, blank=True)
    manufacturer_part_number = models.CharField(
        _("manufacturer part no."), max_length=80, blank=True
    )
    preferred_supplier = models.ForeignKey(
        "catalog.Supplier",
        models.PROTECT,
        verbose_name=_("preferred supplier"),
        related_name="+",
        null=True,
        blank=True,
    )
    last_price = models.DecimalField(
        _("last price"),
        max_digits=20,
        decimal_places=6,
        null=True,
        blank=True,
        editable=False,
        help_text=_("For one base unit."),
    )
    last_price_currency = models.ForeignKey(
        "catalog.Currency",
        models.PROTECT,
        verbose_name=_("currency of the last price"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )

    objects: ClassVar[ItemManager[Item]] = ItemManager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    purchase_factor__gt=0, minimum_quantity__gte=0, multiple_quantity__gte=0
                ),
                name="item_quantities_not_negative",
                violation_error_message=_(
                    "The factor is greater than zero; minimum and multiple are not negative."
                ),
            ),
        )
