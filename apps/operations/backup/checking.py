"""Is this file a backup that can be restored here? Answered before anything is touched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from apps.operations.backup import engines
from apps.operations.backup.container import Header, Reader
from apps.operations.backup.errors import ArchiveError
from apps.operations.backup.making import DATABASE, FILE, MANIFEST
from apps.operations.backup.version import app_version, comparable


@dataclass(frozen=True)
class Archive:
    """A file that was read to its end and found whole."""

    path: Path
    header: Header
    manifest: dict[str, Any]

    @property
    def stored_size(self) -> int:
        """Bytes of what it holds, as it lies in the file."""
        parts = [*self.manifest["parts"], *self.manifest["attachments"]]
        return sum(int(part["size"]) for part in parts)


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """Open an archive. Raises ArchiveError when there is none."""
    try:
        source = path.open("rb")
    except OSError as error:
        raise ArchiveError(
            _("%(file)s cannot be read: %(why)s") % {"file": path.name, "why": error.strerror},
            code="unreadable",
        ) from error
    with source:
        yield Reader(path, source)


def check(path: Path, keys: Sequence[str], *, migrate: bool = False) -> Archive:
    """Read a backup to its end and compare it with what runs here. Raises ArchiveError."""
    with opened(path) as reader:
        refuse_foreign(reader.header, migrate=migrate)
        manifest = _read(reader, keys)
    refuse_other_tables(manifest["facts"]["migrations"], migrate=migrate)
    return Archive(path, reader.header, manifest)


def refuse_foreign(header: Header, *, migrate: bool) -> None:
    """Another kind of database, or another version of the product or the server."""
    engine = engines.current()
    if header.engine != engine.vendor:
        raise ArchiveError(
            _("The backup is of a %(theirs)s database; this installation uses %(ours)s.")
            % {"theirs": header.engine, "ours": engine.vendor},
            code="other_engine",
        )
    theirs, here = comparable(header.app_version), comparable(app_version())
    if theirs > here:
        raise ArchiveError(
            _("The backup is of the newer version %(theirs)s; this is %(ours)s. Install that one.")
            % {"theirs": header.app_version, "ours": app_version()},
            code="newer_version",
        )
    if theirs < here and not migrate:
        raise ArchiveError(
            _(
                "The backup is of version %(theirs)s; this is %(ours)s. Restore it with that one, "
                "or say --migrate to bring it up to date."
            )
            % {"theirs": header.app_version, "ours": app_version()},
            code="older_version",
        )
    if engine.vendor == "postgresql" and int(header.database_version) > int(engine.version()):
        raise ArchiveError(
            _("The backup is of PostgreSQL %(theirs)s; this server is the older %(ours)s.")
            % {"theirs": header.database_version, "ours": engine.version()},
            code="newer_server",
        )


def refuse_other_tables(applied: Sequence[str], *, migrate: bool) -> None:
    """Tables made by migrations we do not have, or before migrations we do have."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = sorted({*applied} - known)
    if unknown:
        raise ArchiveError(
            _("The backup has migrations this version does not know: %(names)s.")
            % {"names": ", ".join(unknown[:5])},
            code="unknown_migrations",
        )
    missing = sorted(known - {*applied})
    if missing and not migrate:
        raise ArchiveError(
            _("The backup is older than these migrations: %(names)s. Say --migrate to run them.")
            % {"names": ", ".join(missing[:5])},
            code="older_migrations",
        )


def _read(reader: Reader, keys: Sequence[str]) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    for name, blocks in reader.parts(keys):
        if name == MANIFEST:
            manifest = json.loads(b"".join(blocks))
            continue
        digest, size = hashlib.sha256(), 0
        for block in blocks:
            digest.update(block)
            size += len(block)
        found[name] = {"size": size, "sha256": digest.hexdigest()}
    if manifest is None or found != _promised(manifest):
        raise ArchiveError(
            _("The backup does not hold what its manifest says. Take another one."),
            code="corrupted",
        )
    return manifest


def _promised(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    parts = {part["name"]: part for part in manifest["parts"]}
    if set(parts) != {DATABASE}:
        return {}
    parts |= {f"{FILE}{part['name']}": part for part in manifest["attachments"]}
    return {name: {"size": part["size"], "sha256": part["sha256"]} for name, part in parts.items()}
