"""Tables out of the product: typed cells, safe in a spreadsheet, and the same when read again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from apps.common.tabular.cells import Cell, CellValue, plain
from apps.common.tabular.errors import TableError
from apps.common.tabular.neutral import neutralise
from apps.common.tabular.xlsx_values import KEPT_DIGITS

Value = CellValue | int | Promise
BOM = b"\xef\xbb\xbf"  # without it spreadsheets read Chinese in the machine's old encoding
BLOCK_ROWS = 500
WIDEST = 60
LONGEST_TEXT = 32_767  # of a workbook's cell; what is longer would be cut silently
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


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
    value = _settled(value)
    if isinstance(value, str):
        return neutralise(value)
    return str(Cell(value))


def _settled(value: Value) -> CellValue:
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
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(_title(title))
    sheet.freeze_panes = "A2"
    for at, name in enumerate(columns, start=1):
        given = widths[at - 1] if at <= len(widths) else 0
        width = given or min(len(str(name)) * 2 + 2, WIDEST)
        sheet.column_dimensions[get_column_letter(at)].width = width
    try:
        count = _fill(sheet, columns, rows)
    except BaseException:
        workbook.save(io.BytesIO())  # closes and removes what was written so far
        raise
    workbook.save(target)
    return count


def _fill(sheet: Any, columns: Sequence[Value], rows: Iterable[Sequence[Value]]) -> int:
    heading = [_xlsx_cell(sheet, str(name)) for name in columns]
    for cell in heading:
        cell.font = Font(bold=True)
    sheet.append(heading)
    count = 0
    for row in rows:
        sheet.append([_xlsx_cell(sheet, _settled(value)) for value in row])
        count += 1
    return count


def _title(title: str) -> str:
    """Cut a sheet's name to what the format allows."""
    return re.sub(r"[\[\]:*?/\\]", " ", title).strip("' ")[:31] or "Sheet1"


def _xlsx_cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, Decimal) and _digits(value) > KEPT_DIGITS:
        value = plain(value)
    if isinstance(value, str):
        return _text_cell(sheet, value)
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm:ss"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, time):
        cell.number_format = "hh:mm:ss"
    return cell


def _digits(number: Decimal) -> int:
    return len(plain(number).replace(".", "").lstrip("-0"))


def _text_cell(sheet: Any, text: str) -> Any:
    """Store text as text, whatever it begins with; what XML cannot hold is written by number."""
    stored = _UNWRITABLE.sub(_escape, text)
    if len(stored) > LONGEST_TEXT:
        raise TableError(
            _("A text of %(count)s characters does not fit into a workbook. Export as CSV.")
            % {"count": len(text)},
            code="value_too_long",
        )
    cell = WriteOnlyCell(sheet, stored or None)
    if stored:
        cell.data_type = "s"  # what begins with = would be a formula
        cell.quotePrefix = True
    return cell


def _escape(found: re.Match[str]) -> str:
    return "_x005F_" if found.group() == "_" else f"_x{ord(found.group()):04X}_"
