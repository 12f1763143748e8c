"""Which row names the columns: found when it is clear, asked for when it is not."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.common.tabular.cells import MERGED_CELL, Cell, Kind, RawRow
from apps.common.tabular.errors import TableError

SAMPLE_ROWS = 60
NEAR = 5  # rows below a narrow first row that may turn out to be the header

_NUMBER_OR_DATE = re.compile(r"\s*[+-]?[0-9][0-9.,:/\- ]*%?\s*")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Header:
    """The row of names; a position without a name has an empty one."""

    row: int
    names: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """List the names without the gaps."""
        return tuple(name for name in self.names if name)


def find_header(sample: Sequence[RawRow], row: int | None = None) -> Header:
    """Find the header among the first rows, or take the given one (as a spreadsheet counts)."""
    filled = [raw for raw in sample if _filled(raw)]
    if not filled:
        raise TableError(_("The table is empty."), code="empty")
    found = _given(filled, row) if row else _first_full_row(filled)
    if any(cell.kind is Kind.BROKEN and cell.note != MERGED_CELL for cell in found.cells):
        message = _("A column name in row %(row)s is a formula error.") % {"row": found.number}
        raise TableError(message, code="broken_header", row=found.number)
    header = Header(found.number, _names(found.cells))
    _refuse_duplicates(header)
    return header


def name_of(cell: Cell) -> str:
    """Tidy a column's name: one space between words, nothing invisible."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", str(cell))).split())


def key_of(name: str) -> str:
    """Return what two names share when a person would take them for the same."""
    return unicodedata.normalize("NFKC", name).casefold()


def _filled(raw: RawRow) -> list[int]:
    """List the positions with content; a merged title fills one."""
    return [
        at for at, cell in enumerate(raw.cells) if not cell.is_blank and cell.note != MERGED_CELL
    ]


def _given(filled: Sequence[RawRow], row: int) -> RawRow:
    for raw in filled:
        if raw.number == row:
            return raw
    message = _("Row %(row)s has no column names.") % {"row": row}
    raise TableError(message, code="no_header", row=row)


def _first_full_row(filled: Sequence[RawRow]) -> RawRow:
    """Skip title rows (one value above a wider table); refuse what could be read in two ways."""
    spans = Counter(_filled(raw)[-1] + 1 for raw in filled)
    usual = max(spans.items(), key=lambda found: (found[1], found[0]))[0]
    titles = 0
    if usual > 1:
        while titles < len(filled) - 1 and len(_filled(filled[titles])) == 1:
            titles += 1
    found = filled[titles]
    _refuse_data(found)
    if _filled(found)[-1] + 1 < usual:
        _refuse_second_candidate(found, filled[titles + 1 : titles + 1 + NEAR], usual)
    return found


def _refuse_data(raw: RawRow) -> None:
    """Refuse a first row of numbers and dates: the file has no names."""
    cells = [raw.cells[at] for at in _filled(raw)]
    data = [cell for cell in cells if _is_data(cell)]
    if data and _is_data(cells[0]) and len(data) * 2 >= len(cells):
        raise TableError(
            _("Row %(row)s looks like data, not like column names (%(values)s).")
            % {"row": raw.number, "values": ", ".join(map(str, cells[:5]))},
            code="no_header",
            row=raw.number,
        )


def _is_data(cell: Cell) -> bool:
    if cell.kind is Kind.TEXT:
        return bool(_NUMBER_OR_DATE.fullmatch(str(cell)))
    return not cell.is_blank


def _refuse_second_candidate(found: RawRow, below: Sequence[RawRow], usual: int) -> None:
    for raw in below:
        cells = [raw.cells[at] for at in _filled(raw)]
        if len(cells) >= usual and not any(_is_data(cell) for cell in cells):
            raise TableError(
                _("Row %(first)s or row %(second)s could name the columns: say which.")
                % {"first": found.number, "second": raw.number},
                code="ambiguous_header",
                rows=[found.number, raw.number],
            )


def _names(cells: Sequence[Cell]) -> tuple[str, ...]:
    names = [name_of(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _refuse_duplicates(header: Header) -> None:
    counted = Counter(key_of(name) for name in header.columns)
    twice = [name for name in header.columns if counted[key_of(name)] > 1]
    if twice:
        raise TableError(
            _("Several columns have the same name: %(names)s.") % {"names": ", ".join(twice)},
            code="duplicate_columns",
            names=twice,
            row=header.row,
        )
