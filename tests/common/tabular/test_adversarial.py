"""Every adversarial table gives what somebody decided after looking at it: a table or a refusal."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from apps.common.tabular import (
    Bounds,
    Cell,
    Row,
    RowReader,
    Table,
    TableError,
    parse_code,
    parse_date,
    parse_decimal,
    parse_name,
    parse_text,
    read_table,
)
from tests.common.tabular.books import SHARED
from tests.common.tabular.outcomes import OUTCOMES, PO_LINES

ADVERSARIAL = SHARED / "adversarial"
FOLDERS = ("csv", "encodings", "pdf", "xlsx", "xml", "zip")
NO_WORKBOOK = {"xlsx/gen_csv_as.xlsx", "xlsx/formatted_inline_string.xlsx"}  # for openpyxl

pytestmark = pytest.mark.skipif(
    not ADVERSARIAL.exists(), reason="the shared adversarial files are not on this machine"
)


def outcome(path: Path) -> str:
    """Describe a table (rows, columns, header row, what is not plain UTF-8 CSV), or the refusal."""
    try:
        table = read_table(path)
        rows = list(table)
    except TableError as error:
        return f"refused: {error.code}"
    words = [f"{len(rows)}x{len(table.columns)}", f"header {table.header_row}"]
    if table.encoding not in {"utf-8", ""}:
        words.append(table.encoding)
    if table.delimiter not in {",", ""}:
        words.append(f"delimiter {table.delimiter!r}")
    problems = [problem for row in rows for problem in row.problems]
    if len(problems) > 5:
        words += [f"{code} x{n}" for code, n in Counter(p.code for p in problems).items()]
    else:
        words += [f"{p.code} {p.row}{p.column}" for p in problems]
    words += [f"{cell.note} {row.number}" for row in rows for cell in broken(row)]
    return ", ".join(dict.fromkeys(words))


def broken(row: Row) -> Iterator[Cell]:
    return (cell for cell in row.values.values() if cell.kind == "broken")


@pytest.mark.parametrize("name", sorted(OUTCOMES))
def test_outcome_of_each_file(name: str) -> None:
    assert outcome(ADVERSARIAL / name) == OUTCOMES[name]


def test_no_file_is_without_an_outcome() -> None:
    present = {
        f"{folder}/{path.name}" for folder in FOLDERS for path in (ADVERSARIAL / folder).iterdir()
    }

    assert present == set(OUTCOMES)


READ = sorted(name for name, expected in OUTCOMES.items() if not expected.startswith("refused"))


@pytest.mark.parametrize("name", [name for name in READ if name.endswith(".csv")])
def test_values_of_csv_are_those_of_the_file(name: str) -> None:
    table = read_table(ADVERSARIAL / name)
    text = (ADVERSARIAL / name).read_bytes().decode(table.encoding)
    spaced = name == "csv/fr_issue-1109.csv"  # spaces before its quotation marks

    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=table.delimiter, skipinitialspace=spaced
    )
    records = list(reader)

    assert "\ufffd" not in text
    header = records[table.header_row - 1]
    assert [" ".join(name.split()) for name in header if name.strip()] == list(table.columns)
    for row in table:
        record = dict(zip(header, records[row.number - 1], strict=False))
        named = {" ".join(key.split()): value for key, value in record.items() if key.strip()}
        read = {key: str(cell) for key, cell in row.values.items()}
        assert read == {key: named.get(key, "") for key in table.columns}


def plainly(value: Any) -> str:
    """Write another library's value the way a cell is written."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(Cell(Decimal(f"{value:.15g}")))
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date | time):
        return str(Cell(value))
    return "" if value is None else str(value)


WORKBOOKS = [name for name in READ if name.endswith((".xlsx", ".xlsm")) and name not in NO_WORKBOOK]


@pytest.mark.filterwarnings("ignore:Unknown extension")
@pytest.mark.parametrize("name", WORKBOOKS)
def test_values_of_xlsx_are_those_another_library_reads(name: str) -> None:
    table = read_table(ADVERSARIAL / name)
    book = openpyxl.load_workbook(ADVERSARIAL / name, data_only=True)

    sheet = book[table.sheet]

    names = [plainly(cell.value) for cell in sheet[table.header_row]]
    for row in table:
        values = [plainly(cell.value) for cell in sheet[row.number]]
        other = {
            " ".join(key.split()): value for key, value in zip(names, values, strict=True) if key
        }
        assert {key: str(cell) for key, cell in row.values.items()} == other


def po_table() -> Table:
    return read_table(ADVERSARIAL / "csv" / "po_lines_bad_utf8.csv")


COLUMNS: dict[str, Callable[[Cell], object]] = {
    "qty": partial(parse_decimal, bounds=Bounds(minimum=Decimal("0.000001"))),
    "unit_price": partial(parse_decimal, bounds=Bounds(minimum=Decimal(0))),
    "need_by": parse_date,
    "currency": partial(parse_code, max_length=3, upper=True),
    "uom": partial(parse_code, max_length=3, upper=True),
    "supplier": partial(parse_name, max_length=200),
    "item_code": partial(parse_code, max_length=40),
    "description": partial(parse_text, max_length=2000),
}


def test_each_bad_purchase_order_line() -> None:
    found = {}
    for row in po_table():
        reader = RowReader(row)
        read = {column: reader.required(column, parse) for column, parse in COLUMNS.items()}
        tried = str(row["case"]).partition("=")[0].split()[0]
        column = {"price": "unit_price", "date": "need_by", "desc": "description"}.get(tried, tried)
        found[row.number] = next((e.code for e in reader.errors), str(read.get(column, "")))

    assert found == PO_LINES


def test_no_text_or_name_is_changed_silently() -> None:
    """What the file wants kept or stored as given is, to the character; only outer spaces go."""
    wanted = ("keep", "store as given")
    for row in po_table():
        if str(row["expect"]).startswith(wanted):
            reader = RowReader(row)
            for column in ("supplier", "description"):
                read = reader.required(column, COLUMNS[column])
                given = str(row[column]).replace("\r\n", "\n").replace("e\u0301", "é").strip()
                refused = any(error.column == column for error in reader.errors)
                assert read == (None if refused else given)
