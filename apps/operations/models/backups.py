"""What monitoring asks about backups: which there are, when they were proved, how drills went."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _


class BackupRun(models.Model):
    """One run of `erp_backup`. A backup counts once it was restored and compared: `verified_at`."""

    class Outcome(models.TextChoices):
        """What came of the run."""

        COMPLETE = "complete", _("complete")
        FAILED = "failed", _("failed")

    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, editable=False)
    file_name = models.CharField(_("file name"), max_length=120, blank=True, editable=False)
    engine = models.CharField(_("database engine"), max_length=16, editable=False)
    app_version = models.CharField(_("version"), max_length=32, editable=False)
    is_encrypted = models.BooleanField(_("encrypted"), default=True, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0, editable=False)
    sha256 = models.CharField(_("checksum"), max_length=64, blank=True, editable=False)
    started_at = models.DateTimeField(_("started at"), editable=False)
    finished_at = models.DateTimeField(_("finished at"), editable=False)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True, editable=False)
    error = models.TextField(_("error"), blank=True, max_length=2000, editable=False)

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ("-started_at", "-pk")
        default_permissions = ("view",)
        indexes = (models.Index(fields=("-verified_at",), name="backuprun_newest_verified"),)
        constraints = (
            models.UniqueConstraint(
                fields=("file_name",),
                condition=~Q(file_name=""),
                name="backuprun_one_per_file",
                violation_error_message=_("Each backup is recorded once."),
            ),
            models.CheckConstraint(
                condition=Q(outcome="failed") | ~Q(file_name="") & ~Q(sha256=""),
                name="backuprun_complete_has_a_file",
                violation_error_message=_("A complete backup names its file and checksum."),
            ),
            models.CheckConstraint(
                condition=Q(verified_at=None) | Q(outcome="complete"),
                name="backuprun_verified_is_complete",
                violation_error_message=_("Only a complete backup can be verified."),
            ),
            models.CheckConstraint(
                condition=Q(finished_at__gte=F("started_at")),
                name="backuprun_ends_after_start",
                violation_error_message=_("A run does not end before it starts."),
            ),
        )

    def __str__(self) -> str:
        return self.file_name or f"{timezone.localtime(self.started_at):%Y-%m-%d %H:%M}"


class DrillRun(models.Model):
    """One rehearsal of an emergency: how long each step took and whether all was as before."""

    class Scenario(models.TextChoices):
        """The emergencies that are rehearsed."""

        OUTAGE = "outage", _("outage")
        CORRUPTION = "corruption", _("data corruption")

    scenario = models.CharField(_("scenario"), max_length=12, choices=Scenario, editable=False)
    started_at = models.DateTimeField(_("started at"), editable=False)
    finished_at = models.DateTimeField(_("finished at"), editable=False)
    seconds = models.DecimalField(_("seconds"), max_digits=12, decimal_places=3, editable=False)
    limit_seconds = models.PositiveIntegerField(_("allowed seconds"), editable=False)
    documents = models.PositiveBigIntegerField(_("documents"), default=0, editable=False)
    has_passed = models.BooleanField(_("passed"), editable=False)
    steps = models.JSONField(_("steps"), default=list, editable=False)
    refused = models.JSONField(_("damaged backups refused"), default=dict, editable=False)
    error = models.TextField(_("error"), blank=True, max_length=2000, editable=False)

    class Meta:
        verbose_name = _("drill")
        verbose_name_plural = _("drills")
        ordering = ("-started_at", "-pk")
        default_permissions = ("view",)
        constraints = (
            models.CheckConstraint(
                condition=Q(finished_at__gte=F("started_at")),
                name="drillrun_ends_after_start",
                violation_error_message=_("A run does not end before it starts."),
            ),
        )

    def __str__(self) -> str:
        name = capfirst(self.get_scenario_display())
        return f"{name} {timezone.localtime(self.started_at):%Y-%m-%d %H:%M}"
