"""Workbooks out of the product. The one module that writes with openpyxl."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from apps.common.tabular.cells import plain
from apps.common.tabular.errors import TableError
from apps.common.tabular.write import Value, settled
from apps.common.tabular.xlsx_values import KEPT_DIGITS

WIDEST = 60
LONGEST_TEXT = 32_767  # of a workbook's cell; what is longer would be cut silently
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def write(
    target: IO[bytes],
    columns: Sequence[Value],
    rows: Iterable[Sequence[Value]],
    *,
    title: str,
    widths: Sequence[int],
) -> int:
    """What `write_xlsx` says."""
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
        sheet.append([_xlsx_cell(sheet, settled(value)) for value in row])
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
