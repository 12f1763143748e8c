"""What people type: blanks in order, and every character one that can be seen."""

from __future__ import annotations

import unicodedata

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from apps.common import text


@pytest.mark.parametrize(
    ("typed", "line", "lines"),
    [
        ("  a \t b\n\nc ", "a b c", "a \t b\n\nc"),
        ("a\r\nb\u2028c\x85", "a b c", "a\nb\nc"),
        ("\ufeff\u200b a \u2060\ufeff", "a", "a"),
        ("\u200b", "", ""),
        ("e\u0301", "é", "é"),
        ("名称\u3000规格", "名称 规格", "名称\u3000规格"),
        ("מברג עם ידית", "מברג עם ידית", "מברג עם ידית"),
    ],
)
def test_blanks_are_put_in_order_and_those_outside_go(typed: str, line: str, lines: str) -> None:
    assert text.one_line(typed) == line
    assert text.many_lines(typed) == lines


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("Bolt\u200bM8", "U+200B ZERO WIDTH SPACE) after “Bolt”"),
        ("inv\u202eexe.fdp", "U+202E RIGHT-TO-LEFT OVERRIDE) after “inv”"),
        ("a\u2066b\u2069", "U+2066 LEFT-TO-RIGHT ISOLATE) after “a”"),
        ("\u200eabc", "U+200E LEFT-TO-RIGHT MARK) at the start"),
        ("so\u00adft", "U+00AD SOFT HYPHEN) after “so”"),
        ("a\x00b", "U+0000) after “a”"),
        ("a\ud800b", "U+D800) after “a”"),
        ("a\U000e0041b", "U+E0041 TAG LATIN CAPITAL LETTER A) after “a”"),
        ("A\u200dB", "U+200D ZERO WIDTH JOINER) after “A”"),
        ("圆\u200d珠笔", "U+200D ZERO WIDTH JOINER) after “圆”"),
        ("a\u200c", "U+200C ZERO WIDTH NON-JOINER) after “a”"),
        ("first line\nsecond\u200bline", "U+200B ZERO WIDTH SPACE) after “line\nsecond”"),
    ],
)
def test_what_cannot_be_seen_is_named_with_its_place(typed: str, named: str) -> None:
    assert named in text.hidden(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "Bolt M8, 10 pcs\n\tzinc",
        "👩\u200d🔬 safety goggles",
        "👍🏽 ok ❤️\u200d🔥",
        "क्\u200dष",  # Devanagari: a half letter
        "می\u200cخواهم",  # Persian: two parts of one word
        "מברג",
        "שלום \u200fworld",
        "圆珠笔（蓝色）",
    ],
)
def test_what_belongs_to_a_script_or_an_emoji_stays(typed: str) -> None:
    assert text.hidden(typed) == ""
    assert text.one_line(typed.replace("\n\t", " ")) == typed.replace("\n\t", " ")


def test_it_is_said_in_chinese() -> None:
    with translation.override("zh-hans"):
        assert text.hidden("圆\u200b珠笔") == (
            "“圆”之后有不可见字符（U+200B ZERO WIDTH SPACE），请删除。"
        )


@given(st.text())
def test_a_text_is_taken_as_it_is_or_refused(typed: str) -> None:
    """Nothing between the first and the last visible character is dropped silently."""
    kept = text.many_lines(typed)
    if not text.hidden(kept):
        shown = unicodedata.normalize("NFC", typed)
        assert text.visible(kept).replace("\n", "") in shown.replace("\n", "").replace(
            "\r", ""
        ) or any(c in typed for c in "\x0b\x0c\x85\u2028\u2029")
