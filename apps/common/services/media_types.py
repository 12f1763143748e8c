"""What a file is, by its content: an allow-list, and no file that is two things at once."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

import puremagic
from django.utils.translation import gettext as _

from apps.common.errors import InvalidInputError

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
HEAD_BYTES = 4096
TAIL_BYTES = 66 * 1024  # an archive's end, with the longest comment it may have
SCAN_BYTES = 1024 * 1024
_ARCHIVE_END = b"PK\x05\x06"
# What a browser would run if it were talked into showing the file as a page.
_PAGE = (b"<script", b"<html", b"<svg", b"<!doctype", b"<iframe")


@dataclass(frozen=True)
class Kind:
    """A kind of file people may attach: its endings, and the name content detection gives it."""

    media_type: str
    endings: tuple[str, ...]
    magic: tuple[str, ...] = ()
    part: str = ""  # an entry that an archive of this kind has


KINDS = (
    Kind("application/pdf", (".pdf",), (".pdf",)),
    Kind("image/png", (".png",), (".png",)),
    Kind("image/jpeg", (".jpg", ".jpeg"), (".jpg", ".jpeg", ".jfif")),
    Kind("image/gif", (".gif",), (".gif",)),
    Kind("image/webp", (".webp",), (".webp",)),
    Kind("application/msword", (".doc",), (".doc",)),
    Kind("application/vnd.ms-excel", (".xls",), (".xls", ".doc")),
    Kind("application/vnd.ms-powerpoint", (".ppt",), (".ppt", ".doc")),
    Kind(f"{_OFFICE}.wordprocessingml.document", (".docx",), part="word/document.xml"),
    Kind(f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",), part="xl/workbook.xml"),
    Kind(f"{_OFFICE}.presentationml.presentation", (".pptx",), part="ppt/presentation.xml"),
    Kind(f"{_OPEN}.text", (".odt",), part="content.xml"),
    Kind(f"{_OPEN}.spreadsheet", (".ods",), part="content.xml"),
    Kind("application/zip", (".zip",)),
    Kind("text/csv", (".csv",)),
    Kind("text/plain", (".txt", ".log", ".md")),
    Kind("model/step", (".step", ".stp")),
)
_BY_ENDING = {ending: kind for kind in KINDS for ending in kind.endings}
_TEXT = frozenset({"text/csv", "text/plain", "model/step"})
_OLE = frozenset(
    {"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"}
)


def endings() -> list[str]:
    """The endings of files that are accepted, for the file picker."""
    return sorted(_BY_ENDING)


def detect(name: str, content: IO[Any]) -> str:
    """The media type of a file whose name and content agree.

    Raises InvalidInputError for a kind that is not accepted, for an ending that does not fit the
    content, and for a file that could be read as something else as well. Archives are looked at
    by their table of contents only; nothing is ever unpacked.
    """
    kind = _BY_ENDING.get(PurePath(name.lower()).suffix)
    if kind is None:
        raise _refused(_("Files of this kind are not accepted."), "file_type_not_allowed")
    head, tail = _ends(content)
    if not _fits(kind, head, content):
        raise _refused(
            _("The content of this file is not what its name says."), "file_content_mismatch"
        )
    if kind.magic and _is_two_things(kind, content, tail):
        raise _refused(_("This file is two things at once."), "file_polyglot")
    return kind.media_type


def _fits(kind: Kind, head: bytes, content: IO[Any]) -> bool:
    if kind.media_type in _TEXT:
        return _is_text(head, content) and not _is_page(head)
    if head.startswith(b"PK"):
        return _is_archive(kind, content)
    return _is_binary(kind, head)


def _refused(message: str, code: str) -> InvalidInputError:
    return InvalidInputError(message, code=code, errors={"file": [message]})


def _ends(content: IO[Any]) -> tuple[bytes, bytes]:
    content.seek(0)
    head = bytes(content.read(HEAD_BYTES))
    content.seek(0, 2)
    content.seek(max(0, content.tell() - TAIL_BYTES))
    tail = bytes(content.read(TAIL_BYTES))
    content.seek(0)
    return head, tail


def _is_text(head: bytes, content: IO[Any]) -> bool:
    """Text in one of the encodings people's tools write; a NUL gives a binary away."""
    content.seek(0)
    sample = bytes(content.read(SCAN_BYTES))
    content.seek(0)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decodes(sample, "utf-16")
    return b"\x00" not in sample and any(_decodes(sample, name) for name in ("utf-8", "gb18030"))


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start > len(sample) - 8 and len(sample) >= SCAN_BYTES
    return True


def _is_page(head: bytes) -> bool:
    """Whether a browser that guesses would take it for a page."""
    start = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()[:512]
    return start.startswith((b"<", b"%!ps")) or any(mark in start for mark in _PAGE)


def _is_archive(kind: Kind, content: IO[Any]) -> bool:
    """An archive by its table of contents: an office file has the part that makes it one."""
    if not kind.part and kind.media_type != "application/zip":
        return False
    try:
        with zipfile.ZipFile(content) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, UnicodeDecodeError):
        return False
    finally:
        content.seek(0)
    return not kind.part or kind.part in names


def _is_binary(kind: Kind, head: bytes) -> bool:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return False
    starting = {match.extension for match in found if match.offset == 0}
    return bool(starting & set(kind.magic)) and not _is_page(head)


def _is_two_things(kind: Kind, content: IO[Any], tail: bytes) -> bool:
    """A document that is an archive as well, or an image that is a page as well."""
    if _ARCHIVE_END in tail:
        return True
    if not kind.media_type.startswith("image/"):
        return False
    content.seek(0)
    body = bytes(content.read(SCAN_BYTES)).lower()
    content.seek(0)
    return any(mark in body for mark in _PAGE)
