"""Writing: nothing a spreadsheet would run, nothing lost, and the same when read again."""

import csv
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl
import pytest
from django.utils import timezone
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from apps.common.tabular import (
    Kind,
    TableError,
    csv_lines,
    parse_date,
    parse_decimal,
    read_table,
    write_csv,
    write_xlsx,
)
from apps.common.tabular.neutral import neutralise, restore
from tests.common.tabular.books import SHARED

Writer = Callable[[BinaryIO, Sequence[Any], Sequence[Sequence[Any]]], int]
BOTH = pytest.mark.parametrize("write", [write_csv, write_xlsx])

FORMULAS = [
    *("=1+1", "+1+1", "-1+1", "@SUM(1+1)", "\t=1", "\r=1", "\tx", "\rx", " =1", "\n=1"),
    *("＝1", "＋1", "－1+1", "＠x", "\u200b=1", "\ufeff=1", "'=1", "''@x", "-", "=", "- 5"),
    *("+86 571 8888 8888", "@供应商", "=cmd|' /C calc'!'A1'", '=1+1";"=2+2'),
]
HARMLESS = [
    "",
    "pen",
    "-5",
    "+5",
    "-5.25",
    "'quoted'",
    "'",
    "a=b",
    '"=1+1"',
    "5-3",
    "圆珠笔",
    "#=1",
]


def written(write: Writer, rows: Sequence[Sequence[Any]], columns: Sequence[Any]) -> io.BytesIO:
    target = io.BytesIO()
    assert write(target, columns, rows) == len(rows)
    target.seek(0)
    return target


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_is_neutralised_and_comes_back(text: str) -> None:
    assert neutralise(text) == "'" + text
    assert restore(neutralise(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert neutralise(text) == restore(text) == text


def test_no_cell_of_csv_begins_like_a_formula() -> None:
    content = written(write_csv, [[text, -1] for text in FORMULAS], ["=name", "n"]).read()

    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert all(record[0].startswith("'") for record in read)
    assert {record[1] for record in read[1:]} == {"-1"}


def test_no_cell_of_xlsx_is_a_formula() -> None:
    packed = written(write_xlsx, [[text, -1] for text in FORMULAS], ["=name", "n"])

    with zipfile.ZipFile(packed) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
        looks = archive.read("xl/styles.xml").decode()
    assert "<f" not in re.sub("<(formula|font|fill)", "", xml)
    assert xml.count('t="n"') == len(FORMULAS)
    assert 'quotePrefix="1"' in looks
    sheet = openpyxl.load_workbook(packed).active
    assert sheet is not None
    assert {cell.data_type for cell in sheet["A"]} <= {"s", "inlineStr"}


@BOTH
def test_published_payloads_come_back_unchanged(write: Writer) -> None:
    path = SHARED / "adversarial" / "strings" / "csv_formula_injection.json"
    if not path.exists():
        pytest.skip("the shared adversarial strings are not on this machine")
    payloads = json.loads(path.read_text(encoding="utf-8"))

    found = read_table(written(write, [[text, "x"] for text in payloads], ["a", "b"]))

    assert [row["a"].value for row in found] == payloads


@BOTH
def test_naughty_strings_come_back_unchanged(write: Writer) -> None:
    path = SHARED / "adversarial" / "strings" / "blns.json"
    if not path.exists():
        pytest.skip("the shared adversarial strings are not on this machine")
    texts = [text for text in json.loads(path.read_text(encoding="utf-8")) if text]

    found = read_table(written(write, [[text, "x"] for text in texts], ["a", "b"]))

    assert [row["a"].value for row in found] == texts


@BOTH
def test_typed_cells(write: Writer) -> None:
    moment = timezone.make_aware(datetime(2026, 9, 30, 12, 5))  # noqa: DTZ001  # made aware
    values = [Decimal("-12.50"), 3, True, None, date(2026, 9, 30), moment, gettext_lazy("Yes")]
    columns = [gettext_lazy("Total"), *"bcdefg"]

    (row,) = read_table(written(write, [values], columns))

    shown = ["-12.5", "3", "TRUE", "", "2026-09-30", "2026-09-30 12:05:00", "Yes"]
    assert [str(cell) for cell in row.values.values()] == shown
    assert parse_decimal(row["Total"]) == Decimal("-12.50")
    assert parse_date(row["e"]) == date(2026, 9, 30)


def test_workbook_cells_have_their_types() -> None:
    values = [Decimal("0.5"), False, date(2026, 9, 30), time(8, 30), "00123"]

    (row,) = read_table(written(write_xlsx, [values], "abcde"))

    kinds = [cell.kind for cell in row.values.values()]
    assert kinds == [Kind.NUMBER, Kind.BOOLEAN, Kind.DATE, Kind.DATE, Kind.TEXT]
    assert row["d"].value == time(8, 30)


@BOTH
def test_every_digit_is_kept(write: Writer) -> None:
    numbers = [Decimal("123456789012345.654321"), Decimal("0.000001"), Decimal("1E+3")]

    found = read_table(written(write, [[number, "x"] for number in numbers], ["n", "x"]))

    assert [parse_decimal(row["n"]) for row in found] == numbers


def test_text_too_long_for_a_workbook_is_refused_not_cut() -> None:
    with pytest.raises(TableError) as caught:
        written(write_xlsx, [["x" * 40_000]], ["a"])

    assert caught.value.code == "value_too_long"
    (row,) = read_table(written(write_csv, [["x" * 40_000]], ["a"]))
    assert len(str(row["a"])) == 40_000


def test_failed_export_leaves_no_file_behind(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with pytest.raises(ZeroDivisionError):
        write_xlsx(io.BytesIO(), ["a"], ([1 // 0] for _ in range(2)))

    assert list(tmp_path.iterdir()) == []


def test_sheet_title_is_made_fit() -> None:
    target = io.BytesIO()
    write_xlsx(target, ["a"], [["b"]], title="'a/b[c]:" + "x" * 40)

    assert read_table(target).sheet == "a b c  " + "x" * 24


def test_csv_is_written_in_pieces() -> None:
    pieces = list(csv_lines(["a"], ([str(at)] for at in range(1200))))

    assert len(pieces) == 4
    assert b"".join(pieces).count(b"\r\n") == 1201


# What the product stores: characters that can be encoded, no control characters.
stored = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12)
cells = st.one_of(
    stored,
    st.sampled_from(FORMULAS + HARMLESS),
    st.tuples(st.sampled_from(list("'=+-@＝＋－＠\t\r\n\"_")), stored).map("".join),
    st.sampled_from(["_x000D_", "a\r\nb", "_x005F_", "\x0b"]),
)


@BOTH
@given(rows=st.lists(st.lists(cells, min_size=2, max_size=2), max_size=6))
def test_text_read_is_text_written(write: Writer, rows: list[list[str]]) -> None:
    kept = [row for row in rows if any(text and not text.isspace() for text in row)]

    found = read_table(written(write, [*rows, ["end", "end"]], ["a", "b"]))

    values = [[str(cell) for cell in row.values.values()] for row in found]
    assert values == [*kept, ["end", "end"]]


numbers = st.decimals("-999999999999999", "999999999999999", places=6)
days = st.dates(date(1900, 3, 1), date(2199, 12, 31))


@BOTH
@given(rows=st.lists(st.tuples(numbers, days), min_size=1, max_size=6))
def test_values_read_are_values_written(write: Writer, rows: list[tuple[Decimal, date]]) -> None:
    found = read_table(written(write, rows, ["n", "d"]))

    assert [(parse_decimal(row["n"]), parse_date(row["d"])) for row in found] == rows
