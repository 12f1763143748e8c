"""The list a person gets back: place, value, code, sentence; and reading a row into it."""

from functools import partial
from io import BytesIO
from pathlib import Path

from apps.common.tabular import (
    CellError,
    Row,
    RowError,
    RowReader,
    parse_date,
    parse_decimal,
    parse_text,
    read_table,
    summary,
    write_errors,
)


def rows_of(content: str) -> list[Row]:
    return list(read_table(BytesIO(content.encode())))


def test_reader_gathers_every_error_of_a_row() -> None:
    (row,) = rows_of("item,qty,need_by,price,extra\n,many,02/03/2026,12.5\n")
    reader = RowReader(row)

    found = (
        reader.required("item", partial(parse_text, max_length=10)),
        reader.required("qty", parse_decimal),
        reader.optional("need_by", parse_date, None),
        reader.required("price", parse_decimal),
        reader.required("unit", parse_decimal),
        reader.optional("unit", parse_decimal, None),
    )
    reader.add("price", "no_agreement", "No agreement has this price.")

    assert [str(value) for value in found] == ["None", "None", "None", "12.5", "None", "None"]
    assert [(e.row, e.column, e.value, e.code) for e in reader.errors] == [
        (2, "", "", "short_row"),
        (2, "item", "", "missing"),
        (2, "qty", "many", "not_a_number"),
        (2, "need_by", "02/03/2026", "ambiguous_date"),
        (2, "unit", "", "missing_column"),
        (2, "price", "12.5", "no_agreement"),
    ]


def test_optional_takes_the_default_for_blank() -> None:
    (row,) = rows_of("a,b\n ,1\n")

    assert RowReader(row).optional("a", parse_decimal, None) is None
    assert RowReader(row).errors == []


def test_errors_are_written_for_a_spreadsheet_and_read_back(tmp_path: Path) -> None:
    errors = [
        RowError(2, "数量", "=cmd", "not_a_number", "“=cmd” is not a number."),
        RowError(3, "备注", 'a\nb,"c"', "too_long", "Too long."),
    ]
    path = tmp_path / "errors.csv"

    assert write_errors(path, iter(errors)) == 2

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert b"\n2," in path.read_bytes()
    assert b",=cmd" not in path.read_bytes()
    read = [[str(cell) for cell in row.values.values()] for row in read_table(path)]
    assert read == [[str(e.row), e.column, e.value, e.code, e.message] for e in errors]


def test_summary_groups_and_names_the_first_row() -> None:
    errors = [RowError(row, "qty", "x", "not_a_number", "No number.") for row in (5, 7, 9)]
    errors += [RowError(6, "", "", "short_row", "Too short.")]

    assert summary(errors) == ["4 errors", "3 × Row 5, qty: No number.", "1 × Row 6: Too short."]
    assert summary(errors, groups=1)[-1] == "… and 1 other kinds"
    assert summary([]) == ["No errors."]


def test_long_value_is_cut_in_the_list() -> None:
    error = RowError.of(2, "a", CellError("too_long", "Too long.", "x" * 5000))

    assert len(error.value) == 120
    assert error.value.endswith("…")
