"""Amounts in Chinese capital characters (大写金额), as cheques, contracts and orders carry them.

Written by the rules for filling in bills: 整 closes an amount after 元, may after 角 (here it does,
so that nobody adds a 分), never after 分; zeros between digits are one 零. The words can be read
back, so that a printed document can be checked against its figures.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import product

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from apps.common.money import MAX_INTEGER_DIGITS, checked, refuse

PREFIX = "人民币"
LONGEST = 60  # characters; the most that 15 digits and two places can take is below
DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_SAME = str.maketrans({"圆": "元", "正": "整", "〇": "零", "○": "零", "萬": "万", "億": "亿"})
_MESSAGES: dict[str, StrOrPromise] = {
    "below_fen": _("An amount in words has no more than two decimal places."),
    "not_in_words": _("This is not an amount in Chinese capital characters."),
}


def amount_in_words(amount: Decimal | int, *, prefix: str = PREFIX) -> str:
    """Write an amount of CNY in capital characters, e.g. 人民币壹仟零壹元伍角整.

    Raises AmountError for fractions of a 分: words never round. A credit starts with 负.
    """
    number = checked(amount)
    if number != number.quantize(Decimal("0.01")):
        raise refuse("below_fen", _MESSAGES)
    fen = int(abs(number) * 100)
    sign = "负" if number < 0 else ""
    return prefix + sign + _words(fen)


def _words(
    fen: int, *, zero_yuan: bool = False, zero_wan: bool = False, closed: bool = True
) -> str:
    """Write a number of 分; the options are what the rules leave open.

    `zero_yuan` says the 零 of 10.30 (壹拾元零叁角), `zero_wan` that of 107000 (壹拾万零柒仟),
    `closed` the 整 after 角.
    """
    yuan, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    words = _integer(yuan, zero_wan=zero_wan) + "元" if yuan or not fen else ""
    if not jiao and not rest:
        return words + "整"
    if yuan and (not jiao or (zero_yuan and yuan % 10 == 0)):
        words += "零"
    if jiao:
        words += DIGITS[jiao] + "角"
    if rest:
        return words + DIGITS[rest] + "分"
    return words + "整" if closed else words


def _integer(number: int, *, zero_wan: bool) -> str:
    """Write a whole number: 亿 and 万 each carry what stands before them."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if number < size:
            continue
        high, low = divmod(number, size)
        words = _integer(high, zero_wan=zero_wan) + unit
        if not low:
            return words
        skipped = low < size // 10 or (zero_wan and high % 10 == 0)
        return words + ("零" if skipped else "") + _integer(low, zero_wan=zero_wan)
    return _group(number)


def _group(number: int) -> str:
    """Write up to four digits: one 零 for zeros between digits, none at the end."""
    words = ""
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            words += DIGITS[digit] + _PLACES[place]
        elif words and not words.endswith("零"):
            words += "零"
    return words.rstrip("零") or "零"


def parse_amount_in_words(text: str) -> Decimal:
    """Read an amount in capital characters back.

    Only words that follow the rules are read: what is found has to be written the same way again,
    but for what the rules leave open. Raises AmountError for anything else.
    """
    words = text.strip().translate(_SAME).removeprefix(PREFIX)
    negative = words.startswith("负")
    words = words.removeprefix("负")
    fen = _read(words) if len(words) <= LONGEST else None
    if fen is None or fen >= 100 * 10**MAX_INTEGER_DIGITS or (negative and not fen):
        raise refuse("not_in_words", _MESSAGES)
    if words not in _spellings(fen):
        raise refuse("not_in_words", _MESSAGES)
    return Decimal(-fen if negative else fen).scaleb(-2)


def _spellings(fen: int) -> set[str]:
    return {
        _words(fen, zero_yuan=yuan, zero_wan=wan, closed=closed)
        for yuan, wan, closed in product((False, True), repeat=3)
    }


def _read(words: str) -> int | None:
    """Add up digits times places; whether the words were well formed is asked afterwards."""
    whole, yuan_sign, rest = words.rpartition("元")
    fen = _read_fraction(rest.removesuffix("整"))
    if fen is None:
        return None
    if not yuan_sign:
        return fen
    yuan = _read_integer(whole)
    return None if yuan is None else yuan * 100 + fen


def _read_fraction(words: str) -> int | None:
    fen = 0
    for unit, size in (("角", 10), ("分", 1)):
        digit, found, rest = words.partition(unit)
        if found:
            value = DIGITS.find(digit.removeprefix("零")) if digit.removeprefix("零") else -1
            if value < 1:
                return None
            fen, words = fen + value * size, rest
    return None if words else fen


def _read_integer(words: str) -> int | None:
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        high, found, low = words.rpartition(unit)
        if found:
            head, tail = _read_integer(high), _read_integer(low) if low else 0
            return None if head is None or tail is None else head * size + tail
    total, digit = 0, 0
    for character in words:
        if character in DIGITS:
            digit = DIGITS.index(character)
        elif character in _PLACES[1:]:
            total, digit = total + digit * 10 ** _PLACES.index(character), 0
        else:
            return None
    return total + digit
