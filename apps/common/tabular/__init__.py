"""Tables in and out of the product: CSV and XLSX, read without guessing, written without risk.

Reading: `read_table` gives a `Table` of `Row`s of `Cell`s as the file holds them; the `parse_*`
functions give a cell its meaning or raise a `CellError` with a stable code; `RowReader` gathers the
errors of a row, `write_errors` and `summary` give them back. Writing: `write_csv`, `write_xlsx`,
and `csv_lines` for a streaming response.

    table = read_table(path, filename="lines.csv")
    for row in table:
        reader = RowReader(row)
        quantity = reader.required("qty", parse_decimal)
        needed_by = reader.optional("need_by", partial(parse_date, formats=["%d.%m.%Y"]), None)
        errors += reader.errors
"""

from apps.common.tabular.cells import Cell, CellValue, Kind, Limits, Row
from apps.common.tabular.collect import RowReader
from apps.common.tabular.errors import (
    AmbiguousDateError,
    CellError,
    RowError,
    TableError,
    summary,
    write_errors,
)
from apps.common.tabular.figures import Bounds, NumberFormat
from apps.common.tabular.parse import (
    parse_bool,
    parse_code,
    parse_date,
    parse_decimal,
    parse_name,
    parse_percent,
    parse_text,
)
from apps.common.tabular.read import TextFormat, read_table
from apps.common.tabular.table import Table
from apps.common.tabular.write import csv_lines, write_csv, write_xlsx

__all__ = [
    "AmbiguousDateError",
    "Bounds",
    "Cell",
    "CellError",
    "CellValue",
    "Kind",
    "Limits",
    "NumberFormat",
    "Row",
    "RowError",
    "RowReader",
    "Table",
    "TableError",
    "TextFormat",
    "csv_lines",
    "parse_bool",
    "parse_code",
    "parse_date",
    "parse_decimal",
    "parse_name",
    "parse_percent",
    "parse_text",
    "read_table",
    "summary",
    "write_csv",
    "write_errors",
    "write_xlsx",
]
