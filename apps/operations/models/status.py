"""What is said to the public about an incident, and which digests have gone out."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.operations.models.alerting import Incident


class StatusUpdate(models.Model):
    """One sentence to everybody about an incident; its first one puts it on the status page.

    Sentences are added, never changed: people have read them.
    """

    incident = models.ForeignKey(
        Incident, models.PROTECT, verbose_name=_("incident"), related_name="public_updates"
    )
    at = models.DateTimeField(_("at"), editable=False)
    text = models.TextField(
        _("public update"),
        max_length=1000,
        blank=True,
        help_text=_("Strangers read this: no names, no machines, no customers."),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("by"),
        related_name="+",
        null=True,
        editable=False,
    )

    class Meta:
        verbose_name = _("public update")
        verbose_name_plural = _("public updates")
        ordering = ("at", "pk")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.text)[:60]

    def clean(self) -> None:
        """One language is enough; readers of the other one get it as it is."""
        if not any((getattr(self, name) or "").strip() for name in ("text_en", "text_zh_hans")):
            raise ValidationError(_("Write the update in one language at least."))


class DigestRun(models.Model):
    """A digest that went out: one per period, so that nobody gets it twice."""

    class Period(models.TextChoices):
        """How much a digest looks back on."""

        DAILY = "daily", _("daily")
        WEEKLY = "weekly", _("weekly")

    period = models.CharField(_("period"), max_length=8, choices=Period, editable=False)
    begins_on = models.DateField(_("begins on"), editable=False)
    sent_at = models.DateTimeField(_("sent at"), editable=False)
    recipients = models.PositiveIntegerField(_("recipients"), editable=False)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ("-begins_on", "-pk")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("period", "begins_on"),
                name="digestrun_once_per_period",
                violation_error_message=_("This digest has been sent."),
            ),
            models.CheckConstraint(
                condition=Q(period__in=("daily", "weekly")), name="digestrun_period_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.period} {self.begins_on}"
