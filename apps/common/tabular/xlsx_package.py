"""XLSX as a container: what is inside, whether it is safe to unpack, and its parts as events.

Sizes, ratios and counts are checked before anything is unpacked, and document type declarations end
the reading, so neither a bomb nor an entity gets anywhere.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _

from apps.common.tabular.cells import Limits
from apps.common.tabular.errors import TableError

CHUNK = 2**16
MAX_TAG = 2 * 2**20
SMALL_PART = 4 * 2**20  # below this a high ratio does no harm
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1

Attributes = dict[str, str]


@contextmanager
def opened(stream: IO[bytes], limits: Limits) -> Iterator[zipfile.ZipFile]:
    """Open the container after its checks; the caller's stream stays open."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            _check(archive, limits)
            yield archive
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise broken(_("the container is damaged")) from error


def broken(reason: str) -> TableError:
    """Make the error of a workbook that is not what it should be."""
    message = _("The workbook cannot be read: %(reason)s.") % {"reason": reason}
    return TableError(message, code="broken_workbook")


def _check(archive: zipfile.ZipFile, limits: Limits) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    inflated = any(
        member.file_size > SMALL_PART
        and member.file_size > limits.ratio * max(member.compress_size, 1)
        for member in members
    )
    if len(members) > limits.members:
        raise broken(_("it has %(count)s parts") % {"count": len(members)})
    if unpacked > limits.unpacked_bytes or inflated:
        raise TableError(
            _("The file unpacks to far more than a table needs (%(size)s MB) and is refused.")
            % {"size": unpacked // 2**20},
            code="unpacks_too_large",
        )
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise broken(_("it is protected by a password"))
    if any(member.compress_type not in _METHODS for member in members):
        raise broken(_("it is compressed in an unusual way"))
    _check_kind(set(archive.namelist()), archive)


def _check_kind(names: set[str], archive: zipfile.ZipFile) -> None:
    """Tell apart what comes in the same container as XLSX."""
    if "xl/workbook.bin" in names:
        raise TableError(
            _("Binary workbooks (.xlsb) are not read. Save it as .xlsx."), code="binary_workbook"
        )
    if "mimetype" in names and b"opendocument" in archive.open("mimetype").read(CHUNK):
        raise TableError(
            _("OpenDocument files (.ods) are not read. Save it as .xlsx or CSV."),
            code="open_document",
        )
    if "_rels/.rels" not in names:
        raise TableError(_("The file is not a workbook."), code="not_a_workbook")


def resolve(base: str, target: str) -> str:
    """Find the part that a relationship of another part points to."""
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), target))


def chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Unpack a part piece by piece."""
    try:
        member = archive.open(part)
    except KeyError:
        raise broken(_("%(part)s is missing") % {"part": part}) from None
    with member:
        while chunk := member.read(CHUNK):
            yield chunk


class Events:
    """A streaming XML parser with one method per element, by local name; no DTD, no entities."""

    def __init__(
        self,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        self._fed = 0
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = lambda name, attributes: start(_local(name), attributes)
        if end:
            parser.EndElementHandler = lambda name: end(_local(name))
        if text:
            parser.CharacterDataHandler = text

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        """Parse the next piece; a tag that does not end would be kept in memory."""
        self._fed += len(chunk)
        if self._fed - self._parser.CurrentByteIndex > MAX_TAG:
            raise broken(_("a tag in it does not end"))
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise broken(str(error)) from error

    @staticmethod
    def _refuse(*_declaration: object) -> None:
        raise TableError(
            _("The workbook declares a document type, which workbooks do not do. It is refused."),
            code="document_type",
        )


def _local(name: str) -> str:
    return name if ":" not in name else name.rpartition(":")[2]


def parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Parse a whole part."""
    events = Events(start, end, text)
    for chunk in chunks(archive, part):
        events.feed(chunk)
    events.feed(b"", last=True)


def attribute(attributes: Attributes, name: str) -> str | None:
    """Read an attribute by local name (r:id has whatever prefix the writer chose)."""
    if name in attributes:
        return attributes[name]
    return next((v for key, v in attributes.items() if key.endswith(":" + name)), None)
