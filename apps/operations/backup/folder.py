"""The folder backups lie in: narrow rights, one run at a time, enough room, whole files only."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.operations.backup.errors import BackupError

ENDING = ".erpbackup"
PART = ".part"
NAME = re.compile(r"erp_(\d{8}T\d{9}Z)" + re.escape(ENDING))
SPARE = 64 * 1024 * 1024


def folder() -> Path:
    """The folder for backups, made when it is not there; nobody else reads it."""
    path = Path(settings.OPERATING.backup_dir)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    except OSError as error:
        raise BackupError(
            _("The folder %(folder)s cannot be used: %(why)s")
            % {"folder": path, "why": error.strerror},
            code="folder_unusable",
        ) from error
    return path


def stamp() -> str:
    """The moment as it stands in names: sorted by name is sorted by time."""
    now = timezone.now().astimezone(UTC)
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z"


def moment_of(path: Path) -> datetime | None:
    """When a backup was begun, by its name; nothing for files that are none."""
    found = NAME.fullmatch(path.name)
    if found is None:
        return None
    return datetime.strptime(found.group(1)[:-1] + "000+0000", "%Y%m%dT%H%M%S%f%z")


def archives() -> list[Path]:
    """All complete backups, the newest first."""
    found = [path for path in folder().iterdir() if moment_of(path) and path.is_file()]
    return sorted(found, key=lambda path: path.name, reverse=True)


@contextmanager
def alone(path: Path | None = None) -> Iterator[Path]:
    """Be the only run; a lock of a process that was killed is none. Raises BackupError."""
    path = path or folder()
    with (path / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BackupError(
                _("Another backup is running. Wait for it to end."), code="already_running"
            ) from None
        for left in path.glob(f".*{PART}"):  # of runs that were killed
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        yield path


def refuse_without_room(path: Path, needed: int) -> None:
    """Refuse to begin what cannot end. Raises BackupError."""
    free = shutil.disk_usage(path).free
    if free < needed + SPARE:
        raise BackupError(
            _("There is not enough room in %(folder)s: %(free)s MB free, %(needed)s MB needed.")
            % {"folder": path, "free": free // 2**20, "needed": (needed + SPARE) // 2**20 + 1},
            code="disk_full",
        )


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Write a file that is there when it is complete and on the disk, and not before."""
    unfinished = path.with_name(f".{path.name}{PART}")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:  # noqa: PTH123 - a descriptor with narrow rights
            yield target
            target.flush()
            os.fsync(target.fileno())
        unfinished.rename(path)
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
