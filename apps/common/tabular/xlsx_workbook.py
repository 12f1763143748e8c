"""XLSX as a workbook: its sheets, its shared texts, and which number formats mean dates."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from apps.common.numbers import whole_number
from apps.common.tabular.cells import Limits
from apps.common.tabular.errors import TableError
from apps.common.tabular.xlsx_package import Attributes, attribute, broken, parse, resolve

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DURATION = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_DATE_LETTERS = re.compile(r"[dmyhs年月日时分秒]", re.IGNORECASE)


class Look(StrEnum):
    """What a number format makes of a number."""

    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet of the workbook, in the order of its tabs."""

    name: str
    part: str
    visible: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the sheets refer to; `looks` by style number, `texts` by index."""

    sheets: tuple[Sheet, ...]
    other_sheets: tuple[str, ...]
    looks: tuple[Look, ...]
    texts: tuple[str, ...]
    from_1904: bool


def read_workbook(archive: zipfile.ZipFile, limits: Limits) -> Workbook:
    """Read everything but the sheets."""
    part = _main_part(archive)
    relations = _relations(archive, part)
    listed: list[Attributes] = []
    properties: Attributes = {}

    def start(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            listed.append(attributes)
        elif name == "workbookPr":
            properties.update(attributes)

    parse(archive, part, start)
    sheets: list[Sheet] = []
    other: list[str] = []
    for attributes in listed:
        kind, target = relations.get(attribute(attributes, "id") or "", ("", ""))
        if kind == "worksheet":
            visible = attributes.get("state", "visible") == "visible"
            sheets.append(Sheet(attributes.get("name", ""), target, visible))
        else:
            other.append(attributes.get("name", ""))
    by_kind = dict(relations.values())
    return Workbook(
        tuple(sheets),
        tuple(other),
        _looks(archive, by_kind.get("styles")),
        _shared_texts(archive, by_kind.get("sharedStrings"), limits),
        properties.get("date1904", "") in {"1", "true", "on"},
    )


def _main_part(archive: zipfile.ZipFile) -> str:
    for kind, target in _relations(archive, "").values():
        if kind == "officeDocument" and target.startswith("xl/"):
            return target
    raise TableError(_("The file is not a workbook."), code="not_a_workbook")


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Map relationship ids of a part to their kind and target."""
    folder, _slash, name = part.rpartition("/")
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = resolve(part, attributes.get("Target", ""))
            found[attributes.get("Id", "")] = (kind, target)

    parse(archive, f"{folder}/_rels/{name}.rels".lstrip("/"), start)
    return found


def _looks(archive: zipfile.ZipFile, part: str | None) -> tuple[Look, ...]:
    """Say for each cell style what it shows a number as."""
    if part is None or part not in archive.namelist():
        return ()
    codes: dict[str, str] = {}
    styles: list[str] = []
    inside: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        inside.append(name)
        if name == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "xf" and "cellXfs" in inside:
            styles.append(attributes.get("numFmtId", "0"))

    def end(_name: str) -> None:
        inside.pop()

    parse(archive, part, start, end)
    return tuple(_look(number, codes.get(number)) for number in styles)


def _look(number: str, code: str | None) -> Look:
    if code is not None:
        return look_of(code)
    if number in {"9", "10"}:
        return Look.PERCENT
    if number == "46":
        return Look.DURATION
    built_in = whole_number(number) or 0
    dates = (range(14, 23), range(27, 37), range(45, 48), range(50, 59))
    return Look.DATE if any(built_in in span for span in dates) else Look.NUMBER


def look_of(code: str) -> Look:
    """Read a format code: quoted texts, colours and conditions do not count."""
    shape = _QUOTED.sub("", code.partition(";")[0])
    if _DURATION.search(shape):
        return Look.DURATION
    if shape.strip().lower() in {"general", "standard", "@", ""}:
        return Look.NUMBER
    if "%" in shape:
        return Look.PERCENT
    return Look.DATE if _DATE_LETTERS.search(shape) else Look.NUMBER


class TextCollector:
    """The text of <si> and <is>: runs joined, phonetic hints left out."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._phonetic = False
        self._open = False

    def start(self, name: str) -> None:
        """Enter an element."""
        if name == "rPh":
            self._phonetic = True
        self._open = name == "t" and not self._phonetic

    def end(self, name: str) -> None:
        """Leave an element."""
        if name == "rPh":
            self._phonetic = False
        self._open = False

    def text(self, piece: str) -> None:
        """Take characters."""
        if self._open:
            self._pieces.append(piece)

    def take(self) -> str:
        """Return what was gathered and start afresh."""
        joined = "".join(self._pieces)
        self._pieces.clear()
        return unescape(joined)


def unescape(text: str) -> str:
    """Undo _x000D_: how the format writes characters XML cannot hold."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text)


def _shared_texts(archive: zipfile.ZipFile, part: str | None, limits: Limits) -> tuple[str, ...]:
    if part is None or part not in archive.namelist():
        return ()
    collector = TextCollector()
    texts: list[str] = []

    def end(name: str) -> None:
        collector.end(name)
        if name == "si":
            texts.append(collector.take())
            if len(texts) > limits.shared_strings:
                raise broken(_("it has too many different texts"))

    parse(archive, part, lambda name, _attributes: collector.start(name), end, collector.text)
    return tuple(texts)
