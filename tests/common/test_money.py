"""Money: each published rounding case, then the properties that hold for every amount."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.money import (
    AmountError,
    RateTotal,
    TaxableLine,
    allocate,
    document_totals,
    from_base,
    line_net,
    round_money,
    tax_by_rate,
    to_base,
)

D = Decimal


def lines(*nets_and_rates: tuple[str, str]) -> list[TaxableLine]:
    return [TaxableLine(D(net), D(rate)) for net, rate in nets_and_rates]


def priced(rows: list[tuple[str, str, str]], rate: str) -> list[TaxableLine]:
    return [
        TaxableLine(line_net(D(quantity), D(price), [D(less)], minor_units=2), D(rate))
        for quantity, price, less in rows
    ]


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("2.675", 2, "2.68"),
        ("-2.675", 2, "-2.68"),
        ("0.005", 2, "0.01"),
        ("0.004999999", 2, "0.00"),
        ("-0.004", 2, "0.00"),
        ("1234.5", 0, "1235"),
        ("0.0005", 3, "0.001"),
        ("999999999999999.99", 2, "999999999999999.99"),
    ],
)
def test_half_up(value: str, places: int, expected: str) -> None:
    assert str(round_money(D(value), places)) == expected


@pytest.mark.parametrize(
    ("rows", "rate", "net", "tax", "gross"),
    [
        ([("1", "707.02", "0"), ("1", "66.39", "0")], "19", "773.41", "146.95", "920.36"),
        ([("16", "348.35", "4")], "22", "5350.66", "1177.15", "6527.81"),
        ([("1", "115.98", "0"), ("1", "69.98", "0")], "24", "185.96", "44.63", "230.59"),
        (
            [("4", "1.48", "0"), ("1", "1.52", "0"), ("1", "1.54", "0"), ("1", "0.39", "0")],
            *("21", "9.37", "1.97", "11.34"),
        ),
        ([("10", "30.75", "5"), ("1", "70", "5")], "15", "358.63", "53.79", "412.42"),
        ([("1", "7.02", "0")], "22", "7.02", "1.54", "8.56"),
        # a hundred lines of 1.001: tax on the sum of *rounded* bases
        ([("1", "1.001", "0")] * 100, "20", "100.00", "20.00", "120.00"),
        ([("1", "600", "50"), ("10", "60", "75")], "15", "450.00", "67.50", "517.50"),
        ([("5", "10", "0"), ("1", "5", "0")], "0", "55.00", "0.00", "55.00"),
        ([("4", "9", "0"), ("2", "5", "0")], "0", "46.00", "0.00", "46.00"),
    ],
)
def test_document_totals_of_other_systems(
    rows: list[tuple[str, str, str]], rate: str, net: str, tax: str, gross: str
) -> None:
    totals = document_totals(priced(rows, rate), 2)

    assert (str(totals.net), str(totals.tax), str(totals.gross)) == (net, tax, gross)
    assert sum(totals.line_taxes) == totals.tax


def test_discounts_are_taken_off_one_after_the_other() -> None:
    assert line_net(D(1), D(600), [D(50), D(50)], minor_units=2) == D("150.00")


def test_line_is_rounded_once() -> None:
    # 0.5 x 0.01 less 50 % is 0.0025; rounding before the discount would have made a cent of it
    assert line_net(D("0.5"), D("0.01"), [D(50)], minor_units=2) == D("0.00")


def test_product_keeps_every_digit() -> None:
    quantity, price = D("123456789.123456"), D("654321.654321")

    net = line_net(quantity, price, minor_units=4)

    exact = int(quantity.scaleb(6)) * int(price.scaleb(6))
    assert int(net.scaleb(4)) == (exact + 5 * 10**7) // 10**8


@pytest.mark.parametrize(
    ("total", "weights", "minor_units", "expected"),
    [
        ("1587.35", [25, 25, 25, 25], 2, ["396.84", "396.84", "396.84", "396.83"]),
        ("100", [500, 1000], 2, ["33.33", "66.67"]),
        ("-100", [1, 1, 1], 2, ["-33.34", "-33.33", "-33.33"]),
        ("10", [1, 1, 1], 0, ["4", "3", "3"]),
        ("0.001", [0, 7, 7], 3, ["0.000", "0.001", "0.000"]),
        ("0", [1, 2], 2, ["0.00", "0.00"]),
    ],
)
def test_allocation_by_largest_remainder(
    total: str, weights: list[int], minor_units: int, expected: list[str]
) -> None:
    assert [str(share) for share in allocate(D(total), weights, minor_units)] == expected


def test_header_discount_is_spread_by_amount() -> None:
    totals = document_totals(lines(("500", "0"), ("1000", "0")), 2, discount=D(100))

    assert totals.line_nets == (D("466.67"), D("933.33"))
    assert totals.net == totals.gross == D("1400.00")


def test_rates_are_taxed_apart() -> None:
    by_rate, by_line = tax_by_rate(
        lines(("0.33", "13"), ("10", "6"), ("0.33", "13"), ("5", "0")), 2
    )

    assert by_rate == (
        RateTotal(D(13), D("0.66"), D("0.09")),
        RateTotal(D(6), D("10.00"), D("0.60")),
        RateTotal(D(0), D("5.00"), D("0.00")),
    )
    assert by_line == (D("0.05"), D("0.60"), D("0.04"), D("0.00"))


@pytest.mark.parametrize(
    ("convert", "amount", "rate", "expected"),
    [
        (to_base, "10", "1.3", "13.00"),
        (from_base, "10", "1.3", "7.69"),
        (from_base, "-10", "1.3", "-7.69"),
        (to_base, "4000", "7.1234567", "28493.83"),
    ],
)
def test_exchange(convert: Callable[..., Decimal], amount: str, rate: str, expected: str) -> None:
    assert str(convert(D(amount), D(rate), 2)) == expected


def test_base_total_is_rounded_once() -> None:
    # 3 x 0.05 at 0.1: rounding each line would give 0.03
    assert to_base(D("0.15"), D("0.1"), 2) == D("0.02")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (D("NaN"), "not_finite"),
        (D("sNaN"), "not_finite"),
        (D("Infinity"), "not_finite"),
        (D("-Infinity"), "not_finite"),
        (D(10**15), "too_large"),
        (D("1E+999999"), "too_large"),
        (D("1E-999999"), "too_many_decimals"),
        (0.1, "not_a_decimal"),
        (True, "not_a_decimal"),
        ("1", "not_a_decimal"),
        (None, "not_a_decimal"),
    ],
)
def test_what_is_no_amount_is_refused_by_name(value: Any, code: str) -> None:
    for refused in (
        lambda: round_money(value, 2),
        lambda: line_net(value, D(1), minor_units=2),
        lambda: line_net(D(1), value, minor_units=2),
        lambda: line_net(D(1), D(1), [value], minor_units=2),
        lambda: allocate(D(1), [value], 2),
        lambda: to_base(value, D(1), 2),
        lambda: to_base(D(1), value, 2),
        lambda: document_totals([TaxableLine(value)], 2),
        lambda: document_totals([TaxableLine(D(1), value)], 2),
    ):
        with pytest.raises(AmountError) as caught:
            refused()
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: round_money(D(1), 5), "minor_units"),
        (lambda: round_money(D(1), -1), "minor_units"),
        (lambda: line_net(D(1), D(1), [D(101)], minor_units=2), "discount"),
        (lambda: line_net(D(1), D(1), [D(-1)], minor_units=2), "discount"),
        (lambda: line_net(D(10) ** 14, D(10) ** 14, minor_units=2), "too_large"),
        (lambda: allocate(D(1), [], 2), "weights"),
        (lambda: allocate(D(1), [D(0)], 2), "weights"),
        (lambda: allocate(D(1), [D(2), D(-1)], 2), "weights"),
        (lambda: document_totals([TaxableLine(D(1))], 2, discount=D(2)), "discount_exceeds_total"),
        (lambda: document_totals([TaxableLine(D(1))], 2, discount=D(-1)), "discount_exceeds_total"),
        (lambda: tax_by_rate([TaxableLine(D(1), D(-1))], 2), "tax_rate"),
        (lambda: to_base(D(1), D(0), 2), "exchange_rate"),
        (lambda: from_base(D(1), D(-1), 2), "exchange_rate"),
    ],
)
def test_impossible_terms_are_refused_by_name(call: Callable[[], object], code: str) -> None:
    with pytest.raises(AmountError) as caught:
        call()

    assert caught.value.code == code
    assert str(caught.value)


amounts = st.decimals("-99999999", "99999999", places=6)
prices = st.decimals("0", "9999999", places=6)
rates = st.sampled_from([D(0), D(3), D(6), D(9), D(13), D("7.7")])
units = st.sampled_from([0, 2, 3])


@given(amounts, st.lists(prices, min_size=1, max_size=12).filter(any), units)
def test_shares_add_up_and_are_near_their_part(
    total: D, weights: list[D], minor_units: int
) -> None:
    shares = allocate(total, weights, minor_units)

    rounded = round_money(total, minor_units)
    assert sum(shares) == rounded
    unit = D(1).scaleb(-minor_units)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - rounded * weight) <= unit * sum(weights)
    assert [-share for share in shares] == allocate(-total, weights, minor_units)


@given(st.lists(st.tuples(amounts, rates), max_size=12), units)
def test_lines_always_add_up_to_the_document(
    given_lines: list[tuple[D, D]], minor_units: int
) -> None:
    totals = document_totals([TaxableLine(*line) for line in given_lines], minor_units)

    assert sum(totals.line_nets) == totals.net == sum(rate.base for rate in totals.by_rate)
    assert sum(totals.line_taxes) == totals.tax == sum(rate.tax for rate in totals.by_rate)
    assert totals.gross == totals.net + totals.tax
    unit = D(1).scaleb(-minor_units)
    for net, tax, (_net, rate) in zip(
        totals.line_nets, totals.line_taxes, given_lines, strict=True
    ):
        assert abs(tax - net * rate / 100) <= unit


@given(prices, prices, st.decimals("0", "100", places=4), units)
def test_line_is_within_half_a_unit_of_the_exact_product(
    quantity: D, price: D, percent: D, minor_units: int
) -> None:
    net = line_net(quantity, price, [percent], minor_units=minor_units)

    scale = 10**6 * 10**6 * 10**4 * 100
    exact = int(quantity.scaleb(6)) * int(price.scaleb(6)) * int((100 - percent).scaleb(4))
    units_of_net = int(net.scaleb(minor_units))
    assert -scale <= 2 * (units_of_net * scale - exact * 10**minor_units) * -1 < scale


@given(amounts, units)
def test_rounding_is_symmetric_and_settles(value: D, minor_units: int) -> None:
    rounded = round_money(value, minor_units)

    assert round_money(-value, minor_units) == -rounded
    assert str(round_money(rounded, minor_units)) == str(rounded)
    assert rounded == rounded.quantize(Decimal(1).scaleb(-minor_units))
