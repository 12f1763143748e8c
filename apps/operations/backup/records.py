"""What is kept of runs, so that monitoring and auditors can ask."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.common import events
from apps.common.events import Action
from apps.operations.backup import engines
from apps.operations.backup.checking import Archive
from apps.operations.backup.making import Made
from apps.operations.backup.restoring import checksum
from apps.operations.backup.seals import PLAIN
from apps.operations.backup.version import app_version
from apps.operations.models import BackupRun, DrillRun

Outcome = BackupRun.Outcome


@transaction.atomic
def made(backup: Made) -> BackupRun:
    """Remember a backup that is complete."""
    run = BackupRun(
        outcome=Outcome.COMPLETE,
        file_name=backup.path.name,
        engine=backup.manifest["engine"],
        app_version=backup.manifest["app_version"],
        is_encrypted=backup.is_encrypted,
        size=backup.size,
        sha256=backup.sha256,
        started_at=backup.started_at,
        finished_at=backup.finished_at,
    )
    return _keep(run, "backup.made", {"file": run.file_name, "sha256": run.sha256})


@transaction.atomic
def failed(error: Exception, *, plain: bool, started_at: datetime) -> BackupRun:
    """Remember that a backup was tried and why there is none."""
    run = BackupRun(
        outcome=Outcome.FAILED,
        engine=engines.current().vendor,
        app_version=app_version(),
        is_encrypted=not plain,
        started_at=started_at,
        finished_at=timezone.now(),
        error=str(error)[:2000],
    )
    return _keep(run, "backup.failed", {"error": run.error})


@transaction.atomic
def verified(archive: Archive) -> BackupRun:
    """Remember that a backup was restored and compared; one made elsewhere is entered first."""
    header, path = archive.header, archive.path
    run, _made = BackupRun.objects.get_or_create(
        file_name=path.name,
        defaults={
            "outcome": Outcome.COMPLETE,
            "engine": header.engine,
            "app_version": header.app_version,
            "is_encrypted": header.key != PLAIN,
            "size": path.stat().st_size,
            "sha256": checksum(path),
            "started_at": datetime.fromisoformat(header.created_at),
            "finished_at": datetime.fromisoformat(archive.manifest["finished_at"]),
        },
    )
    run.verified_at = timezone.now()
    return _keep(run, "backup.verified", {"file": run.file_name})


@transaction.atomic
def restored(archive: Archive, lost: dict[str, Any], kept: str) -> None:
    """Remember, in the restored database itself, where it came from and what was lost."""
    run = verified(archive)
    kept_as = Path(kept).name
    events.happened(run, "backup.restored", file=run.file_name, lost=lost, kept=kept_as)


@transaction.atomic
def removed(names: list[str]) -> None:
    """Remember which backups were rotated away."""
    runs = list(BackupRun.objects.filter(file_name__in=names, removed_at=None))
    BackupRun.objects.filter(pk__in=[run.pk for run in runs]).update(removed_at=timezone.now())
    for run in runs:
        events.happened(run, "backup.rotated", file=run.file_name)


def newest_verified() -> BackupRun | None:
    """The newest backup that was proved and is still there."""
    proved = BackupRun.objects.filter(verified_at__isnull=False, removed_at=None)
    return proved.order_by("-started_at", "-pk").first()


@transaction.atomic
def drilled(run: DrillRun) -> DrillRun:
    """Remember a rehearsal."""
    run.full_clean()
    run.save()
    figures = {"seconds": run.seconds, "scenario": run.scenario}
    events.record(
        events.Record(run, Action.EVENT, "drill.done", data={"passed": run.has_passed, **figures})
    )
    return run


def _keep(run: BackupRun, event: str, data: dict[str, Any]) -> BackupRun:
    run.full_clean()
    run.save()
    events.record(events.Record(run, Action.EVENT, event, data=data))
    return run
