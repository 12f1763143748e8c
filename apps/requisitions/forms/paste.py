"""Rows copied from a spreadsheet: tab-separated, cells quoted where they hold breaks or quotes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from django.utils.translation import gettext as _

from apps.common.errors import InvalidInputError
from apps.common.text import one_line
from apps.requisitions.forms.grid import Row, blank_row
from apps.requisitions.services import MOST_LINES

# The order of columns where the first row does not name them.
COLUMNS = ("item", "description", "quantity", "unit", "estimated_price", "needed_by", "notes")
_NAMES = {
    "item": ("item", "item code", "code", "物料", "物料编码", "编码", "货号"),
    "description": ("description", "name", "item name", "描述", "名称", "品名", "物料名称"),
    "specification": ("specification", "spec", "规格", "规格型号", "技术要求"),
    "quantity": ("quantity", "qty", "数量"),
    "unit": ("unit", "uom", "单位"),
    "estimated_price": ("price", "unit price", "estimated price", "单价", "预估单价", "价格"),
    "needed_by": ("needed by", "date", "delivery date", "需求日期", "需用日期", "交货日期"),
    "category": ("category", "类别", "分类"),
    "preferred_supplier": ("supplier", "preferred supplier", "供应商", "首选供应商"),
    "manufacturer_part_number": ("manufacturer part no.", "mpn", "制造商料号", "型号"),
    "supplier_part_number": ("supplier part no.", "供应商料号"),
    "notes": ("notes", "remarks", "备注"),
}
_BY_NAME = {name: field for field, names in _NAMES.items() for name in names}


def pasted_rows(text: str) -> list[Row]:
    """The rows of a pasted table. A cell is never interpreted here: it stays as it was copied.

    Raises InvalidInputError when there are more rows than a requisition takes.
    """
    cells = [row for row in _table(text) if any(cell.strip() for cell in row)]
    if not cells:
        return []
    columns: Sequence[str | None] = _named_columns(cells[0]) or COLUMNS
    body = cells[1:] if columns is not COLUMNS else cells
    if len(body) > MOST_LINES:
        message = _("A requisition takes at most %(limit)d lines.") % {"limit": MOST_LINES}
        raise InvalidInputError(message, code="too_many_lines")
    return [_row(row, columns) for row in body]


def _table(text: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), dialect="excel-tab")
    try:
        return list(reader)
    except csv.Error:
        return [line.split("\t") for line in text.splitlines()]


def _named_columns(first: Sequence[str]) -> list[str | None] | None:
    """The field of each column, when the first row is one of names."""
    named = [_BY_NAME.get(cell.strip().casefold()) for cell in first]
    return named if sum(name is not None for name in named) >= 2 else None


def _row(cells: Sequence[str], columns: Sequence[str | None]) -> Row:
    row = blank_row()
    for cell, name in zip(cells, columns, strict=False):
        if name is not None:
            row.values[name] = cell.strip() if name == "specification" else one_line(cell)
    extra = [cell for cell in cells[len(columns) :] if cell.strip()]
    if extra:
        row.errors["description"] = [
            _("This row has more cells than columns: %(cells)s")
            % {"cells": " | ".join(extra)[:200]}
        ]
    return row
