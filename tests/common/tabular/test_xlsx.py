"""XLSX: exact values, what is broken in a cell, choosing a sheet, and what is unsafe to open."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from apps.common.tabular import Cell, Kind, Limits, TableError, read_table
from tests.common.tabular.books import HEADER, book, number, row, sheet, styles, text


def cells(xml: str, **parts: Any) -> list[Cell]:
    """Read the second row of a sheet below the header `item`, `qty`."""
    found = read_table(book({"S": sheet(HEADER + xml)}, **parts))
    return list(next(iter(found)).values.values())


def refusal(source: io.BytesIO, **options: Any) -> TableError:
    with pytest.raises(TableError) as caught:
        list(read_table(source, **options))
    assert str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("12.5", "12.5"),
        ("0", "0"),
        ("-3", "-3"),
        ("68.66499999999999", "68.665"),
        ("0.10000000000000001", "0.1"),
        ("1000.5577", "1000.5577"),
        ("5.0000000000000002E-5", "0.00005"),
        ("1E+3", "1000"),
        ("123456789012345", "123456789012345"),
        ("0.30000000000000004", "0.3"),
    ],
)
def test_numbers_are_what_the_spreadsheet_shows(stored: str, expected: str) -> None:
    cell = cells(row(2, number("A2", stored)))[0]

    assert (cell.kind, cell.note) == (Kind.NUMBER, "")
    assert str(cell.value) == expected


def test_number_of_more_digits_than_kept_is_marked() -> None:
    cell = cells(row(2, number("A2", "4.89290024005183e+17")))[0]

    assert cell == Cell(Decimal("4.89290024005183e+17"), Kind.NUMBER, "imprecise")


@pytest.mark.parametrize("stored", ["NaN", "INF", "1_000", "٣", "abc", "1e9999"])
def test_number_that_is_none_is_broken(stored: str) -> None:
    assert cells(row(2, number("A2", stored)))[0].note == "error_value"


@pytest.mark.parametrize(
    ("code", "stored", "value"),
    [
        ("yyyy-mm-dd", "46295", date(2026, 9, 30)),
        ("[$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;", "46295", date(2026, 9, 30)),
        ("d-mmm", "1", date(1900, 1, 1)),
        ("d-mmm", "59", date(1900, 2, 28)),
        ("d-mmm", "61", date(1900, 3, 1)),
        ("yyyy-mm-dd hh:mm", "46295.5", datetime(2026, 9, 30, 12)),  # noqa: DTZ001  # a file's
        ("hh:mm:ss", "0.75", time(18)),
        ("hh:mm:ss", "0.999999999999", time(23, 59, 59, 999000)),
        ("[h]:mm", "1.5", timedelta(hours=36)),
    ],
)
def test_dates_are_dates(code: str, stored: str, value: object) -> None:
    (cell, _qty) = cells(row(2, number("A2", stored, style=1)), parts={"styles.xml": styles(code)})

    assert (cell.kind, cell.value) == (Kind.DATE, value)


def test_dates_counted_from_1904() -> None:
    found = cells(
        row(2, number("A2", "44833", style=1)),
        parts={"styles.xml": styles("yyyy-mm-dd")},
        properties='date1904="1"',
    )

    assert found[0].value == date(2026, 9, 30)


@pytest.mark.parametrize("stored", ["60", "-1", "2958466", "1e300"])
def test_day_that_never_was_is_broken(stored: str) -> None:
    found = cells(row(2, number("A2", stored, style=1)), parts={"styles.xml": styles("d/m/yyyy")})

    assert (found[0].kind, found[0].note) == (Kind.BROKEN, "error_value")


@pytest.mark.parametrize(
    "code",
    ["0.00_);[Red]\\(0.00\\)", "[$¥-804]#,##0.00", "0&quot;days&quot;", "General", "@", "#,##0"],
)
def test_number_formats_that_are_no_dates(code: str) -> None:
    found = cells(row(2, number("A2", "45000", style=1)), parts={"styles.xml": styles(code)})

    assert found[0] == Cell(Decimal(45000), Kind.NUMBER)


def test_percent_is_noted() -> None:
    found = cells(row(2, number("A2", "0.13", style=1)), parts={"styles.xml": styles("0%")})

    assert found[0] == Cell(Decimal("0.13"), Kind.NUMBER, "percent")


def test_texts_in_every_form() -> None:
    shared = (
        "<sst><si><t>plain</t></si>"
        '<si><r><t>two </t></r><r><rPr/><t>runs</t></r><rPh sb="0" eb="1"><t>ruby</t></rPh></si>'
        '<si><t xml:space="preserve"> a_x000D_b_x005F_x0041_ </t></si></sst>'
    )
    xml = row(2, '<c r="A2" t="s"><v>0</v></c>', '<c r="B2" t="s"><v>1</v></c>') + row(
        3, '<c r="A3" t="s"><v>2</v></c>', '<c r="B3" t="str"><f>A1</f><v>result</v></c>'
    )
    found = read_table(book({"S": sheet(HEADER + xml)}, parts={"sharedStrings.xml": shared}))

    assert [[cell.value for cell in read.values.values()] for read in found] == [
        ["plain", "two runs"],
        [" a\rb_x0041_ ", "result"],
    ]


@pytest.mark.parametrize(
    ("xml", "kind", "note"),
    [
        ('<c r="A2" t="e"><v>#REF!</v></c>', Kind.BROKEN, "error_value"),
        ('<c r="A2"><f>1+1</f><v></v></c>', Kind.BROKEN, "formula_without_value"),
        ('<c r="A2"><f>1+1</f></c>', Kind.BROKEN, "formula_without_value"),
        ('<c r="A2"><f>1+1</f><v>2</v></c>', Kind.NUMBER, ""),
        ('<c r="A2" t="str"><f>""</f><v></v></c>', Kind.EMPTY, ""),
        ('<c r="A2" t="b"><v>1</v></c>', Kind.BOOLEAN, ""),
        ('<c r="A2" t="d"><v>2026-09-30</v></c>', Kind.DATE, ""),
        ('<c r="A2" t="d"><v>soon</v></c>', Kind.BROKEN, "error_value"),
        ('<c r="A2"/>', Kind.EMPTY, ""),
    ],
)
def test_kinds_of_cells(xml: str, kind: Kind, note: str) -> None:
    found = cells(row(2, xml, text("B2", "x")))[0]

    assert (found.kind, found.note) == (kind, note)


def test_cells_and_rows_without_references() -> None:
    xml = (
        "<row><c t='inlineStr'><is><t>a</t></is></c><c t='inlineStr'><is><t>b</t></is></c></row>"
        "<row/><row><c/><c><v>2</v></c></row>"
    )
    (found,) = read_table(book({"S": sheet(xml)}))

    assert (found.number, [str(c) for c in found.values.values()]) == (3, ["", "2"])


def test_other_prefixes_and_lying_dimension() -> None:
    xml = (
        '<x:worksheet xmlns:x="m"><x:dimension ref="A1:A1"/><x:sheetData><x:row r="1">'
        '<x:c r="A1" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row><x:row r="2">'
        '<x:c r="A2"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    (found,) = read_table(book({"S": xml}))

    assert found["a"].value == 1


def test_merged_cells_are_reported_and_not_filled() -> None:
    xml = sheet(
        HEADER
        + row(2, text("A2", "pen"), number("B2", "1"))
        + row(3, number("B3", "2"))
        + row(4)
        + row(5, text("A5", "both")),
        after='<mergeCells><mergeCell ref="A2:A4"/><mergeCell ref="A5:C5"/></mergeCells>',
    )
    rows = list(read_table(book({"S": xml})))

    assert [(read.number, read["item"].note, read["qty"].note) for read in rows] == [
        (2, "", ""),
        (3, "merged_cell", ""),
        (5, "", "merged_cell"),
    ]
    assert not any(read.problems for read in rows)


def test_merged_header_is_refused_and_merged_title_is_not() -> None:
    merges = '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
    titled = row(1, text("A1", "List")) + row(2, text("A2", "item"), text("B2", "qty"))

    assert refusal(book({"S": sheet(HEADER, after=merges)})).code == "merged_header"
    assert read_table(book({"S": sheet(titled, after=merges)})).columns == ("item", "qty")


def test_error_in_header_is_refused() -> None:
    xml = row(1, text("A1", "a"), '<c r="B1" t="e"><v>#NAME?</v></c>')

    assert refusal(book({"S": sheet(xml)})).code == "broken_header"


def test_hidden_rows_are_read_and_said() -> None:
    hidden = row(2, text("A2", "pen"), attributes='hidden="1"') + row(3, text("A3", "ink"))
    read = read_table(book({"S": sheet(HEADER + hidden)}))

    assert [found.hidden for found in read] == [True, False]
    assert len(read.warnings) == 1


def test_one_sheet_with_content_is_taken() -> None:
    full, blank = sheet(HEADER + row(2, text("A2", "pen"))), sheet(row(1, '<c r="A1" s="1"/>'))
    read = read_table(
        book({"Blank": blank, "Lines": full, "Hidden": full}, states={"Hidden": "veryHidden"})
    )

    assert read.sheet == "Lines"
    assert "Hidden" in read.warnings[0]


def test_several_sheets_have_to_be_chosen_from() -> None:
    full = sheet(HEADER + row(2, text("A2", "pen")))
    sheets = {"A": full, "B": full}

    assert refusal(book(sheets)).details["names"] == ["A", "B"]
    assert read_table(book(sheets), sheet="B").sheet == "B"
    assert read_table(book(sheets), sheet=1).sheet == "A"
    assert refusal(book(sheets), sheet="C").code == "no_such_sheet"
    assert refusal(book({"A": sheet("")})).code == "empty"


def test_chart_sheets_are_no_tables() -> None:
    source = book({"Chart": "<chartsheet/>", "Lines": sheet(HEADER)}, kinds={"Chart": "chartsheet"})

    assert read_table(source).sheet == "Lines"
    assert refusal(source, sheet="Chart").code == "no_such_sheet"


HUGE = "9" * 5000  # more digits than Python turns into a number


def merged(area: str) -> str:
    return f'<mergeCells><mergeCell ref="{area}"/></mergeCells>'


def test_looks_and_merges_nobody_could_have_made_are_no_errors_of_ours() -> None:
    looks = '<styleSheet><cellXfs><xf/><xf numFmtId="{}"/></cellXfs></styleSheet>'
    stored = row(2, '<c r="A2" s="{}"><v>3</v></c>')
    three = Cell(Decimal(3), Kind.NUMBER)

    for strange in (HUGE, "²", "٣"):
        assert cells(stored.format(strange))[0] == three
        assert cells(stored.format(1), parts={"styles.xml": looks.format(strange)})[0] == three
    for area in (f"A2:B{HUGE}", f"{'Z' * 5000}2:B3", "A2:B99999999"):
        source = book({"S": sheet(HEADER + stored.format(0), merged(area))})
        assert next(iter(read_table(source))).values["item"] == three


def test_a_duration_longer_than_any_is_broken() -> None:
    looks = {"styles.xml": styles("[h]:mm")}

    for stored in ("9e300", "-9e300", "1000000000"):
        assert cells(row(2, number("A2", stored, 1)), parts=looks)[0].note == "error_value"


ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
SHEET = sheet(HEADER + row(2, text("A2", "pen")))


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (book({"S": ENTITY + SHEET.replace("pen", "&e;")}), "document_type"),
        (book({"S": SHEET}, parts={"styles.xml": ENTITY + "<a/>"}), "document_type"),
        (book({"S": SHEET}, parts={"sharedStrings.xml": ENTITY + "<a/>"}), "document_type"),
        (book({"S": SHEET[:-20]}), "broken_workbook"),
        (book({"S": SHEET.replace("pen", "&e;")}), "broken_workbook"),
        (book({"S": sheet(HEADER + row(2, '<c r="A2" t="s"><v>9</v></c>'))}), "broken_workbook"),
        (book({"S": sheet(HEADER + row(2, '<c r="A2" t="s"><v>-1</v></c>'))}), "broken_workbook"),
        (book({"S": sheet(row(1, text("B1", "b"), text("A1", "a")))}), "broken_workbook"),
        (book({"S": sheet(row(1, text("ZZZ1", "b")))}), "too_many_columns"),
        (book({"S": SHEET.encode("utf-16")}), "broken_workbook"),
        (io.BytesIO(book({"S": SHEET}).getvalue()[:300]), "broken_workbook"),
        (io.BytesIO(b"PK\x03\x04" + b"x" * 100), "broken_workbook"),
        (io.BytesIO(b"PK\x05\x06" + b"\0" * 18), "not_a_workbook"),
    ],
)
def test_broken_or_unsafe_workbooks_are_refused(source: io.BytesIO, code: str) -> None:
    assert refusal(source).code == code


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"xl/workbook.bin": b""}, "binary_workbook"),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "open_document"),
        ({"word/document.xml": b""}, "not_a_workbook"),
        ({"../../etc/passwd": b"x"}, "not_a_workbook"),
        ({"_rels/.rels": b"<Relationships/>"}, "not_a_workbook"),
        ({f"{at}.xml": b"" for at in range(5000)}, "broken_workbook"),
        ({"xl/worksheets/sheet1.xml": b"0" * 20_000_000}, "unpacks_too_large"),
    ],
)
def test_other_containers_are_named(members: dict[str, bytes], code: str) -> None:
    source = io.BytesIO()
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)

    assert refusal(source).code == code


def test_encrypted_and_unusual_members_are_refused() -> None:
    packed = book({"S": SHEET}).getvalue()
    encrypted = bytearray(packed)
    at = packed.rindex(b"PK\x01\x02")
    encrypted[at + 8] |= 1
    lzma = io.BytesIO()
    with zipfile.ZipFile(lzma, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("_rels/.rels", "<Relationships/>")

    assert refusal(io.BytesIO(bytes(encrypted))).code == "broken_workbook"
    assert refusal(lzma).code == "broken_workbook"


@pytest.mark.parametrize(
    ("source", "limits", "code"),
    [
        (book({"S": sheet(HEADER + row(2) * 300)}), Limits(rows=200), "too_many_rows"),
        (book({"S": sheet(HEADER)}), Limits(columns=1), "too_many_columns"),
        (book({"S": sheet(HEADER)}), Limits(unpacked_bytes=100), "unpacks_too_large"),
        (
            book(
                {"S": SHEET}, parts={"sharedStrings.xml": f"<sst>{'<si><t>a</t></si>' * 9}</sst>"}
            ),
            Limits(shared_strings=8),
            "broken_workbook",
        ),
        (
            book({"S": sheet(HEADER + row(2, text("A2", "x" * 200_000)))}),
            Limits(),
            "value_too_long",
        ),
    ],
)
def test_limits(source: io.BytesIO, limits: Limits, code: str) -> None:
    assert refusal(source, limits=limits).code == code


def test_overlapping_merges_are_refused() -> None:
    merges = "".join('<mergeCell ref="A1:XFD9999"/>' for _ in range(600))
    xml = sheet(HEADER + row(2, text("A2", "pen")), after=f"<mergeCells>{merges}</mergeCells>")

    assert refusal(book({"S": xml})).code in {"broken_workbook", "merged_header"}


def test_table_can_be_read_again() -> None:
    read = read_table(book({"S": SHEET}))

    assert [found["item"].value for found in read] == [found["item"].value for found in read]
