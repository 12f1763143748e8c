"""What a table is made of: cells as the file holds them, rows, and how large either may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from apps.common.tabular.errors import RowError

CellValue = str | Decimal | bool | date | datetime | time | timedelta | None


class Kind(StrEnum):
    """What the file says a cell is; text from a CSV file may still read as a number."""

    EMPTY = "empty"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    BROKEN = "broken"


class Cell(NamedTuple):
    """One value, untouched: parsing (parse.py) is where it gets a meaning or is refused.

    `note` carries what the value alone does not say: `percent` for a number shown with a percent
    sign, `imprecise` for one with more digits than a spreadsheet keeps; for a broken cell, why.
    """

    value: CellValue = None
    kind: Kind = Kind.TEXT
    note: str = ""

    @property
    def is_blank(self) -> bool:
        """Tell a cell nobody filled in; spaces alone fill in nothing."""
        if self.kind is Kind.TEXT:
            return not self.value or str(self.value).isspace()
        return self.kind is Kind.EMPTY

    def __str__(self) -> str:
        if self.value is None:
            return ""
        if isinstance(self.value, bool):
            return "TRUE" if self.value else "FALSE"
        if isinstance(self.value, Decimal):
            return plain(self.value)
        if isinstance(self.value, datetime):
            return self.value.isoformat(sep=" ")
        return str(self.value)


EMPTY = Cell(None, Kind.EMPTY)
MERGED_CELL = "merged_cell"  # note of a broken cell without a value of its own


def plain(number: Decimal) -> str:
    """Write a number without exponent and without zeros that say nothing."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


class RawRow(NamedTuple):
    """A row before it is known which one is the header; `number` as a spreadsheet counts."""

    number: int
    cells: Sequence[Cell]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row by column name, with what is wrong with its shape (too short, a stray value)."""

    number: int
    values: dict[str, Cell]
    problems: tuple[RowError, ...] = field(default=())
    hidden: bool = False

    def __getitem__(self, column: str) -> Cell:
        return self.values[column]


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a table may be; what is larger is refused before it costs memory or time."""

    bytes: int = 32 * 2**20
    rows: int = 200_000
    columns: int = 512
    unpacked_bytes: int = 256 * 2**20
    shared_strings: int = 500_000
    members: int = 4_000
    ratio: int = 150  # unpacked to packed, of parts above 4 MiB: spreadsheets stay below 50
