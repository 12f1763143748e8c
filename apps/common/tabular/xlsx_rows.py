"""XLSX as rows: one pass over the bytes to judge a sheet, one over its XML to stream its rows."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from apps.common.tabular.cells import EMPTY, MERGED_CELL, Cell, Kind, Limits, RawRow
from apps.common.tabular.errors import TableError, too_many_rows
from apps.common.tabular.xlsx_package import Attributes, Events, broken, chunks
from apps.common.tabular.xlsx_values import cell_of
from apps.common.tabular.xlsx_workbook import TextCollector, Workbook

MAX_MERGES = 20_000
MAX_CHARACTERS = 131_072  # four times what a spreadsheet lets one type, and the limit of CSV
MERGED = Cell("", Kind.BROKEN, MERGED_CELL)
_OVERLAP = 4096
_ROW = re.compile(rb"<(?:\w+:)?row[ >/]")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)(?: [^>]*)?>[^<]")
_CORNER = rb"([A-Z]{1,3})([0-9]{1,7})"
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell [^>]*?ref=["']%b:%b["']""" % (_CORNER, _CORNER))
_HIDDEN = re.compile(rb"""hidden=["'](?:1|true)["']""")
_ROW_NUMBER = re.compile(r"[0-9]{1,7}$")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})$")


@dataclass(frozen=True, slots=True)
class Merge:
    """Cells shown as one; only the first holds the value."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Facts:
    """What the bytes of a sheet tell before it is parsed."""

    rows: int = 0
    has_values: bool = False
    has_hidden: bool = False
    merges: list[Merge] = field(default_factory=list)


def survey(archive: zipfile.ZipFile, part: str, limits: Limits) -> Facts:
    """Count rows and find merged cells without parsing; refuses too many rows at once."""
    facts = Facts()
    tail = b""
    for chunk in chunks(archive, part):
        if not tail and chunk[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            raise broken(_("its sheets are not in UTF-8"))
        piece = tail + chunk
        cut = piece.rfind(b"<")  # an element cut in two is looked at with the next chunk
        if cut < 0 or len(piece) - cut > _OVERLAP:
            cut = len(piece)
        tail = piece[cut:]
        _look_at(piece[:cut], facts)
        if facts.rows > limits.rows:
            raise too_many_rows(limits.rows)
    _look_at(tail, facts)
    return facts


def _look_at(piece: bytes, facts: Facts) -> None:
    facts.rows += len(_ROW.findall(piece))
    facts.has_values = facts.has_values or _VALUE.search(piece) is not None
    facts.has_hidden = facts.has_hidden or _HIDDEN.search(piece) is not None
    for left, top, right, bottom in _MERGE.findall(piece):
        facts.merges.append(
            Merge(int(top), _column(left.decode()), int(bottom), _column(right.decode()))
        )
        if len(facts.merges) > MAX_MERGES:
            raise broken(_("it has too many merged cells"))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


class _Sheet:
    """Gathers cells between the events of one worksheet."""

    def __init__(self, workbook: Workbook, limits: Limits) -> None:
        self.done: list[RawRow] = []
        self._workbook = workbook
        self._limits = limits
        self._number = 0
        self._hidden = False
        self._cells: list[Cell] = []
        self._cell: Attributes = {}
        self._formula = False
        self._pieces: list[str] = []
        self._size = 0
        self._in_value = False
        self._inline = TextCollector()
        self._in_inline = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Enter a row, a cell or one of its parts."""
        if name == "v":
            self._in_value = True
        elif name == "c":
            self._cell, self._formula, self._size = attributes, False, 0
        elif name == "row":
            given = attributes.get("r", "")
            self._number = int(given) if _ROW_NUMBER.match(given) else self._number + 1
            self._hidden = attributes.get("hidden") in {"1", "true"}
            self._cells = []
        elif name == "f":
            self._formula = True
        elif name == "is":
            self._in_inline = True
        elif self._in_inline:
            self._inline.start(name)

    def text(self, piece: str) -> None:
        """Take characters of a value."""
        self._size += len(piece)
        if self._size > MAX_CHARACTERS:
            raise TableError(
                _("Row %(row)s has a value of more than %(limit)s characters.")
                % {"row": self._number, "limit": MAX_CHARACTERS},
                code="value_too_long",
                row=self._number,
            )
        if self._in_value:
            self._pieces.append(piece)
        elif self._in_inline:
            self._inline.text(piece)

    def end(self, name: str) -> None:
        """Leave a part, a cell or a row."""
        if name == "v":
            self._in_value = False
        elif name == "c":
            self._finish_cell()
        elif name == "row":
            self.done.append(RawRow(self._number, self._cells, self._hidden))
            self._cells = []
        elif name == "is":
            self._in_inline = False
        elif self._in_inline:
            self._inline.end(name)

    def _finish_cell(self) -> None:
        kind = self._cell.get("t", "n")
        raw, inline = "".join(self._pieces), self._inline.take()
        self._pieces.clear()
        if kind == "inlineStr":
            raw = inline
        style = self._cell.get("s", "0")
        cell = cell_of(kind, style, raw, self._workbook, formula=self._formula)
        if cell is not EMPTY:
            self._place(cell)
        elif "r" not in self._cell:
            self._cells.append(EMPTY)

    def _place(self, cell: Cell) -> None:
        reference = _REFERENCE.match(self._cell.get("r", ""))
        at = _column(reference.group(1)) if reference else len(self._cells)
        if at >= self._limits.columns:
            raise TableError(
                _("The table has more than %(count)s columns.") % {"count": self._limits.columns},
                code="too_many_columns",
            )
        if at < len(self._cells):
            raise broken(_("a row has two values in one cell"))
        self._cells.extend([EMPTY] * (at - len(self._cells)))
        self._cells.append(cell)


def rows(
    archive: zipfile.ZipFile, part: str, workbook: Workbook, merges: Sequence[Merge], limits: Limits
) -> Generator[RawRow, None, None]:
    """Stream the rows of a sheet, with the cells that merging left without a value marked."""
    sheet = _Sheet(workbook, limits)
    events = Events(sheet.start, sheet.end, sheet.text)
    marks = _Marks(merges, limits)
    for chunk in chunks(archive, part):
        events.feed(chunk)
        for row in sheet.done:
            yield marks.on(row)
        sheet.done.clear()
    events.feed(b"", last=True)


class _Marks:
    """Merged ranges in the order of rows, so that each row looks only at those it is in."""

    def __init__(self, merges: Sequence[Merge], limits: Limits) -> None:
        self._waiting = sorted(merges, key=lambda merge: -merge.top)
        self._active: list[Merge] = []
        self._columns = limits.columns

    def on(self, row: RawRow) -> RawRow:
        """Mark the row's blank cells that belong to a range beginning elsewhere."""
        while self._waiting and self._waiting[-1].top <= row.number:
            self._active.append(self._waiting.pop())
        self._active = [merge for merge in self._active if merge.bottom >= row.number]
        if not self._active or all(cell.is_blank for cell in row.cells):
            return row
        covered = [at for merge in self._active for at in self._covered(merge, row.number)]
        cells = list(row.cells)
        cells.extend([EMPTY] * (max(covered, default=-1) + 1 - len(cells)))
        for at in covered:
            if cells[at].is_blank:
                cells[at] = MERGED
        return row._replace(cells=cells)

    def _covered(self, merge: Merge, row: int) -> range:
        """List the columns of a range in a row, but for the cell that holds its value."""
        if len(self._active) > self._columns:
            raise broken(_("its merged cells overlap"))
        first = merge.left + (row == merge.top)
        return range(first, min(merge.right + 1, self._columns))
