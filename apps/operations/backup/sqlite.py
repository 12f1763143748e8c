"""SQLite: copied by its online backup, restored as a new file, exchanged by renaming."""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.utils.translation import gettext as _

from apps.operations.backup.errors import BackupError
from apps.operations.backup.looking import aimed_at, config_of, let_go
from apps.operations.backup.programs import BLOCK

BESIDE = ("-wal", "-shm", "-journal")


class Sqlite:
    """The database our settings name, when it is a file."""

    vendor = "sqlite"

    def __init__(self) -> None:
        self.path = Path(config_of()["NAME"])

    def version(self) -> str:
        """The version of the library: files of all of them can be read by each."""
        return sqlite3.sqlite_version

    def size(self) -> int:
        """Bytes the database takes on disk."""
        files = [self.path, *(self.path.with_name(self.path.name + end) for end in BESIDE)]
        return sum(file.stat().st_size for file in files if file.exists())

    def beside(self, word: str, stamp: str) -> str:
        """The name of another database beside ours."""
        return str(self.path.with_name(f"{self.path.stem}_{word}_{stamp}{self.path.suffix}"))

    @contextmanager
    def moment(self, scratch: Path) -> Iterator[Iterator[bytes]]:
        """One moment of the database: asked by every query inside, and given as blocks."""
        copy = scratch / "database.sqlite3"
        try:
            self._copy(copy)
            with aimed_at(config_of(str(copy))):
                yield _compressed(copy)
        finally:
            remove(str(copy))

    def _copy(self, copy: Path) -> None:
        if not self.path.exists():
            raise BackupError(
                _("There is no database %(name)s.") % {"name": self.path.name}, code="no_database"
            )
        remove(str(copy))
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with (
            closing(
                sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True)
            ) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            try:
                source.backup(target)
                target.execute("PRAGMA journal_mode=DELETE")
                found = [row[0] for row in target.execute("PRAGMA integrity_check(3)")]
            except sqlite3.DatabaseError as error:
                found = [str(error)]
        if found != ["ok"]:
            raise BackupError(
                _("The database is damaged: %(what)s. Find out by erp_verify; restore a backup.")
                % {"what": "; ".join(found)},
                code="source_damaged",
            )

    def exists(self, name: str | None = None) -> bool:
        """Whether there is such a database."""
        return Path(name or self.path).exists()

    def load(self, name: str, blocks: Iterable[bytes]) -> None:
        """Make a new database from what a backup holds."""
        unpack = zlib.decompressobj()
        with open(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:  # noqa: PTH123 - a descriptor with narrow rights
            target.writelines(unpack.decompress(block) for block in blocks)
            target.write(unpack.flush())
            target.flush()
            os.fsync(target.fileno())

    def drop(self, name: str) -> None:
        """Remove a database that is not ours."""
        remove(name)

    def family(self) -> list[str]:
        """Our database and those beside it."""
        return sorted(str(path) for path in self.path.parent.glob(f"*{self.path.suffix or ''}"))

    def sessions(self) -> list[str]:
        """Who else has the database open: SQLite tells only whether somebody has."""
        let_go()
        if not self.exists():
            return []
        with closing(sqlite3.connect(self.path, timeout=1)) as connection:
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.execute("PRAGMA journal_mode=DELETE")
                connection.execute("BEGIN EXCLUSIVE")
                connection.execute("ROLLBACK")
            except sqlite3.OperationalError as error:
                return [_("a process that has the file open (%(why)s)") % {"why": error}]
            except sqlite3.DatabaseError:
                return []  # so damaged that nobody can work with it
        return []

    def stop_sessions(self) -> None:
        """Nobody can be thrown out of a file."""

    def welcome(self) -> None:
        """Nothing was closed to anybody."""

    def exchange(self, new: str, kept: str) -> None:
        """Put a new database in the place of ours, which is kept under another name."""
        let_go()
        live = str(self.path)
        moved = []
        try:
            for end in ("", *BESIDE):
                if Path(live + end).exists():
                    Path(live + end).rename(kept + end)
                    moved.append(end)
            Path(new).rename(live)
        except OSError:
            for end in moved:
                Path(kept + end).rename(live + end)
            raise
        _keep_folder(self.path.parent)


def remove(name: str) -> None:
    """Remove a file of SQLite with what lies beside it."""
    for end in ("", *BESIDE):
        with suppress(FileNotFoundError):
            Path(name + end).unlink()


def _compressed(path: Path) -> Iterator[bytes]:
    pack = zlib.compressobj(3)
    with path.open("rb") as source:
        while block := source.read(BLOCK):
            yield pack.compress(block)
    yield pack.flush()


def _keep_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
