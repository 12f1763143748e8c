"""Quantities: published cases of units, minimum orders and tolerances, and their properties."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.money import AmountError
from apps.common.quantities import (
    Rounding,
    convert,
    net_received,
    open_quantity,
    order_quantity,
    round_quantity,
    within_invoice_tolerance,
    within_tolerance,
)

D = Decimal


@pytest.mark.parametrize(
    ("value", "places", "mode", "expected"),
    [
        ("1.0000005", 6, Rounding.HALF_UP, "1.000001"),
        ("-1.0000005", 6, Rounding.HALF_UP, "-1.000001"),
        ("1.001", 2, Rounding.UP, "1.01"),
        ("-1.001", 2, Rounding.UP, "-1.01"),
        ("1.009", 2, Rounding.DOWN, "1.00"),
        ("2.5", 0, Rounding.HALF_UP, "3"),
        ("-0.0000001", 6, Rounding.HALF_UP, "0.000000"),
    ],
)
def test_rounding_of_quantities(value: str, places: int, mode: Rounding, expected: str) -> None:
    assert str(round_quantity(D(value), places, mode)) == expected


@pytest.mark.parametrize(
    ("quantity", "factor", "step", "mode", "expected"),
    [
        ("1234", "0.001", "0.01", Rounding.UP, "1.24"),
        ("1234", "0.001", "0.01", Rounding.DOWN, "1.23"),
        ("1230", "0.001", "0.01", Rounding.UP, "1.23"),
        ("3", "10", "0.000001", Rounding.HALF_UP, "30"),
        ("7", "1", "5", Rounding.HALF_UP, "5"),
        ("7.5", "1", "5", Rounding.HALF_UP, "10"),
    ],
)
def test_conversion(quantity: str, factor: str, step: str, mode: Rounding, expected: str) -> None:
    assert convert(D(quantity), D(factor), step=D(step), mode=mode) == D(expected)


def test_packs_of_different_sizes_on_one_order() -> None:
    ordered = [(D(3), D(10)), (D(13), D("0.1"))]
    received = [D(1), D(5)]

    assert net_received(convert(packs, size) for packs, size in ordered) == D("31.3")
    incoming = [convert(n, size) for n, (_p, size) in zip(received, ordered, strict=True)]
    assert net_received(incoming) == D("10.5")
    still_open = [open_quantity(p, n) for n, (p, _s) in zip(received, ordered, strict=True)]
    assert still_open == [D(2), D(8)]


@pytest.mark.parametrize(
    ("asked", "minimum", "multiple", "expected"),
    [
        ("1", "5", "0", "5"),
        ("6", "5", "0", "6"),
        ("7", "5", "3", "9"),
        ("1", "5", "3", "6"),
        ("6", "0", "3", "6"),
        ("0.3", "0", "0.25", "0.50"),
    ],
)
def test_minimum_and_multiple_order(asked: str, minimum: str, multiple: str, expected: str) -> None:
    assert order_quantity(D(asked), D(minimum), D(multiple)) == D(expected)


@pytest.mark.parametrize(
    ("received", "ordered", "percent", "passes"),
    [
        ("105", "100", "5", True),
        ("105.000001", "100", "5", False),
        ("100.002", "100", "0", False),
        ("100", "100", "0", True),
        ("12", "10", "50", True),
        ("0.3", "0.1", "200", True),
        ("0.300001", "0.1", "200", False),
        ("33.333333", "33.333333", "0", True),
    ],
)
def test_tolerance_is_exact(received: str, ordered: str, percent: str, passes: bool) -> None:
    assert within_tolerance(D(received), D(ordered), D(percent)) is passes


def test_ordering_four_then_seven_of_ten_is_too_much() -> None:
    assert not within_tolerance(net_received([4, 7]), D(10), D(0))


def test_receipts_returns_and_what_is_open() -> None:
    assert net_received([D(6), D(3)], [D(3), D(1)]) == 5
    assert net_received([D(4), D(8)]) == 12
    assert open_quantity(D(10), D(12)) == 0
    assert open_quantity(D(10), net_received([D(4), D(8)], [D(8)])) == 6


@pytest.mark.parametrize(
    ("invoiced", "expected", "amount", "percent", "passes"),
    [
        ("111", "100", "5.00", "10", False),
        ("106", "100", "5.00", "10", False),  # 10 % holds, 5.00 does not
        ("105", "100", "5.00", "10", True),
        ("12", "10", "5.00", "10", False),  # 5.00 holds, 10 % does not
        ("111", "100", None, "11", True),
        ("111", "100", "11", None, True),
        ("100.01", "100", None, None, False),
        ("90", "100", "0", "0", True),
        ("-5", "0", "0", "0", True),
    ],
)
def test_invoice_tolerances_hold_together(
    invoiced: str, expected: str, amount: str | None, percent: str | None, passes: bool
) -> None:
    within = within_invoice_tolerance(
        D(invoiced),
        D(expected),
        amount=None if amount is None else D(amount),
        percent=None if percent is None else D(percent),
    )

    assert within is passes


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: round_quantity(D(1), 7), "places"),
        (lambda: round_quantity(D("NaN")), "not_finite"),
        (lambda: convert(D(1), D(0)), "factor"),
        (lambda: convert(D(1), D(1), step=D(0)), "step"),
        (lambda: convert(D(10) ** 14, D(10) ** 14), "too_large"),
        (lambda: order_quantity(D(0)), "quantity"),
        (lambda: order_quantity(D(-1)), "quantity"),
        (lambda: order_quantity(D(1), D(-1)), "minimum"),
        (lambda: within_tolerance(D(1), D(1), D(-1)), "tolerance"),
        (lambda: within_tolerance(D("Infinity"), D(1)), "not_finite"),
        (lambda: within_invoice_tolerance(D(1), D(1), amount=D(-1)), "tolerance"),
    ],
)
def test_impossible_quantities_are_refused_by_name(call: Callable[[], object], code: str) -> None:
    with pytest.raises(AmountError) as caught:
        call()

    assert caught.value.code == code


quantities = st.decimals("0.000001", "9999999", places=6)
factors = st.sampled_from([D("0.001"), D("0.1"), D(1), D(12), D(1000)])


@given(quantities, factors, st.sampled_from([D("0.01"), D(1), D(5)]))
def test_up_and_down_enclose_the_exact_quantity(quantity: D, factor: D, step: D) -> None:
    low = convert(quantity, factor, step=step, mode=Rounding.DOWN)
    near = convert(quantity, factor, step=step)
    high = convert(quantity, factor, step=step, mode=Rounding.UP)

    assert low <= quantity * factor <= high
    assert near in (low, high)
    assert high - low in (0, step)
    assert high % step == low % step == 0


@given(quantities, st.one_of(st.just(D(0)), quantities), quantities)
def test_order_quantity_is_the_smallest_that_fits(asked: D, minimum: D, multiple: D) -> None:
    ordered = order_quantity(asked, minimum, multiple)

    assert ordered >= max(asked, minimum)
    assert ordered % multiple == 0
    assert ordered - multiple < max(asked, minimum)


@given(quantities, st.decimals("0", "100", places=4))
def test_the_next_digit_beyond_the_tolerance_fails(ordered: D, percent: D) -> None:
    limit = ordered * (100 + percent) / 100

    assert within_tolerance(limit, ordered, percent)
    assert not within_tolerance(limit + D("0.000000000001"), ordered, percent)
