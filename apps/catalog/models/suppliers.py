"""Suppliers, the people there, and where their money goes."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.fields import EncryptedCharField
from apps.catalog.models.base import Master
from apps.catalog.models.money import Currency, PaymentTerm
from apps.catalog.models.terms import Incoterm
from apps.catalog.querysets import SupplierManager
from apps.catalog.validators import validate_tax_number
from apps.common.models import Decided, Stamped


class Supplier(Decided, Master):
    """A company that is bought from. `warning` is shown to buyers; `status` may prevent orders."""

    class Status(models.TextChoices):
        """What may be done with the supplier."""

        PROSPECTIVE = "prospective", _("prospective")
        APPROVED = "approved", _("approved")
        SUSPENDED = "suspended", _("suspended")
        BLOCKED = "blocked", _("blocked")

    class Control(models.TextChoices):
        """How orders to this supplier are treated while it is not approved or has a warning."""

        ALLOW = "allow", _("allow")
        WARN = "warn", _("warn")
        PREVENT = "prevent", _("prevent")

    code = models.CharField(_("code"), max_length=32, unique=True)
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.PROSPECTIVE, editable=False
    )
    order_control = models.CharField(
        _("control on orders"), max_length=8, choices=Control, default=Control.ALLOW
    )
    warning = models.CharField(_("warning shown to buyers"), max_length=255, blank=True)
    tax_number = models.CharField(
        _("tax number"),
        max_length=32,
        blank=True,
        validators=[validate_tax_number],
        help_text=_("For Chinese companies the unified social credit code."),
    )
    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("ISO 3166 code.")
    )
    address = models.TextField(_("address"), blank=True, max_length=1000)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    language = models.CharField(
        _("language of documents"), max_length=10, choices=settings.LANGUAGES, default="en"
    )
    currency = models.ForeignKey(
        Currency,
        models.PROTECT,
        verbose_name=_("currency"),
        related_name="+",
        null=True,
        blank=True,
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
    lead_time_days = models.PositiveSmallIntegerField(_("lead time (days)"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True, max_length=4000)

    objects: ClassVar[SupplierManager[Supplier]] = SupplierManager()

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        ordering = ("code",)
        permissions = (("decide_supplier", _("May approve, suspend and block suppliers")),)
        constraints = (
            models.UniqueConstraint(
                fields=("tax_number",),
                condition=~Q(tax_number=""),
                name="supplier_tax_number_unique",
                violation_error_message=_("Another supplier has this tax number."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("prospective", "approved", "suspended", "blocked")),
                name="supplier_status_known",
            ),
        )


class SupplierContact(Stamped):
    """A person at a supplier."""

    supplier = models.ForeignKey(
        Supplier, models.CASCADE, verbose_name=_("supplier"), related_name="contacts"
    )
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_primary = models.BooleanField(_("receives orders"), default=False)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ("supplier", "-is_primary", "pk")

    def __str__(self) -> str:
        return self.name


class SupplierBankAccount(Decided):
    """Where a supplier is paid. The number is encrypted at rest; a change needs a second person."""

    class Status(models.TextChoices):
        """A new account counts only once somebody else has confirmed it."""

        PENDING = "pending", _("waiting for a second person")
        ACTIVE = "active", _("active")
        RETIRED = "retired", _("retired")

    supplier = models.ForeignKey(
        Supplier, models.PROTECT, verbose_name=_("supplier"), related_name="bank_accounts"
    )
    account_name = models.CharField(_("account name"), max_length=140)
    bank_name = models.CharField(_("bank"), max_length=140)
    bank_code = models.CharField(_("SWIFT / CNAPS code"), max_length=16, blank=True)
    account_number = EncryptedCharField(_("account number"), max_length=64)
    currency = models.ForeignKey(
        Currency,
        models.PROTECT,
        verbose_name=_("currency"),
        related_name="+",
        null=True,
        blank=True,
    )
    status = models.CharField(
        _("status"), max_length=8, choices=Status, default=Status.PENDING, editable=False
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("confirmed by"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ("supplier", "-pk")
        permissions = (("confirm_supplierbankaccount", _("May confirm a supplier's bank account")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=("pending", "active", "retired")),
                name="bankaccount_status_known",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("created_by")),
                name="bankaccount_confirmed_by_somebody_else",
                violation_error_message=_("Whoever entered a bank account cannot confirm it."),
            ),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(confirmed_by__isnull=False),
                name="bankaccount_active_only_when_confirmed",
                violation_error_message=_(
                    "A bank account is active once a second person confirmed it."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.bank_name} {self.masked_number}"

    @property
    def masked_number(self) -> str:
        """Only the last four characters, for lists and history."""
        return f"•••• {str(self.account_number)[-4:]}"
