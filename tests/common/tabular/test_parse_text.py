"""Codes, names and texts: what is tidied, what is refused, and that reading settles."""

from datetime import date
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.tabular import Cell, CellError, Kind, parse_code, parse_name, parse_text
from tests.common.tabular.asking import code_of, figure, outcome


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *((" 44121704 ", "44121704"), ("00123", "00123"), ("ＡＢ－１２", "AB-12")),
        *(("人民币", "人民币"), ("1E5", "1E5"), ("e\u0301", "é"), ("KGM;LTR", "KGM;LTR")),
        (figure("44121704"), "44121704"),
    ],
)
def test_codes(cell: Any, expected: str) -> None:
    assert parse_code(cell) == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *(("C Y", "space_in_code"), ("A\nB", "space_in_code"), ("A\u3000B", "space_in_code")),
        *(("A\u200bB", "invisible_character"), ("\u202eABC\u202c", "invisible_character")),
        *(("A\u200dB", "invisible_character"), ("\ufeffA", "invisible_character")),
        *(("A\x07", "control_character"), ("A\ufffd", "lost_character")),
        *(("4.41E+07", "digits_lost"), (figure("1E17", "imprecise"), "digits_lost")),
        *((figure("1.5"), "not_a_code"), (Cell(date(2026, 1, 1), Kind.DATE), "not_a_code")),
        *(("АВС-ABC", "mixed_alphabets"), ("A" * 65, "too_long"), ("", "missing")),
    ],
)
def test_codes_that_cannot_be_trusted(cell: Any, code: str) -> None:
    assert code_of(parse_code, cell) == code


def test_options_of_codes() -> None:
    assert (parse_code("cny", upper=True), parse_code("AB 12", spaces=True)) == ("CNY", "AB 12")
    assert code_of(partial(parse_code, spaces=True), "A\tB") == "space_in_code"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *(("  pen \n", "pen"), ("e\u0301", "é"), ("A\u200bB", "AB"), ("圆\u200d珠", "圆珠")),
        *(("a\u200db", "ab"), ("👩\u200d💼 Co", "👩\u200d💼 Co"), ("𠮷野家", "𠮷野家")),
        *(("one\r\ntwo\n\nfour\tx", "one\ntwo\n\nfour\tx"), ("ＡＢＣ公司", "ＡＢＣ公司")),
        *(("<b>{{7*7}}</b>", "<b>{{7*7}}</b>"), ("=1+1", "=1+1"), ("null", "null")),
        *((figure("12.50"), "12.5"), (figure("100"), "100")),
        *((Cell(True, Kind.BOOLEAN), "TRUE"), (Cell(date(2026, 1, 2), Kind.DATE), "2026-01-02")),
    ],
)
def test_texts(cell: Any, expected: str) -> None:
    assert parse_text(cell, max_length=100) == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *(("a\x00b", "control_character"), ("a\x1bb", "control_character")),
        *(("a\x9fb", "control_character"), ("\ud800", "control_character")),
        *(("a\uffff", "control_character"), ("a\ufffd", "lost_character")),
        *(("\u202eABC\u202c", "invisible_character"), ("a\u2066b", "invisible_character")),
        *(("x" * 11, "too_long"), ("\u200b", "missing"), (" \n", "missing")),
        *((figure("1E20", "imprecise"), "digits_lost"), (Cell("", Kind.EMPTY), "missing")),
    ],
)
def test_texts_that_are_refused(cell: Any, code: str) -> None:
    assert code_of(partial(parse_text, max_length=10), cell) == code


def test_line_breaks_become_spaces_where_there_is_one_line() -> None:
    assert parse_text("a\r\n b\t c", max_length=10, lines=False) == "a b c"


def test_names_that_look_alike_stay_apart() -> None:
    name = partial(parse_name, max_length=50)

    assert code_of(name, "A\u200bBC公司") == "invisible_character"
    assert name("ＡＢＣ公司") != name("ABC公司")
    assert name("👩\u200d💼 Co") == "👩\u200d💼 Co"
    assert name(" 华信 \n公司 ") == "华信 公司"


def test_error_shows_what_cannot_be_seen() -> None:
    with pytest.raises(CellError) as caught:
        parse_code("A\u200bB")

    assert caught.value.value == "A\\u200bB"
    assert "U+200B ZERO WIDTH SPACE" in str(caught.value)


@given(st.text())
def test_text_is_read_the_same_again_or_refused(text: str) -> None:
    once, code = outcome(partial(parse_text, max_length=1000), text)

    if code:
        assert code in {"missing", "control_character", "lost_character", "too_long"}
    else:
        assert parse_text(str(once), max_length=1000) == once
        str(once).encode()
