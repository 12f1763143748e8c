"""Tables out of the product: typed cells, safe in a spreadsheet, and the same when read again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import IO

from django.utils import timezone
from django.utils.functional import Promise

from apps.common.tabular.cells import Cell, CellValue
from apps.common.tabular.neutral import neutralise

Value = CellValue | int | Promise
BOM = b"\xef\xbb\xbf"  # without it spreadsheets read Chinese in the machine's old encoding
BLOCK_ROWS = 500


def csv_lines(columns: Sequence[Value], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """Write CSV piece by piece (for a streaming response): UTF-8 with its mark, CRLF.

    Text that would start a formula gets an apostrophe, which `read_table` takes away again.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([_csv_text(name) for name in columns])
    yield BOM
    for number, row in enumerate(rows, start=1):
        writer.writerow([_csv_text(value) for value in row])
        if number % BLOCK_ROWS == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def write_csv(target: IO[bytes], columns: Sequence[Value], rows: Iterable[Sequence[Value]]) -> int:
    """Write a whole CSV file; return the number of rows."""
    counted = _Counted(rows)
    target.writelines(csv_lines(columns, counted))
    return counted.count


class _Counted:
    """Counts what passes through."""

    def __init__(self, rows: Iterable[Sequence[Value]]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Sequence[Value]]:
        for row in self._rows:
            self.count += 1
            yield row


def _csv_text(value: Value) -> str:
    value = settled(value)
    if isinstance(value, str):
        return neutralise(value)
    return str(Cell(value))


def settled(value: Value) -> CellValue:
    """Resolve what is not a cell's value yet: translations, integers, moments in a time zone."""
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.make_naive(value)
    return value


def write_xlsx(
    target: IO[bytes],
    columns: Sequence[Value],
    rows: Iterable[Sequence[Value]],
    *,
    title: str = "Sheet1",
    widths: Sequence[int] = (),
) -> int:
    """Write a workbook with one sheet, row by row; return the number of rows.

    Every text is stored as text and marked so, hence never a formula. A number of more digits than
    a spreadsheet keeps is stored as text, every digit of it.
    """
    # Few processes write a workbook; the others need not read its library when they start.
    from apps.common.tabular import workbook

    return workbook.write(target, columns, rows, title=title, widths=widths)
