"""What was saved, when it was proved by a restore, and how rehearsals of emergencies went."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common import history
from apps.common.admin import ReadOnlyAdmin
from apps.common.look import status_pill
from apps.operations import policies
from apps.operations.admin.showing import moment, runbook_link, seconds_of
from apps.operations.models import BackupRun, DrillRun

RUNBOOK = "restore"
STEPS = {
    "backup": gettext_lazy("Backing up"),
    "prepare": gettext_lazy("Preparing a database to damage"),
    "check": gettext_lazy("Reading the backup to its end"),
    "restore": gettext_lazy("Restoring beside what is in use"),
    "compare": gettext_lazy("Comparing with the manifest"),
    "migrate": gettext_lazy("Running migrations"),
    "swap": gettext_lazy("Exchanging databases and files"),
    "answer": gettext_lazy("Asking the application's questions"),
    "verify": gettext_lazy("Looking for the damage"),
    "verify again": gettext_lazy("Looking for damage again"),
    "damaged": gettext_lazy("Trying damaged backups"),
}
Row = Any


class ProofFilter(admin.SimpleListFilter):
    """Whether a backup is worth anything: it was restored and compared, and is still there."""

    title = gettext_lazy("proved")
    parameter_name = "proved"
    CONDITIONS = {
        "yes": Q(verified_at__isnull=False, removed_at=None),
        "no": Q(verified_at=None, removed_at=None),
        "gone": Q(removed_at__isnull=False),
    }

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Proved, not yet, rotated away."""
        return [
            ("yes", gettext_lazy("restored and compared")),
            ("no", gettext_lazy("not proved")),
            ("gone", gettext_lazy("rotated away")),
        ]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the kind."""
        condition = self.CONDITIONS.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


class ServiceMadeAdmin(ReadOnlyAdmin):
    """Written by commands only; the page says which one where there is nothing yet."""

    date_hierarchy = "started_at"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the policies say."""
        return policies.may_see_backups(request.user)

    @admin.display(description=gettext_lazy("took"))
    def took(self, run: Row) -> str:
        """From beginning to end."""
        return seconds_of((run.finished_at - run.started_at).total_seconds())

    @admin.display(description=gettext_lazy("what to do"))
    def runbook(self, _run: Row) -> SafeString:
        """The way to the runbook."""
        return runbook_link(RUNBOOK)


@admin.register(BackupRun)
class BackupRunAdmin(ServiceMadeAdmin):
    """Every run of `erp_backup`, the newest first."""

    empty_text = gettext_lazy("Nothing was backed up yet. This saves database and files:")
    empty_command = "manage.py erp_backup"
    list_display = ("begun", "state", "proof", "seal", "saved", "took", "file_name")
    list_filter = ("outcome", ProofFilter, "is_encrypted", "engine", "app_version")
    search_fields = ("file_name", "sha256")
    search_help_text = gettext_lazy("File name or checksum.")
    fields = (
        ("state", "proof", "seal"),
        ("begun", "took"),
        ("file_name", "saved"),
        ("engine", "app_version"),
        "sha256",
        ("proved", "restores", "removed_at"),
        "error",
        "runbook",
    )
    readonly_fields: ClassVar[Any] = (
        *("state", "proof", "seal", "begun", "took", "saved", "proved", "restores", "runbook"),
    )

    @admin.display(description=gettext_lazy("started at"), ordering="started_at")
    def begun(self, run: BackupRun) -> str:
        """In the reader's time."""
        return moment(run.started_at)

    @admin.display(description=gettext_lazy("outcome"), ordering="outcome")
    def state(self, run: BackupRun) -> SafeString:
        """As a pill."""
        tone = "danger" if run.outcome == BackupRun.Outcome.FAILED else "success"
        return status_pill(run.outcome, run.get_outcome_display(), tone)

    @admin.display(description=gettext_lazy("proof"), ordering="verified_at")
    def proof(self, run: BackupRun) -> SafeString | str:
        """A backup that was never restored is a hope."""
        if run.outcome == BackupRun.Outcome.FAILED:
            return "–"
        if run.removed_at:
            return status_pill("removed", _("rotated away"), "neutral")
        if run.verified_at:
            return status_pill("proved", _("restored and compared"), "success")
        return status_pill("unproved", _("not proved"), "warning")

    @admin.display(description=gettext_lazy("seal"), ordering="is_encrypted")
    def seal(self, run: BackupRun) -> SafeString:
        """Whether a stranger could read it."""
        if run.is_encrypted:
            return status_pill("sealed", _("encrypted"), "info")
        return status_pill("plain", _("readable by anybody"), "danger")

    @admin.display(description=gettext_lazy("size"), ordering="size")
    def saved(self, run: BackupRun) -> str:
        """How much was saved."""
        return filesizeformat(run.size) if run.size else "–"

    @admin.display(description=gettext_lazy("restored and compared"))
    def proved(self, run: BackupRun) -> str:
        """When, and how long it was unproved."""
        return moment(run.verified_at)

    @admin.display(description=gettext_lazy("restored from this backup"))
    def restores(self, run: BackupRun) -> str:
        """When it took the place of what was in use; the history knows."""
        rows = [row for row in history.of(run) if row.event == "backup.restored"]
        return (
            ", ".join(f"{moment(row.at)} ({row.actor_name or _('system')})" for row in rows) or "–"
        )


@admin.register(DrillRun)
class DrillRunAdmin(ServiceMadeAdmin):
    """Every rehearsal, with the time of each step."""

    empty_text = gettext_lazy(
        "No emergency was rehearsed yet. This plays one through, with a copy:"
    )
    empty_command = "manage.py erp_drill outage"
    list_display = ("begun", "scenario_name", "result", "used", "allowed", "documents_known")
    list_filter = ("scenario", "has_passed")
    fields = (
        ("scenario_name", "result"),
        ("begun", "took"),
        ("used", "allowed", "documents_known"),
        "step_table",
        "refusals",
        "error",
        "runbook",
    )
    readonly_fields: ClassVar[Any] = (
        *("scenario_name", "result", "begun", "took", "used", "allowed"),
        *("documents_known", "step_table", "refusals", "runbook"),
    )

    @admin.display(description=gettext_lazy("started at"), ordering="started_at")
    def begun(self, run: DrillRun) -> str:
        """In the reader's time."""
        return moment(run.started_at)

    @admin.display(description=gettext_lazy("scenario"), ordering="scenario")
    def scenario_name(self, run: DrillRun) -> str:
        """What was played through."""
        return str(capfirst(run.get_scenario_display()))

    @admin.display(description=gettext_lazy("result"), ordering="has_passed")
    def result(self, run: DrillRun) -> SafeString:
        """As a pill."""
        if run.has_passed:
            return status_pill("passed", _("passed"), "success")
        return status_pill("failed", _("failed"), "danger")

    @admin.display(description=gettext_lazy("time used"), ordering="seconds")
    def used(self, run: DrillRun) -> str:
        """What counts against the limit: the steps of the emergency itself."""
        return seconds_of(float(run.seconds))

    @admin.display(description=gettext_lazy("allowed"), ordering="limit_seconds")
    def allowed(self, run: DrillRun) -> str:
        """The limit."""
        return seconds_of(run.limit_seconds)

    @admin.display(description=gettext_lazy("documents"), ordering="documents")
    def documents_known(self, run: DrillRun) -> str:
        """How much was brought back."""
        return number_format(run.documents, force_grouping=True)

    @admin.display(description=gettext_lazy("steps"))
    def step_table(self, run: DrillRun) -> str:
        """Each step with its share of the longest."""
        longest = max((float(step["seconds"]) for step in run.steps), default=0) or 1
        rows = [
            {
                "name": STEPS.get(step["step"], step["step"]),
                "seconds": seconds_of(float(step["seconds"])),
                "share": round(100 * float(step["seconds"]) / longest),
            }
            for step in run.steps
        ]
        return render_to_string("admin/operations/drill_steps.html", {"rows": rows})

    @admin.display(description=gettext_lazy("damaged backups refused"))
    def refusals(self, run: DrillRun) -> str:
        """Which spoiled copies were tried, and what was said to each."""
        rows = [
            (name.replace("_", " "), code.replace("_", " ")) for name, code in run.refused.items()
        ]
        return render_to_string("admin/operations/drill_refusals.html", {"rows": rows})
