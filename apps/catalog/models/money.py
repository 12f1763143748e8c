"""Currencies, dated rates, dated taxes and terms of payment."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.models.base import Master
from apps.catalog.querysets import DatedManager
from apps.common.models import Stamped


class Currency(Master):
    """A currency of ISO 4217 with the number of decimal places its amounts are rounded to."""

    code = models.CharField(
        _("ISO code"),
        max_length=3,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Three capital letters."))],
    )
    symbol = models.CharField(_("symbol"), max_length=8, blank=True)
    minor_units = models.PositiveSmallIntegerField(
        _("decimal places"), default=2, validators=[MaxValueValidator(4)]
    )

    class Meta:
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(minor_units__lte=4),
                name="currency_at_most_four_places",
                violation_error_message=_("At most four decimal places."),
            ),
        )


class ExchangeRate(Stamped):
    """From a day on: one unit of the currency is worth `rate` units of the base currency."""

    currency = models.ForeignKey(
        Currency, models.PROTECT, verbose_name=_("currency"), related_name="rates"
    )
    valid_from = models.DateField(_("valid from"))
    rate = models.DecimalField(
        _("rate"), max_digits=20, decimal_places=10, help_text=_("Base currency for one unit.")
    )
    source = models.CharField(_("source"), max_length=120, blank=True)

    objects = DatedManager()

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ("currency", "-valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=("currency", "valid_from"),
                name="exchangerate_one_per_day",
                violation_error_message=_("There is already a rate of this currency for that day."),
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=0),
                name="exchangerate_positive",
                violation_error_message=_("A rate is greater than zero."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.currency.code} {self.valid_from} {self.rate}"


class TaxCode(Master):
    """A kind of tax on purchases, e.g. VAT on goods; its rate is dated."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    is_recoverable = models.BooleanField(_("recoverable"), default=True)

    class Meta:
        verbose_name = _("tax code")
        verbose_name_plural = _("tax codes")
        ordering = ("code",)


class TaxRate(Stamped):
    """The percentage of a tax code from a day on."""

    tax_code = models.ForeignKey(
        TaxCode, models.PROTECT, verbose_name=_("tax code"), related_name="rates"
    )
    valid_from = models.DateField(_("valid from"))
    percent = models.DecimalField(_("percent"), max_digits=7, decimal_places=4)

    objects = DatedManager()

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        ordering = ("tax_code", "-valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=("tax_code", "valid_from"),
                name="taxrate_one_per_day",
                violation_error_message=_("There is already a rate of this tax for that day."),
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100),
                name="taxrate_between_0_and_100",
                violation_error_message=_("A tax rate is between 0 and 100 percent."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.tax_code.code} {self.valid_from} {self.percent}%"


class PaymentTerm(Master):
    """When a supplier is paid, e.g. 30 days net, 2 % within 10 days."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    due_days = models.PositiveSmallIntegerField(_("days until due"), default=30)
    discount_percent = models.DecimalField(
        _("early payment discount (%)"), max_digits=5, decimal_places=2, default=Decimal(0)
    )
    discount_days = models.PositiveSmallIntegerField(_("days for the discount"), default=0)

    class Meta:
        verbose_name = _("payment term")
        verbose_name_plural = _("payment terms")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lte=100),
                name="paymentterm_discount_between_0_and_100",
                violation_error_message=_("A discount is between 0 and 100 percent."),
            ),
        )
