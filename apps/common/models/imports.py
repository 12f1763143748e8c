"""Imports: how the columns of somebody's file map to our fields, and what each run did."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportMapping(models.Model):
    """A named reading of a file layout: column, field, format, default. Data, not code."""

    name = models.SlugField(_("name"), max_length=64, unique=True)
    kind = models.CharField(_("kind"), max_length=32)
    description = models.CharField(_("description"), max_length=255, blank=True)
    columns = models.JSONField(
        _("columns"),
        default=dict,
        help_text=_("Field → column, or an object that says more. See the import guide."),
    )
    options = models.JSONField(
        _("options"),
        default=dict,
        blank=True,
        help_text=_("What holds for the whole file: sheet, header_row, encoding, delimiter, …"),
    )

    class Meta:
        verbose_name = _("import mapping")
        verbose_name_plural = _("import mappings")
        ordering = ("kind", "name")

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


class ImportRun(models.Model):
    """One run over one file: who, what came of it, and where a resumed run goes on."""

    class Status(models.TextChoices):
        """How the run ended."""

        RUNNING = "running", _("running")
        DONE = "done", _("done")
        PARTIAL = "partial", _("done in part")
        FAILED = "failed", _("failed")
        DRY_RUN = "dry_run", _("dry run")

    kind = models.CharField(_("kind"), max_length=32)
    mapping = models.CharField(_("mapping"), max_length=64, blank=True)
    file_name = models.CharField(_("file name"), max_length=255)
    file_sha256 = models.CharField(_("checksum"), max_length=64, db_index=True)
    status = models.CharField(
        _("status"), max_length=8, choices=Status, default=Status.RUNNING, editable=False
    )
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    rows_done = models.PositiveIntegerField(
        _("rows done"), default=0, help_text=_("A resumed run goes on after so many rows.")
    )
    summary = models.JSONField(_("summary"), default=dict)
    errors = models.JSONField(_("errors"), default=list)
    started_at = models.DateTimeField(_("started at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("started by"),
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("import run")
        verbose_name_plural = _("import runs")
        ordering = ("-started_at", "-pk")

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"
