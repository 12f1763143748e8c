"""CSV: encodings, delimiters, headers and ragged rows, each found or refused by name."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from apps.common.tabular import Limits, Table, TableError, TextFormat, read_table


def table(content: str | bytes, **options: Any) -> Table:
    data = content.encode() if isinstance(content, str) else content
    return read_table(io.BytesIO(data), **options)


def values(read: Table) -> list[list[str]]:
    return [[str(cell) for cell in row.values.values()] for row in read]


def refusal(content: str | bytes, **options: Any) -> TableError:
    with pytest.raises(TableError) as caught:
        list(table(content, **options))
    assert str(caught.value)
    return caught.value


CHINESE = "物料,单位,数量\n圆珠笔,包,10\n打印纸（A4）,箱,5\n"
TRADITIONAL = "品名,單位,數量\n原子筆,包,10\n影印紙,箱,5\n"
FRENCH = "pays,ville,prix\nCôte d’Ivoire,Abidjan,3 €\nFrance,Orléans,«5»\nEspaña,Gijón,créée\n"


@pytest.mark.parametrize(
    ("content", "encoding", "read_as"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8-sig"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-32", "utf-32"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "gbk", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        (FRENCH, "utf-8", "utf-8"),
        (FRENCH, "cp1252", "cp1252"),
        ("a,b\n笔,1\n", "gb18030", "gb18030"),
        ("a,b\nm³,±2\n", "cp1252", "cp1252"),
        ("a,b\n1,2\n", "ascii", "utf-8"),
    ],
)
def test_encoding_is_found(content: str, encoding: str, read_as: str) -> None:
    read = table(content.encode(encoding))

    assert read.encoding == read_as
    assert values(read) == [line.split(",") for line in content.splitlines()[1:]]
    assert bool(read.warnings) is (read_as in {"gb18030", "big5", "cp1252"})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (CHINESE.encode()[:-14], "undecodable"),
        (CHINESE.encode() + "中".encode()[:2], "undecodable"),
        (CHINESE.encode("utf-16") + b"x", "undecodable"),
        (CHINESE.encode("utf-16-le"), "nul_byte"),
        (b"a,b\n1,\x002\n", "nul_byte"),
        ("имя,цена\nручка,1\n".encode("cp1251"), "unknown_encoding"),
        ("όνομα,τιμή\nστυλό,1\n".encode("iso-8859-7"), "unknown_encoding"),
        ("nazwa,cena\nzłoty długopis,1\n".encode("cp1250"), "unknown_encoding"),
        ("品名,価格\nボールペン,1\n".encode("shift_jis"), "unknown_encoding"),
        ("품명,수량\n볼펜 검정색,십\n복사용지 상자,오\n".encode("euc-kr"), "unknown_encoding"),
        ("品名,数量\nボールペン,十\n".encode("euc-jp"), "unknown_encoding"),
        (b"a,b\n\x81\x8d,1\n", "unknown_encoding"),
        (CHINESE.encode("gbk").decode("latin-1").encode(), "garbled_text"),
        (FRENCH.encode().decode("cp1252", "ignore").encode(), "garbled_text"),
    ],
)
def test_unclear_encoding_is_refused(content: bytes, code: str) -> None:
    assert refusal(content).code == code


def test_undecodable_byte_is_named() -> None:
    error = refusal(CHINESE.encode() + b"\xff" + CHINESE.encode())

    assert error.details == {"byte": len(CHINESE.encode()), "row": 4}
    assert str(error.details["byte"]) in str(error)


def test_damage_is_found_however_far_into_the_file_it_is() -> None:
    content = b"a,b\n" + b"1,2\n" * 100_000 + "é,1\n".encode() + b"1,2\n" * 100_000 + b"\xe4\xb8"

    assert refusal(content).details["byte"] == len(content) - 2


def test_declared_encoding_is_used_and_checked() -> None:
    greek = "όνομα,τιμή\nστυλό,1\n".encode("iso-8859-7")

    assert values(table(greek, text=TextFormat(encoding="iso-8859-7"))) == [["στυλό", "1"]]
    assert refusal(greek, text=TextFormat(encoding="utf-8")).code == "undecodable"
    assert refusal(greek, text=TextFormat(encoding="base64")).code == "unknown_encoding"


def test_lost_characters_are_counted() -> None:
    content = TRADITIONAL.replace("原子", "?子").replace("紙", "??")

    assert "3" in table(content.encode("big5")).warnings[1]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(delimiter: str) -> None:
    lines = [["a", "b", "c"], ["1,5", "x", "2"], ["2,5", 'say "hi"; ok', ""], ["", "", "3"]]
    content = "\n".join(
        delimiter.join(f'"{v.replace(chr(34), chr(34) * 2)}"' for v in line) for line in lines
    )

    read = table(content)

    assert read.delimiter == delimiter
    assert values(read) == lines[1:]


def test_comma_in_text_does_not_make_it_the_delimiter() -> None:
    assert values(table("name;role\nDoe, John;buyer\nRoe, Jane;boss\n")) == [
        ["Doe, John", "buyer"],
        ["Roe, Jane", "boss"],
    ]


def test_two_possible_delimiters_are_refused_until_one_is_declared() -> None:
    content = "a,b;c\n1,2;3\n4,5;6\n"

    assert refusal(content).code == "ambiguous_delimiter"
    assert table(content, text=TextFormat(delimiter=";")).columns == ("a,b", "c")


def test_spreadsheet_hint_names_the_delimiter() -> None:
    read = table("sep=;\r\na;b\r\n1,5;2\r\n")

    assert (read.columns, read.header_row) == (("a", "b"), 2)
    assert values(read) == [["1,5", "2"]]


def test_quotes_newlines_and_spaces_before_quotes() -> None:
    assert values(table('a, "b"\r\n1, "x, ""y""\r\nz"\r\n')) == [["1", 'x, "y"\r\nz']]
    assert values(table('a,b\n12" pipe,1\n')) == [['12" pipe', "1"]]


@pytest.mark.parametrize(
    ("content", "row"),
    [('a,b\n1,"x"y\n', 2), ('a,b\n1,2\n3,"never ends\n4,5\n', 3), ('a,b\n"x\\"y",1\n', 2)],
)
def test_broken_quotes_are_named(content: str, row: int) -> None:
    error = refusal(content)

    assert (error.code, error.details["row"]) == ("broken_quotes", row)


def test_ragged_rows_are_reported_and_not_shifted() -> None:
    read = table("a,b,c\n1,2\n1,2,3,4\n1,2,3,\n,2,\n")
    rows = list(read)

    problems = {row.number: [(p.code, p.column, p.value) for p in row.problems] for row in rows}
    assert problems == {
        2: [("short_row", "", "")],
        3: [("stray_value", "D", "4")],
        4: [],
        5: [],
    }
    assert values(read) == [["1", "2", ""], ["1", "2", "3"], ["1", "2", "3"], ["", "2", ""]]


def test_value_under_a_missing_name_is_reported() -> None:
    (row,) = table("a,,c\n1,2,3\n")

    assert [(p.code, p.column) for p in row.problems] == [("stray_value", "B")]
    assert list(row.values) == ["a", "c"]


def test_header_repeated_among_the_data_is_reported() -> None:
    read = table("no,item,qty,unit\n1,pen,2,EA\nno,item,qty,unit\n2,item,qty,unit\n3,item,qty,x\n")

    assert [[p.code for p in row.problems] for row in read] == [
        [],
        ["repeated_header"],
        ["repeated_header"],
        [],
    ]


def test_blank_rows_are_skipped_and_row_numbers_kept() -> None:
    assert [row.number for row in table("a,b\n\n1,2\n , \u3000\n,,\n3,4\n")] == [3, 6]


@pytest.mark.parametrize(
    ("content", "columns", "header_row"),
    [
        ("\n\na,b\n1,2\n", ("a", "b"), 3),
        ("Purchase list\n# made by hand\na,b\n1,2\n", ("a", "b"), 3),
        ("a\n1\n2\n", ("a",), 1),
        ("id,2024,2025\nx,1,2\n", ("id", "2024", "2025"), 1),
        ('"a\u200b ", b\tc \n1,2\n', ("a", "b c"), 1),
        ("e\u0301,b\n1,2\n", ("é", "b"), 1),
    ],
)
def test_header_is_found(content: str, columns: tuple[str, ...], header_row: int) -> None:
    read = table(content)

    assert (read.columns, read.header_row) == (columns, header_row)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty"),
        ("\n , \n", "empty"),
        ("1,2,3\n4,5,6\n", "no_header"),
        ("2026-01-01,x\n2026-01-02,y\n", "no_header"),
        ("a,b,a\n1,2,3\n", "duplicate_columns"),
        ("Name,ｎａｍｅ\n1,2\n", "duplicate_columns"),
        ("Department,IT\nname,qty,unit,price\npen,1,EA,2\npaper,1,EA,3\n", "ambiguous_header"),
    ],
)
def test_unclear_header_is_refused(content: str, code: str) -> None:
    assert refusal(content).code == code


def test_duplicate_columns_are_named() -> None:
    assert refusal("a,b,a,c,c\n").details["names"] == ["a", "a", "c", "c"]


def test_header_row_can_be_given() -> None:
    content = "Department,IT\nname,qty,unit,price\npen,1,EA,2\n"

    assert table(content, header_row=2).columns == ("name", "qty", "unit", "price")
    assert values(table("1,2\n3,4\n", header_row=1)) == [["3", "4"]]
    assert refusal(content, header_row=9).code == "no_header"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7\n", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n", "not_a_table"),
        (b"\x1f\x8b\x08", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_workbook"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "markup"),
        (b"\xef\xbb\xbf <?xml version='1.0'?><a/>", "markup"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "markup"),
    ],
)
def test_content_decides_not_the_name(content: bytes, code: str) -> None:
    error = refusal(content, filename="lines.csv")

    assert error.code == code
    assert str(error).startswith("lines.csv: ")


def test_less_than_sign_is_text() -> None:
    assert values(table("<5,>5\na,b\n")) == [["a", "b"]]


@pytest.mark.parametrize(
    ("content", "limits", "code"),
    [
        (b"a,b\n" + b"1,2\n" * 200, Limits(rows=100), "too_many_rows"),
        (b"a,b\n" + b"1,2\n" * 120, Limits(rows=100), "too_many_rows"),
        (b"a,b\n" + b"1,2\n" * 10, Limits(bytes=20), "file_too_large"),
        (b'a,b\n1,"' + b"x" * 200_000 + b'"\n', Limits(), "value_too_long"),
    ],
)
def test_limits(content: bytes, limits: Limits, code: str) -> None:
    assert refusal(content, limits=limits).code == code


def test_line_breaks_inside_values_are_no_rows() -> None:
    content = "a,b\n" + '1,"' + "\n" * 500 + '"\n'

    assert len(list(table(content, limits=Limits(rows=100)))) == 1


def test_table_can_be_read_again_and_leaves_the_stream_open() -> None:
    stream = io.BytesIO(b"a,b\n1,2\n3,4\n")
    read = read_table(stream)

    assert next(iter(read)).number == 2
    assert values(read) == values(read) == [["1", "2"], ["3", "4"]]
    assert not stream.closed


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_uploads_are_read_from_memory_and_from_disk(encoding: str) -> None:
    content = CHINESE.encode(encoding)
    with TemporaryUploadedFile("lines.csv", "text/csv", len(content), None) as on_disk:
        on_disk.write(content)
        for upload in (SimpleUploadedFile("lines.csv", content), on_disk):
            assert len(values(read_table(upload))) == 2
            assert not upload.closed
