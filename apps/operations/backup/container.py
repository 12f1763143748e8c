"""The archive file: a readable header, sealed pieces, an end mark; inside, one part after another.

    ERPBACKUP | length | header as JSON | its SHA-256 | pieces of 1 MiB + 16 … | end mark

Both sides stream: neither a database nor a file is ever held in memory or written down in clear.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from apps.operations.backup.errors import ArchiveError
from apps.operations.backup.seals import (
    PLAIN,
    TAG,
    BrokenSealError,
    Checked,
    Encrypted,
    Seal,
    find_key,
    key_id,
)

MAGIC = b"ERPBACKUP\n"
END = b"\nERP BACKUP END\n"
FORMAT = 1
PIECE = 1024 * 1024
LONGEST_HEADER = 65536
NUMBER = struct.Struct(">I")


@dataclass(frozen=True)
class Header:
    """What has to be known before a single piece is opened; the seals vouch for it."""

    created_at: str
    app_version: str
    engine: str
    database_version: str
    key: str
    salt: str
    format: int = FORMAT

    def seal(self, keys: Sequence[str], packed: bytes) -> Seal:
        """The seal of this archive. Raises ArchiveError when its key is not among ours."""
        context = hashlib.sha256(packed).digest()
        if self.key == PLAIN:
            return Checked(context)
        key = find_key(self.key, keys)
        if key is None:
            raise _missing_key(self.key, keys)
        return Encrypted(key, bytes.fromhex(self.salt), context)


class Writer:
    """Writes one archive into an open file; `sha256` is that of the whole file."""

    def __init__(self, target: IO[bytes], header: Header, keys: Sequence[str]) -> None:
        self._target = target
        self._sum = hashlib.sha256()
        self._buffer = bytearray()
        self._index = self.size = 0
        packed = json.dumps(asdict(header), sort_keys=True).encode()
        self._seal = header.seal(keys, packed)
        self._write(MAGIC + NUMBER.pack(len(packed)) + packed + hashlib.sha256(packed).digest())

    def part(self, name: str, blocks: Iterable[bytes]) -> dict[str, Any]:
        """Write one part and return its name, size and SHA-256."""
        total, digest = 0, hashlib.sha256()
        packed = json.dumps({"name": name}).encode()
        self._put(NUMBER.pack(len(packed)) + packed)
        for block in blocks:
            if block:
                self._put(NUMBER.pack(len(block)) + block)
                digest.update(block)
                total += len(block)
        self._put(NUMBER.pack(0))
        return {"name": name, "size": total, "sha256": digest.hexdigest()}

    def finish(self) -> str:
        """Close the last piece; gives the SHA-256 of the file."""
        self._put(NUMBER.pack(0))
        while len(self._buffer) > PIECE:
            self._piece(last=False)
        self._piece(last=True)
        self._write(END)
        return self._sum.hexdigest()

    def _put(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) > PIECE:
            self._piece(last=False)

    def _piece(self, *, last: bool) -> None:
        piece = bytes(self._buffer[:PIECE])
        del self._buffer[:PIECE]
        self._write(self._seal.close(self._index, piece, last=last))
        self._index += 1

    def _write(self, data: bytes) -> None:
        self._target.write(data)
        self._sum.update(data)
        self.size += len(data)


class Reader:
    """Reads an archive; whatever is wrong with it is named (ArchiveError)."""

    def __init__(self, path: Path, source: IO[bytes]) -> None:
        self._name = path.name
        self._source = source
        self._size = path.stat().st_size
        if source.read(len(MAGIC)) != MAGIC:
            raise ArchiveError(
                _("%(file)s is not a backup of this system.") % {"file": self._name},
                code="not_an_archive",
            )
        self._packed = self._read_header()
        self.header = self._parse()

    def _read_header(self) -> bytes:
        length = self._source.read(NUMBER.size)
        size = NUMBER.unpack(length)[0] if len(length) == NUMBER.size else 0
        packed = self._source.read(size) if 0 < size <= LONGEST_HEADER else b""
        if not packed or self._source.read(32) != hashlib.sha256(packed).digest():
            raise self._damaged(_("its header"))
        return packed

    def _parse(self) -> Header:
        try:
            values = json.loads(self._packed)
            newer = values["format"] > FORMAT
            header = None if newer else Header(**values)
        except (KeyError, TypeError, ValueError):
            raise self._damaged(_("its header")) from None
        if header is None:
            raise ArchiveError(
                _("%(file)s has the newer format %(format)s; restore it with a newer version.")
                % {"file": self._name, "format": values["format"]},
                code="newer_format",
            )
        return header

    def parts(self, keys: Sequence[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Each part's name and content, in the order they were written; read each to its end."""
        self._stream = _Stream(self._pieces(keys))
        while True:
            try:
                (length,) = NUMBER.unpack(self._stream.take(NUMBER.size))
                if length == 0:
                    break
                name = json.loads(self._stream.take(length))["name"]
            except (EOFError, KeyError, ValueError):
                raise self._damaged(_("its list of parts")) from None
            yield name, self._blocks()

    def _blocks(self) -> Iterator[bytes]:
        try:
            while length := NUMBER.unpack(self._stream.take(NUMBER.size))[0]:
                yield self._stream.take(length)
        except EOFError:
            raise self._damaged(_("its list of parts")) from None

    def _pieces(self, keys: Sequence[str]) -> Iterator[bytes]:
        seal = self.header.seal(keys, self._packed)
        self._refuse_cut()
        left = self._size - self._source.tell() - len(END)
        index = 0
        while left > 0:
            sealed = self._source.read(min(PIECE + TAG, left))
            left -= len(sealed)
            try:
                yield seal.open(index, sealed, last=not left)
            except BrokenSealError:
                where = _("piece %(number)d of 1 MiB") % {"number": index + 1}
                raise self._damaged(where) from None
            index += 1
            if not sealed:
                raise self._damaged(_("its end"))

    def _refuse_cut(self) -> None:
        """A file without its end mark was cut short, on the way here or while it was written."""
        here = self._source.tell()
        self._source.seek(max(here, self._size - len(END)))
        if self._source.read() != END:
            raise ArchiveError(
                _("%(file)s ends too early: it was cut short. Take another backup.")
                % {"file": self._name},
                code="truncated",
            )
        self._source.seek(here)

    def _damaged(self, where: str) -> ArchiveError:
        return ArchiveError(
            _("%(file)s is damaged (%(where)s). Take another backup.")
            % {"file": self._name, "where": where},
            code="corrupted",
        )


class _Stream:
    """The opened pieces as one stream of bytes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._buffer = bytearray()

    def take(self, length: int) -> bytes:
        """Exactly so many bytes. Raises EOFError."""
        while len(self._buffer) < length:
            piece = next(self._pieces, None)
            if piece is None:
                raise EOFError
            self._buffer += piece
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken


def _missing_key(wanted: str, keys: Sequence[str]) -> ArchiveError:
    if not keys:
        return ArchiveError(
            _("The backup is encrypted with key %(key)s, and ERP_BACKUP_KEY is not set.")
            % {"key": wanted},
            code="no_key",
        )
    return ArchiveError(
        _("The backup is encrypted with key %(key)s; ERP_BACKUP_KEY holds %(ours)s.")
        % {"key": wanted, "ours": ", ".join(key_id(key) for key in keys)},
        code="wrong_key",
    )
