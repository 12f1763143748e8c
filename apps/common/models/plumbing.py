"""Counters, stored replies and outgoing messages: what makes work exact and safe to repeat."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class NumberSequence(models.Model):
    """The gapless counter of one kind of document in one year; the row is locked last."""

    kind = models.CharField(_("kind"), max_length=32)
    year = models.PositiveSmallIntegerField(_("year"))
    prefix = models.CharField(_("prefix"), max_length=8)
    next_value = models.PositiveBigIntegerField(_("next value"), default=1, editable=False)

    class Meta:
        verbose_name = _("number sequence")
        verbose_name_plural = _("number sequences")
        ordering = ("kind", "-year")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "year"),
                name="numbersequence_one_per_kind_and_year",
                violation_error_message=_("There is one sequence per kind and year."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}"


class IdempotencyKey(models.Model):
    """A reply kept for a client that may ask again: the same key and body get the same answer."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=255)
    body_hash = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("user", "key"), name="idempotencykey_one_per_user"),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.key}"


class OutboxMessage(models.Model):
    """A message to send after the commit that caused it, so that a crash loses none."""

    class Status(models.TextChoices):
        """Where the message stands."""

        PENDING = "pending", _("pending")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    topic = models.CharField(_("topic"), max_length=64)
    payload = models.JSONField(_("payload"), default=dict)
    status = models.CharField(
        _("status"), max_length=8, choices=Status, default=Status.PENDING, editable=False
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    available_at = models.DateTimeField(_("available at"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=("status", "available_at"), name="outbox_due"),)

    def __str__(self) -> str:
        return f"{self.topic} #{self.pk}"
