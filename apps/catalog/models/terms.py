"""Units of measure (UN/ECE Recommendation 20) and trade terms (Incoterms 2020)."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.models.base import Master


class Unit(Master):
    """A unit of measure; quantities are multiples of `step`, `factor` leads to the base unit."""

    class Dimension(models.TextChoices):
        """Units of one dimension convert into each other."""

        COUNT = "count", _("count")
        MASS = "mass", _("mass")
        LENGTH = "length", _("length")
        AREA = "area", _("area")
        VOLUME = "volume", _("volume")
        TIME = "time", _("time")
        ENERGY = "energy", _("energy")
        OTHER = "other", _("other")

    code = models.CharField(
        _("UN/ECE code"),
        max_length=3,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Z0-9]{2,3}$", _("Two or three capital letters or digits."))
        ],
    )
    symbol = models.CharField(_("symbol"), max_length=16, blank=True)
    dimension = models.CharField(
        _("dimension"), max_length=8, choices=Dimension, default=Dimension.COUNT
    )
    factor = models.DecimalField(
        _("factor to the base unit"), max_digits=24, decimal_places=12, default=Decimal(1)
    )
    step = models.DecimalField(
        _("smallest step"),
        max_digits=18,
        decimal_places=6,
        default=Decimal("0.000001"),
        help_text=_("Quantities are whole multiples of this."),
    )

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(factor__gt=0, step__gt=0),
                name="unit_factor_and_step_positive",
                violation_error_message=_("Factor and step are greater than zero."),
            ),
        )


class Incoterm(Master):
    """A trade term of the Incoterms rules, e.g. FCA."""

    code = models.CharField(_("code"), max_length=3, unique=True)
    edition = models.PositiveSmallIntegerField(_("edition"), default=2020)

    class Meta:
        verbose_name = _("incoterm")
        verbose_name_plural = _("incoterms")
        ordering = ("code",)
