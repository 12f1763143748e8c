"""Restoring: always into a new database beside ours, compared with the backup's own manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import Error
from django.utils.translation import gettext as _

from apps.operations.backup import checking, engines, facts
from apps.operations.backup.checking import Archive
from apps.operations.backup.container import Reader
from apps.operations.backup.errors import BackupError
from apps.operations.backup.files import Shelf
from apps.operations.backup.folder import refuse_without_room, stamp
from apps.operations.backup.looking import aimed_at, config_of
from apps.operations.backup.making import FILE, MANIFEST
from apps.operations.backup.steps import Steps

MOST_NAMED = 20


@dataclass(frozen=True)
class Restored:
    """A database and a folder of files beside those in use, equal to what was backed up."""

    archive: Archive
    database: str
    kept: str
    shelf: Shelf
    steps: Steps = field(default_factory=Steps)

    def remove(self) -> None:
        """Take both away again."""
        engines.current().drop(self.database)
        self.shelf.remove()


def restore(
    path: Path,
    keys: Sequence[str],
    *,
    migrate: bool = False,
    steps: Steps | None = None,
    files: str | None = None,
) -> Restored:
    """Restore a backup beside what is in use; `files` is the folder of files, unless it is ours.

    Raises ArchiveError before anything is touched when the file cannot be used, and BackupError
    when the restored copy is not what was backed up; it is removed then.
    """
    steps = steps or Steps()
    with steps.step("check", _("Reading %(file)s to its end") % {"file": path.name}):
        archive = checking.check(path, keys, migrate=migrate)
    engine, moment = engines.current(), stamp()
    shelf = Shelf(moment, files)
    _refuse_without_room(engine, shelf, archive)
    restored = Restored(
        archive, engine.beside("restored", moment), engine.beside("before", moment), shelf, steps
    )
    try:
        with steps.step("restore", _("Restoring into %(name)s") % {"name": restored.database}):
            _unpack(restored, engine, keys)
        with steps.step("compare", _("Comparing with the manifest")):
            refuse_differences(compare(restored))
        if migrate:
            with (
                steps.step("migrate", _("Running migrations")),
                aimed_at(config_of(restored.database)),
            ):
                call_command("migrate", verbosity=0, interactive=False)
    except BaseException:
        with suppress(BackupError, OSError):
            restored.remove()
        raise
    return restored


def compare(restored: Restored) -> list[str]:
    """Each way the restored copy differs from what the backup says of itself."""
    manifest = restored.archive.manifest
    found: list[str] = []
    try:
        with aimed_at(config_of(restored.database)):
            found += facts.differences(manifest["facts"], facts.gather())
    except Error as error:
        found.append(f"database: {error}")
    for entry in manifest["attachments"]:
        if restored.shelf.checksum(entry["name"]) != entry["sha256"]:
            found.append(f"attachment {entry['name']}")
    return found


def refuse_differences(found: list[str]) -> None:
    """Raises BackupError naming what is not as it was."""
    if found:
        raise BackupError(
            _("The restored copy differs from the backup: %(what)s.")
            % {"what": "; ".join(found[:MOST_NAMED])},
            code="not_as_backed_up",
        )


def _refuse_without_room(engine: engines.Engine, shelf: Shelf, archive: Archive) -> None:
    grown = int(archive.stored_size * 8)  # a dump unpacks to several times its size, with indexes
    if engine.vendor == "sqlite":
        refuse_without_room(Path(engine.beside("x", "x")).parent, grown)
    if shelf.used is not None:
        shelf.used.mkdir(mode=0o700, parents=True, exist_ok=True)
        refuse_without_room(shelf.used, sum(e["size"] for e in archive.manifest["attachments"]))


def _unpack(restored: Restored, engine: engines.Engine, keys: Sequence[str]) -> None:
    restored.shelf.make()
    with checking.opened(restored.archive.path) as reader:
        _refuse_other_file(reader, restored.archive)
        for name, blocks in reader.parts(keys):
            if name.startswith(FILE):
                restored.shelf.put(name.removeprefix(FILE), blocks)
            elif name != MANIFEST:
                engine.load(restored.database, blocks)
            for _block in blocks:  # whoever took it may have stopped at the end it expects
                pass


def _refuse_other_file(reader: Reader, archive: Archive) -> None:
    if reader.header != archive.header:
        raise BackupError(_("The file was exchanged while it was read."), code="file_exchanged")


def checksum(path: Path) -> str:
    """SHA-256 of the whole file."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def describe(manifest: dict[str, Any]) -> dict[str, Any]:
    """What is in a backup, in few figures."""
    known = manifest["facts"]
    return {
        "made": manifest["started_at"],
        "version": manifest["app_version"],
        "engine": manifest["engine"],
        "rows": sum(known["rows"].values()),
        "documents": {
            kind: sum(entry[0] for entry in by_status.values())
            for kind, by_status in known["documents"].items()
        },
        "attachments": len(manifest["attachments"]),
        "audit": known["audit"]["pk"],
    }
