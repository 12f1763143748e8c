"""Proving a backup: restored into scratch space, compared, and taken away again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from apps.operations.backup.checking import Archive
from apps.operations.backup.restoring import restore
from apps.operations.backup.steps import Steps


def prove(path: Path, keys: Sequence[str], *, steps: Steps | None = None) -> Archive:
    """Restore a backup beside what is in use, compare, and remove the copy.

    Raises ArchiveError or BackupError saying what is wrong with it.
    """
    copy = restore(path, keys, steps=steps)
    copy.remove()
    return copy.archive
