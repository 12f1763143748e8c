"""Which backups are kept: the newest of each of 7 days, 4 weeks and 12 months."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from apps.operations.backup import records
from apps.operations.backup.folder import alone, archives, moment_of
from apps.operations.models import BackupRun

KEPT: tuple[tuple[int, Callable[[datetime], Any]], ...] = (
    (7, lambda moment: moment.date()),
    (4, lambda moment: moment.isocalendar()[:2]),
    (12, lambda moment: (moment.year, moment.month)),
)


def surplus(paths: Iterable[Path], *, proved: Collection[str]) -> list[Path]:
    """The backups that are in the way: newer ones stand for their day, week and month.

    The newest one is kept, and so is the newest one that was proved, however old it is.
    """
    known = [(moment_of(path), path) for path in paths]
    dated = sorted(((moment, path) for moment, path in known if moment is not None), reverse=True)
    kept = {path for _moment, path in dated[:1]}
    kept |= set([path for _moment, path in dated if path.name in proved][:1])
    for count, period in KEPT:
        first: dict[Any, Path] = {}
        for moment, path in dated:
            first.setdefault(period(moment), path)
        kept |= set(list(first.values())[:count])
    return [path for _moment, path in dated if path not in kept]


def rotate(*, dry_run: bool = False) -> list[str]:
    """Remove what is surplus and say which files these are."""
    proved = set(
        BackupRun.objects.filter(verified_at__isnull=False).values_list("file_name", flat=True)
    )
    with alone():
        found = surplus(archives(), proved=proved)
        for path in found if not dry_run else ():
            path.unlink()
    names = [path.name for path in found]
    if not dry_run:
        records.removed(names)
    return names
