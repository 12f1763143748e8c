"""What alerting remembers: how each alert stands, incidents, channels, silences, the monitor."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.fields import EncryptedCharField
from apps.common.models import Decided, Stamped


class Tier(models.TextChoices):
    """How fast somebody has to respond."""

    CRITICAL = "critical", _("critical: 15 minutes")
    WARNING = "warning", _("warning: 1 hour")
    INFO = "info", _("info: 24 hours")


def title_of(alert: str) -> str:
    """What people call an alert; one that is no longer among the rules keeps its name."""
    from apps.operations.alerting.titles import ALERTS  # names only

    return str(ALERTS.get(alert, alert))


class AlertState(models.Model):
    """How one alert stands, as the last round of the monitor saw it."""

    class Phase(models.TextChoices):
        """From clear to firing and back; unknown where nothing was measured."""

        CLEAR = "clear", _("clear")
        PENDING = "pending", _("past its limit, not yet long enough")
        FIRING = "firing", _("firing")
        UNKNOWN = "unknown", _("unknown")

    alert = models.CharField(_("alert"), max_length=40, unique=True, editable=False)
    phase = models.CharField(
        _("state"), max_length=8, choices=Phase, default=Phase.UNKNOWN, editable=False
    )
    since = models.DateTimeField(_("since"), editable=False)
    fine_since = models.DateTimeField(_("fine again since"), null=True, editable=False)
    value = models.FloatField(_("value"), null=True, editable=False)
    limit = models.CharField(_("limit"), max_length=40, blank=True, editable=False)
    evaluated_at = models.DateTimeField(_("looked at"), editable=False)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("alert",)
        default_permissions = ("view",)
        permissions = (
            ("view_executive_dashboard", _("May see the executive dashboard")),
            ("view_technical_dashboard", _("May see the technical dashboard")),
            ("receive_digest", _("Gets the daily and the weekly digest")),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(phase__in=("clear", "pending", "firing", "unknown")),
                name="alertstate_phase_known",
            ),
        )

    def __str__(self) -> str:
        return title_of(self.alert)


class Incident(Decided):
    """An alert somebody has to look after: one open at a time for each alert."""

    class Status(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("open")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        RESOLVED = "resolved", _("resolved")

    number = models.CharField(_("number"), max_length=32, unique=True, editable=False)
    alert = models.CharField(_("alert"), max_length=40, editable=False)
    tier = models.CharField(_("tier"), max_length=8, choices=Tier, editable=False)
    status = models.CharField(
        _("status"), max_length=16, choices=Status, default=Status.OPEN, editable=False
    )
    value = models.FloatField(_("value"), null=True, editable=False)
    limit = models.CharField(_("limit"), max_length=40, blank=True, editable=False)
    occurrences = models.PositiveIntegerField(_("times fired"), default=1, editable=False)
    opened_at = models.DateTimeField(_("opened at"), editable=False)
    clock_started_at = models.DateTimeField(_("clock started at"), editable=False)
    response_due_at = models.DateTimeField(_("response due"), editable=False)
    level = models.PositiveSmallIntegerField(_("level reached"), default=1, editable=False)
    level_due_at = models.DateTimeField(
        _("goes to the next level at"), null=True, blank=True, editable=False
    )
    acknowledged_at = models.DateTimeField(
        _("acknowledged at"), null=True, blank=True, editable=False
    )
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("in the hands of"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True, editable=False)
    post_mortem = models.TextField(_("post-mortem"), blank=True, max_length=20000)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ("-opened_at", "-pk")
        default_permissions = ("view", "change")
        indexes = (
            models.Index(fields=("status", "level_due_at"), name="incident_to_escalate"),
            models.Index(fields=("alert", "-opened_at"), name="incident_of_alert"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("alert",),
                condition=Q(status__in=("open", "acknowledged")),
                name="incident_one_open_per_alert",
                violation_error_message=_("This alert has an open incident already."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("open", "acknowledged", "resolved")),
                name="incident_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="resolved", resolved_at__isnull=False)
                | ~Q(status="resolved") & Q(resolved_at=None),
                name="incident_resolved_says_when",
                violation_error_message=_("A resolved incident says when it was resolved."),
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None) | Q(resolved_at__gte=F("opened_at")),
                name="incident_ends_after_start",
                violation_error_message=_("An incident does not end before it starts."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {title_of(self.alert)}"


class IncidentEvent(models.Model):
    """One line of an incident's timeline. Lines are added, never changed."""

    incident = models.ForeignKey(
        Incident, models.CASCADE, verbose_name=_("incident"), related_name="timeline"
    )
    at = models.DateTimeField(_("at"), editable=False)
    what = models.CharField(_("what happened"), max_length=32, editable=False)
    level = models.PositiveSmallIntegerField(_("level reached"), editable=False)
    text = models.TextField(_("remark"), blank=True, max_length=4000, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("by"),
        related_name="+",
        null=True,
        editable=False,
    )

    class Meta:
        verbose_name = _("event of an incident")
        verbose_name_plural = _("timeline")
        ordering = ("at", "pk")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what}"


class AlertChannel(Stamped):
    """A room or gateway that is told of incidents. Its address is a secret, as its key is."""

    class Kind(models.TextChoices):
        """The shapes of messages we speak."""

        SLACK = "slack", "Slack"
        DINGTALK = "dingtalk", _("DingTalk")
        WECOM = "wecom", _("WeCom")
        FEISHU = "feishu", _("Feishu")
        PHONE = "phone", _("phone gateway")

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    url = EncryptedCharField(_("address"), max_length=500)
    secret = EncryptedCharField(_("signing key"), max_length=200, blank=True)
    least_tier = models.CharField(
        _("told from"),
        max_length=8,
        choices=Tier,
        default=Tier.WARNING,
        help_text=_("Incidents of this tier and of more urgent ones."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("alert channel")
        verbose_name_plural = _("alert channels")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=("slack", "dingtalk", "wecom", "feishu", "phone")),
                name="alertchannel_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(least_tier__in=Tier.values), name="alertchannel_tier_known"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Only https; whether the address may be called is asked when it is called."""
        parts = urlsplit(self.url or "")
        if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
            raise ValidationError({"url": _("Give an address that begins with https://.")})


class Silence(Stamped):
    """A time in which an alert wakes nobody; for all alerts it is a maintenance window."""

    alert = models.CharField(
        _("alert"),
        max_length=40,
        blank=True,
        help_text=_("Empty: a maintenance window, for all alerts but those of security."),
    )
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    comment = models.CharField(_("reason"), max_length=255)

    class Meta:
        verbose_name = _("silence")
        verbose_name_plural = _("silences and maintenance windows")
        ordering = ("-starts_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="silence_ends_after_start",
                violation_error_message=_("A silence ends after it starts."),
            ),
            models.CheckConstraint(
                condition=~Q(comment=""),
                name="silence_has_a_reason",
                violation_error_message=_("Say why it is silent."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.alert or '*'} {self.starts_at:%Y-%m-%d %H:%M}"

    def clean(self) -> None:
        """An alert nobody knows would silence nothing; a silence of months would be forgotten."""
        from apps.operations.alerting.titles import ALERTS  # names only

        errors: dict[str, Any] = {}
        if self.alert and self.alert not in ALERTS:
            errors["alert"] = _("There is no alert of this name.")
        if self.starts_at and self.ends_at and self.ends_at - self.starts_at > dt.timedelta(days=7):
            errors["ends_at"] = _("A silence lasts a week at most.")
        if errors:
            raise ValidationError(errors)


class MonitorLease(models.Model):
    """Who leads of all monitors, until when, and when it did its last round: one row."""

    holder = models.CharField(_("held by"), max_length=120, blank=True, editable=False)
    expires_at = models.DateTimeField(_("held until"), editable=False)
    beat_at = models.DateTimeField(_("last round"), null=True, editable=False)
    pruned_at = models.DateTimeField(_("last pruned"), null=True, editable=False)

    class Meta:
        verbose_name = _("monitor")
        verbose_name_plural = _("monitors")
        default_permissions = ()
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="monitorlease_one_row"),)

    def __str__(self) -> str:
        return self.holder
