"""Drills: an emergency played through with real data in scratch space, each step timed.

Nothing in use is touched: the database that is lost or damaged is one of the drill's own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.common import integrity
from apps.operations.backup import damage, engines, facts, making, records
from apps.operations.backup.errors import ArchiveError, BackupError
from apps.operations.backup.folder import folder, stamp
from apps.operations.backup.looking import aimed_at, config_of
from apps.operations.backup.making import Made
from apps.operations.backup.restoring import Restored, describe, restore
from apps.operations.backup.steps import Say, Steps, silent
from apps.operations.backup.swapping import swap
from apps.operations.models import DrillRun
from apps.requisitions.models import Requisition, RequisitionLine

Scenario = DrillRun.Scenario
LIMITS = {Scenario.OUTAGE: 5 * 60, Scenario.CORRUPTION: 20 * 60}


@dataclass
class Drill:
    """One rehearsal: where it takes place and what came of it."""

    scenario: DrillRun.Scenario
    space: Path
    live: str
    keys: Sequence[str]
    steps: Steps
    refused: dict[str, str] = field(default_factory=dict)
    documents: int = 0
    databases: list[str] = field(default_factory=list)

    @property
    def files(self) -> str:
        return str(self.space / "media")


def rehearse(scenario: str, *, with_damaged: bool = False, say: Say = silent) -> DrillRun:
    """Play one emergency through and remember how it went; a failed drill is no error."""
    started_at, wanted = timezone.now(), Scenario(scenario)
    error = ""
    with _space(wanted, say) as drill:
        try:
            made = _backup(drill)
            _SCENARIOS[wanted](drill, made)
            if with_damaged:
                with drill.steps.step("damaged", _("Trying damaged backups")):
                    _refuse_damaged(drill, made)
        except BackupError as failure:
            error = str(failure)
    timed = [seconds for name, seconds in drill.steps.done if name not in _BESIDE]
    seconds = round(sum(timed), 3)
    if not error and seconds > LIMITS[wanted]:
        error = _("It took longer than allowed.")
    return records.drilled(
        DrillRun(
            scenario=wanted,
            started_at=started_at,
            finished_at=timezone.now(),
            seconds=str(seconds),
            limit_seconds=LIMITS[wanted],
            documents=drill.documents,
            has_passed=not error,
            steps=drill.steps.listed(),
            refused=drill.refused,
            error=error[:2000],
        )
    )


# What belongs to the drill and not to the emergency does not count against its limit.
_BESIDE = frozenset({"prepare", "damaged"})


@contextmanager
def _space(scenario: DrillRun.Scenario, say: Say) -> Iterator[Drill]:
    """Scratch space in the folder of backups, and a database of the drill's own."""
    moment = stamp()
    space = folder() / f"drill_{moment}"
    space.mkdir(mode=0o700)
    live = engines.current().beside("drill", moment)
    keys = [Fernet.generate_key().decode()]
    drill = Drill(scenario, space, live, keys, Steps(say), databases=[live])
    try:
        yield drill
    finally:
        engine = engines.current()
        for name in drill.databases:
            engine.drop(name)
        shutil.rmtree(space)


def _backup(drill: Drill) -> Made:
    with drill.steps.step("backup", _("Backing up")):
        made = making.make(into=drill.space, keys=drill.keys)
    drill.documents = sum(describe(made.manifest)["documents"].values())
    return made


def _outage(drill: Drill, made: Made) -> None:
    """The database is gone: restore it under its name and see whether it answers."""
    with aimed_at(config_of(drill.live)):
        _bring_back(drill, made)
        with drill.steps.step("answer", _("Asking the application's questions")):
            _answers(drill)


def _corruption(drill: Drill, made: Made) -> None:
    """A figure was changed behind the application's back: find it, restore, find nothing."""
    with aimed_at(config_of(drill.live)):
        with drill.steps.step("prepare", _("Preparing a database to damage")):
            swap(_restored(drill, made, Steps()))
            pk = _change_a_figure()
        with drill.steps.step("verify", _("Looking for the damage")):
            _find(pk)
        _bring_back(drill, made)
        with drill.steps.step("verify again", _("Looking for damage again")):
            _find(None)


_SCENARIOS = {Scenario.OUTAGE: _outage, Scenario.CORRUPTION: _corruption}


def _bring_back(drill: Drill, made: Made) -> None:
    restored = _restored(drill, made, drill.steps)
    with drill.steps.step("swap", _("Exchanging databases and files")):
        swap(restored)


def _restored(drill: Drill, made: Made, steps: Steps) -> Restored:
    restored = restore(made.path, drill.keys, steps=steps, files=drill.files)
    drill.databases += [restored.database, restored.kept]
    return restored


def _answers(drill: Drill) -> None:
    found = Requisition.objects.order_by("-pk").select_related("requester").first()
    total = sum(model._base_manager.count() for model in facts.document_models())
    if total != drill.documents or (found is not None and not found.requester.username):
        raise BackupError(_("The restored database does not answer as before."), code="no_answer")


def _change_a_figure() -> int:
    """Change the amount of a line in the middle, as no service would."""
    lines = RequisitionLine.objects.order_by("pk").values_list("pk", flat=True)
    count = lines.count()
    if not count:
        raise BackupError(
            _("There is no requisition to rehearse with; load the demonstration."),
            code="nothing_to_damage",
        )
    pk = int(lines[count // 2])
    table = RequisitionLine._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET amount = amount + 1 WHERE id = %s", [pk])  # noqa: S608 - our own table
    return pk


def _find(pk: int | None) -> None:
    """The checks name exactly the line that was changed, or nothing at all."""
    findings = [finding for _check, found in integrity.run() for finding in found]
    table = RequisitionLine._meta.db_table
    if pk is None and findings:
        first = findings[0]
        what = f"{first.table} {first.pk}: {first.what}"
        raise BackupError(_("Damage is left: %(what)s") % {"what": what}, code="damage_left")
    if pk is not None and (table, pk) not in {(f.table, f.pk) for f in findings}:
        raise BackupError(_("The damage was not found."), code="damage_not_found")


def _refuse_damaged(drill: Drill, made: Made) -> None:
    """Every spoiled copy is refused for what is wrong with it, and leaves no database behind."""
    engine = engines.current()
    before = engine.family()
    for spoiled in damage.copies(made.path, drill.space, drill.keys):
        try:
            restore(spoiled.path, spoiled.keys, files=drill.files).remove()
        except ArchiveError as refusal:
            drill.refused[spoiled.name] = refusal.code
        else:
            drill.refused[spoiled.name] = ""
        if drill.refused[spoiled.name] != spoiled.code or engine.family() != before:
            raise BackupError(
                _("The damaged backup %(name)s was not refused as it has to be: %(code)s.")
                % {"name": spoiled.name, "code": drill.refused[spoiled.name] or "-"},
                code="damage_accepted",
            )
