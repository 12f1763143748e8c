"""Making a backup: one moment of the database, all files, and a manifest of what is in it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.operations.backup import engines, facts, files
from apps.operations.backup.container import FORMAT, Header, Writer
from apps.operations.backup.errors import BackupError
from apps.operations.backup.folder import (
    ENDING,
    PART,
    alone,
    refuse_without_room,
    stamp,
    whole_file,
)
from apps.operations.backup.seals import PLAIN, SALT, key_id
from apps.operations.backup.version import app_version

DATABASE = "database"
MANIFEST = "manifest"
FILE = "file:"


@dataclass(frozen=True)
class Made:
    """A backup that is complete and on the disk."""

    path: Path
    size: int
    sha256: str
    started_at: datetime
    finished_at: datetime
    manifest: dict[str, Any]

    @property
    def is_encrypted(self) -> bool:
        return bool(self.manifest["key"] != PLAIN)


def ours() -> list[str]:
    """The keys of this installation."""
    return list(settings.OPERATING.backup_keys)


def make(
    *, plain: bool = False, into: Path | None = None, keys: Sequence[str] | None = None
) -> Made:
    """Make one backup, in the folder for them and with our key unless told otherwise.

    Raises BackupError; nothing that looks complete is left behind then.
    """
    keys = _keys(plain=plain) if keys is None else keys
    with alone(into) as folder:
        engine = engines.current()
        if not engine.exists():
            raise BackupError(_("There is no database to back up."), code="no_database")
        refuse_without_room(folder, needed(engine))
        moment = stamp()
        scratch = folder / f".{moment}{PART}"
        scratch.mkdir(mode=0o700)
        try:
            return _write(folder / f"erp_{moment}{ENDING}", scratch, engine, keys)
        except OSError as error:
            raise BackupError(
                _("The backup could not be written: %(why)s") % {"why": error.strerror or error},
                code="not_written",
            ) from error
        finally:
            scratch.rmdir()


def needed(engine: engines.Engine) -> int:
    """Bytes a backup takes at most: nothing is assumed of compression; SQLite is copied first."""
    copies = 2 if engine.vendor == "sqlite" else 1
    return engine.size() * copies + files.size()


def _keys(*, plain: bool) -> list[str]:
    if plain:
        return []
    keys = ours()
    if not keys and not settings.DEBUG:
        raise BackupError(
            _(
                "ERP_BACKUP_KEY is not set, so whoever finds the backup could read it. "
                "Set a key, or say --plain when that is meant."
            ),
            code="not_encrypted",
        )
    return keys


def _write(path: Path, scratch: Path, engine: engines.Engine, keys: Sequence[str]) -> Made:
    started_at = timezone.now()
    header = Header(
        created_at=started_at.astimezone(UTC).isoformat(),
        app_version=app_version(),
        engine=engine.vendor,
        database_version=engine.version(),
        key=key_id(keys[0]) if keys else PLAIN,
        salt=secrets.token_hex(SALT),
    )
    with whole_file(path) as target:
        writer = Writer(target, header, keys)
        with engine.moment(scratch) as blocks:
            known = facts.gather()
            parts = [writer.part(DATABASE, blocks)]
        stored = [
            {**writer.part(f"{FILE}{key}", files.content(key)), "name": key}
            for key in files.stored_keys()
        ]
        manifest = {
            "format": FORMAT,
            "app_version": header.app_version,
            "engine": header.engine,
            "database_version": header.database_version,
            "key": header.key,
            "started_at": header.created_at,
            "finished_at": timezone.now().astimezone(UTC).isoformat(),
            "parts": parts,
            "attachments": stored,
            "facts": known,
        }
        writer.part(MANIFEST, [json.dumps(manifest, ensure_ascii=False).encode()])
        digest = writer.finish()
    return Made(path, writer.size, digest, started_at, timezone.now(), manifest)
