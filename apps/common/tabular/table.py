"""A table: its columns, where it came from, and its rows, streamed each time it is looped over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice

from django.utils.translation import gettext as _

from apps.common.tabular.cells import EMPTY, Cell, Kind, Limits, RawRow, Row
from apps.common.tabular.errors import RowError, shown, too_many_rows
from apps.common.tabular.headers import SAMPLE_ROWS, Header, find_header

REPEATED_NAMES = 3  # different values that are column names; fewer may be data
Opener = Callable[[], AbstractContextManager[Iterator[RawRow]]]


class Table:
    """Rows below a header. Looping reads the file again; nothing but one row is kept in memory.

    `encoding` and `delimiter` are empty for a workbook, `sheet` for a text file. `warnings` are
    sentences for the person who imports.
    """

    def __init__(
        self,
        opener: Opener,
        limits: Limits,
        *,
        header_row: int | None = None,
        origin: dict[str, str] | None = None,
        warnings: Sequence[str] = (),
    ) -> None:
        self._opener = opener
        self._limits = limits
        origin = origin or {}
        self.format = origin.get("format", "")
        self.encoding = origin.get("encoding", "")
        self.delimiter = origin.get("delimiter", "")
        self.sheet = origin.get("sheet", "")
        self.warnings = list(warnings)
        with opener() as rows:
            taken = SAMPLE_ROWS if header_row is None else max(header_row, SAMPLE_ROWS)
            self._header: Header = find_header(list(islice(rows, taken)), header_row)
        self._names = frozenset(self._header.columns)
        self._gapless = all(self._header.names)

    @property
    def columns(self) -> tuple[str, ...]:
        """List the names of the columns, as the file writes them but for spaces."""
        return self._header.columns

    @property
    def header_row(self) -> int:
        """Return the row of the names, as a spreadsheet counts."""
        return self._header.row

    def __iter__(self) -> Iterator[Row]:
        names = self._header.names
        columns = [(at, name) for at, name in enumerate(names) if name]
        count = 0
        with self._opener() as rows:
            for raw in rows:
                if raw.number <= self._header.row or _is_blank(raw.cells):
                    continue
                count += 1
                if count > self._limits.rows:
                    raise too_many_rows(self._limits.rows)
                cells, problems = self._shaped(raw)
                if self._gapless:
                    values = dict(zip(names, cells, strict=False))
                else:
                    values = {name: cells[at] for at, name in columns}
                yield Row(raw.number, values, problems, raw.hidden)

    def _repeats_header(self, cells: Sequence[Cell]) -> bool:
        """Tell a row of column names, perhaps shifted, among the data."""
        repeated = [cell.value for cell in cells if cell.value in self._names]
        if len(repeated) < 2:
            return False
        filled = sum(not cell.is_blank for cell in cells)
        return len(set(repeated)) >= REPEATED_NAMES or len(repeated) == filled

    def _shaped(self, raw: RawRow) -> tuple[Sequence[Cell], tuple[RowError, ...]]:
        """Give a row the width of the header, naming what does not fit."""
        width = len(self._header.names)
        cells = raw.cells
        problems = [_repeated(raw)] if self._repeats_header(cells) else []
        if len(cells) == width and self._gapless:
            return cells, tuple(problems)
        if len(cells) < width:
            if self.format == "csv":
                problems.append(_short(raw, width))
            cells = [*cells, *([EMPTY] * (width - len(cells)))]
        for at, cell in enumerate(cells):
            nameless = at >= width or not self._header.names[at]
            if nameless and not cell.is_blank and cell.kind is not Kind.BROKEN:
                problems.append(_stray(raw.number, at, cell))
        return cells, tuple(problems)


def column_letters(at: int) -> str:
    """Name a position as a spreadsheet does: A, B, … AA."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _is_blank(cells: Sequence[Cell]) -> bool:
    return all(cell.is_blank for cell in cells)


def _short(raw: RawRow, width: int) -> RowError:
    message = _("The row has %(count)s values, the header %(width)s names.")
    return RowError(
        raw.number, "", "", "short_row", message % {"count": len(raw.cells), "width": width}
    )


def _repeated(raw: RawRow) -> RowError:
    return RowError(raw.number, "", "", "repeated_header", _("The row repeats column names."))


def _stray(number: int, at: int, cell: Cell) -> RowError:
    letters = column_letters(at)
    message = _("“%(value)s” stands in column %(column)s, which has no name.")
    text = shown(cell)
    return RowError(
        number, letters, text, "stray_value", message % {"value": text, "column": letters}
    )
