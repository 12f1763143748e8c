"""Attachments in a backup: read through the storage, written beside it, exchanged by renaming."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from apps.common.services import attachments
from apps.operations.backup.errors import ArchiveError
from apps.operations.backup.programs import BLOCK


def stored_keys() -> Iterator[str]:
    """The keys of all stored files."""
    return attachments.stored_keys()


def content(key: str) -> Iterator[bytes]:
    """A stored file, block by block."""
    with attachments.open_stored(key) as source:
        while block := source.read(BLOCK):
            yield block


def size() -> int:
    """Bytes of all stored files, when they are on this machine."""
    folder = attachments.stored_folder()
    if not folder:
        return 0
    return sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())


class Shelf:
    """A folder the files of a backup are unpacked into, beside the one in use or inside it.

    Inside, when the folder in use is a mounted disk: renaming works on one disk only. A storage
    that is no folder has no shelf: keys are random and never written twice, so what is missing
    there is simply put back at the exchange.
    """

    def __init__(self, stamp: str, base: str | None = None) -> None:
        used = base if base is not None else attachments.stored_folder()
        self.used = Path(used) if used else None
        self.new = self._place("restored", stamp)
        self.kept = self._place("before", stamp)

    def _place(self, word: str, stamp: str) -> Path | None:
        if self.used is None:
            return None
        if os.path.ismount(self.used):
            return self.used / f".{word}_{stamp}"
        return self.used.with_name(f"{self.used.name}_{word}_{stamp}")

    def make(self) -> None:
        """Make the folder, for the owner's eyes only."""
        if self.new is not None:
            self.new.mkdir(mode=0o700, parents=True)

    def put(self, key: str, blocks: Iterable[bytes]) -> None:
        """Write one file of the backup."""
        if self.new is None:
            attachments.put_back(key, io.BytesIO(b"".join(blocks)))
            return
        path = self.new / _safe(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:  # noqa: PTH123 - a descriptor with narrow rights
            target.writelines(blocks)
            target.flush()
            os.fsync(target.fileno())

    def checksum(self, key: str) -> str:
        """SHA-256 of a file as it is on the shelf, or nothing when it is not there."""
        digest = hashlib.sha256()
        if self.new is None:
            for block in content(key):
                digest.update(block)
            return digest.hexdigest()
        path = self.new / _safe(key)
        if not path.is_file():
            return ""
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()

    def remove(self) -> None:
        """Take the shelf away again."""
        if self.new is None or not self.new.exists():
            return
        for path in sorted(self.new.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        self.new.rmdir()

    def exchange(self) -> None:
        """Put the shelf's files in the place of those in use, which are kept."""
        if self.used is None or self.new is None or self.kept is None:
            return
        self.used.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.kept.mkdir(mode=0o700)
        done: list[tuple[Path, Path]] = []
        try:
            for source, target in ((self.used, self.kept), (self.new, self.used)):
                for entry in sorted(source.iterdir()):
                    if entry.name.startswith("."):
                        continue
                    entry.rename(target / entry.name)
                    done.append((entry, target / entry.name))
            self.new.rmdir()
        except OSError:
            _undo(done)
            self.kept.rmdir()
            raise

    def exchange_back(self) -> None:
        """Undo the exchange: the database's own exchange failed."""
        if self.used is None or self.new is None or self.kept is None:
            return
        self.new.mkdir(mode=0o700)
        for source, target in ((self.used, self.new), (self.kept, self.used)):
            for entry in sorted(source.iterdir()):
                if not entry.name.startswith("."):
                    entry.rename(target / entry.name)
        self.kept.rmdir()


def _undo(done: list[tuple[Path, Path]]) -> None:
    for source, target in reversed(done):
        target.rename(source)


def _safe(key: str) -> str:
    """A key that stays inside its folder. Raises ArchiveError."""
    path = PurePosixPath(key)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\x00" in key:
        raise ArchiveError(
            _("The backup holds a file with an unsafe name: %(name)r.") % {"name": key[:100]},
            code="unsafe_name",
        )
    return str(path)
