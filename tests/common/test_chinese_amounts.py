"""大写金额: the published examples, each rule, and that the words read back."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.common.chinese_amounts import amount_in_words, parse_amount_in_words
from apps.common.money import AmountError

D = Decimal


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("0", "零元整"),
        ("0.01", "壹分"),
        ("0.10", "壹角整"),
        ("0.11", "壹角壹分"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("10.05", "壹拾元零伍分"),
        ("100", "壹佰元整"),
        ("1001", "壹仟零壹元整"),
        ("1010", "壹仟零壹拾元整"),
        ("1100", "壹仟壹佰元整"),
        ("10001", "壹万零壹元整"),
        ("10100", "壹万零壹佰元整"),
        ("100000", "壹拾万元整"),
        ("100700", "壹拾万零柒佰元整"),
        ("1001000", "壹佰万壹仟元整"),
        ("10000000", "壹仟万元整"),
        ("100000000", "壹亿元整"),
        ("100000001", "壹亿零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("110000000", "壹亿壹仟万元整"),
        ("1000000010.30", "壹拾亿零壹拾元叁角整"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ("1000000000000", "壹万亿元整"),
        ("100000000000000", "壹佰万亿元整"),
        ("-20.50", "负贰拾元伍角整"),
    ],
)
def test_amounts_in_words(amount: str, words: str) -> None:
    assert amount_in_words(D(amount)) == "人民币" + words
    assert parse_amount_in_words("人民币" + words) == D(amount)


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("壹佰圆正", "100"),
        ("人民币壹角", "0.10"),
        ("壹仟陆佰捌拾元零叁角贰分", "1680.32"),
        ("壹拾万零柒仟元伍角叁分", "107000.53"),
        ("壹拾万柒仟元零伍角叁分", "107000.53"),
        ("壹萬元整", "10000"),
    ],
)
def test_other_spellings_the_rules_allow_are_read(words: str, amount: str) -> None:
    assert parse_amount_in_words(words) == D(amount)


@pytest.mark.parametrize(
    "words",
    [
        *("", "人民币", "元", "元整", "负", "负零元整", "整", "零", "壹", "壹佰"),
        *("壹元", "壹元贰分", "壹分整", "壹元零贰角", "零壹元整", "壹元零分", "壹元零角整"),
        *("拾元整", "壹仟壹元整", "壹仟零零壹元整", "壹仟零元整", "壹佰壹仟元整", "壹贰元整"),
        *("壹万零万元整", "壹万壹万元整", "壹百元整", "一元整", "1元整", "壹元整壹元整"),
        *("壹元叁角叁角", "壹元贰分叁角", "零壹分", "人民币 壹元整", "壹亿亿元整", "亿" * 5000),
    ],
)
def test_words_against_the_rules_are_refused(words: str) -> None:
    with pytest.raises(AmountError) as caught:
        parse_amount_in_words(words)

    assert caught.value.code == "not_in_words"


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (D("0.001"), "below_fen"),
        (D("1.005"), "below_fen"),
        (D(10**15), "too_large"),
        (D("NaN"), "not_finite"),
        (1.5, "not_a_decimal"),
    ],
)
def test_what_cannot_be_written_is_refused(amount: Any, code: str) -> None:
    with pytest.raises(AmountError) as caught:
        amount_in_words(amount)

    assert caught.value.code == code


def test_prefix_can_be_left_out() -> None:
    assert amount_in_words(D(1), prefix="") == "壹元整"


# Digits are drawn one by one, half of them zero: the rules are about zeros.
digits = st.lists(st.sampled_from("0000012345678 9".replace(" ", "")), min_size=1, max_size=17)


@settings(max_examples=2000)
@given(digits.map("".join).map(lambda text: D(int(text)).scaleb(-2)))
@example(D("9999999999999.99"))
def test_every_amount_reads_back(amount: D) -> None:
    words = amount_in_words(amount)

    assert parse_amount_in_words(words) == amount
    assert "零零" not in words
    assert words.endswith("分") != words.endswith("整")
    assert "分整" not in words
