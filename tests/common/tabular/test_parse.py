"""Parsing of cells: what is certain is read, everything else is refused by a stable code."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.tabular import (
    AmbiguousDateError,
    Bounds,
    Cell,
    Kind,
    NumberFormat,
    parse_bool,
    parse_code,
    parse_date,
    parse_decimal,
    parse_percent,
)
from tests.common.tabular.asking import code_of, figure, outcome

COMMA = NumberFormat(decimal=",", group=".")
SPACED = NumberFormat(decimal=",", group=" ")
SWISS = NumberFormat(decimal=".", group="'")
POINT = NumberFormat()
UNGROUPED = NumberFormat(decimal=",", group="")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1234.5", "1234.5"),
        ("1,234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("1,234,567.8", "1234567.8"),
        (" 10 ", "10"),
        ("10\xa0", "10"),
        ("+10", "10"),
        ("-10", "-10"),
        ("−10", "-10"),
        ("－１０．５", "-10.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1.234", "1.234"),
        ("1e-5", "0.00001"),
        ("1.234E3", "1234"),
        ("12.5000000000", "12.500000"),
        ("999999999999999.999999", "999999999999999.999999"),
        (figure("12.5"), "12.5"),
    ],
)
def test_numbers(cell: Any, expected: str) -> None:
    assert parse_decimal(cell) == Decimal(expected)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1,234", "ambiguous_number"),
        ("1.234,50", "ambiguous_number"),
        ("12,50", "ambiguous_number"),
        ("1 234", "ambiguous_number"),
        ("1'234", "ambiguous_number"),
        ("1.234.567", "ambiguous_number"),
        ("1,23,456.0", "ambiguous_number"),
        ("1,2345.0", "ambiguous_number"),
        ("abc", "not_a_number"),
        ("十", "not_a_number"),
        ("٣", "not_a_number"),
        ("½", "not_a_number"),
        ("NaN", "not_a_number"),
        ("inf", "not_a_number"),
        ("-Infinity", "not_a_number"),
        ("0x10", "not_a_number"),
        ("1_000", "not_a_number"),
        ("(5)", "not_a_number"),
        ("¥12.50", "not_a_number"),
        ("12.50元", "not_a_number"),
        ("--5", "not_a_number"),
        ("1e3", "exponent"),
        ("1.23457E+12", "exponent"),
        ("1e999", "exponent"),
        ("1e-999", "too_many_decimals"),
        ("1e9999", "not_a_number"),
        ("9" * 100, "not_a_number"),
        ("9" * 16, "too_large"),
        ("0.0000001", "too_many_decimals"),
        ("", "missing"),
        ("\u3000", "missing"),
        (figure("1E15"), "too_large"),
        (figure("0.00261493408061246"), "too_many_decimals"),
        (Cell(True, Kind.BOOLEAN), "not_a_number"),
        (Cell(date(2026, 1, 1), Kind.DATE), "not_a_number"),
        (Cell("#N/A", Kind.BROKEN, "error_value"), "error_value"),
        (Cell("", Kind.BROKEN, "formula_without_value"), "formula_without_value"),
        (Cell("", Kind.BROKEN, "merged_cell"), "merged_cell"),
    ],
)
def test_numbers_that_are_not_certain(cell: Any, code: str) -> None:
    assert code_of(parse_decimal, cell) == code


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("1,234", POINT, "1234"),
        ("1.234,50", COMMA, "1234.50"),
        ("1.234", COMMA, "1234"),
        ("12,5", COMMA, "12.5"),
        ("1\u202f234,5", SPACED, "1234.5"),
        ("1 234", SPACED, "1234"),
        ("1'234.5", SWISS, "1234.5"),
        ("1234,5", UNGROUPED, "1234.5"),
        ("-1.234,5", COMMA, "-1234.5"),
    ],
)
def test_declared_number_format(text: str, declared: NumberFormat, expected: str) -> None:
    assert parse_decimal(text, declared=declared) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        *(("1,234.5", COMMA), ("12.5", COMMA), ("1.23", COMMA), ("1.2345,6", COMMA)),
        *(("1.234", UNGROUPED), ("1,234", SWISS), ("1e5", POINT), (",5", COMMA)),
    ],
)
def test_declared_number_format_is_kept_to(text: str, declared: NumberFormat) -> None:
    assert code_of(partial(parse_decimal, declared=declared), text) == "not_a_number"


@pytest.mark.parametrize(
    ("text", "bounds", "code"),
    [
        ("-1", Bounds(minimum=Decimal(0)), "too_small"),
        ("101", Bounds(maximum=Decimal(100)), "too_large"),
        ("0.005", Bounds(places=2), "too_many_decimals"),
        ("-0.001", Bounds(places=2, rounds=True, minimum=Decimal("0.01")), "too_small"),
    ],
)
def test_bounds(text: str, bounds: Bounds, code: str) -> None:
    assert code_of(partial(parse_decimal, bounds=bounds), text) == code


def test_rounding_where_a_column_allows_it() -> None:
    bounds = Bounds(places=2, rounds=True)

    assert parse_decimal("2.675", bounds=bounds) == Decimal("2.68")
    assert parse_decimal(figure("-2.675"), bounds=bounds) == Decimal("-2.68")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *(("13", "13"), ("13%", "13"), ("13 ％", "13"), ("0.5%", "0.5"), ("0", "0"), ("1", "1")),
        (figure("0.13", "percent"), "13"),
        (figure("0.005", "percent"), "0.5"),
        (figure("13"), "13"),
    ],
)
def test_percent(cell: Any, expected: str) -> None:
    assert parse_percent(cell) == Decimal(expected)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *(("0.13", "ambiguous_percent"), (figure("0.13"), "ambiguous_percent")),
        *(("x%", "not_a_number"), ("%", "not_a_number"), ("13 percent", "not_a_number")),
    ],
)
def test_percent_that_is_not_certain(cell: Any, code: str) -> None:
    assert code_of(parse_percent, cell) == code


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *(("2026-09-30", "2026-09-30"), ("2026/9/3", "2026-09-03"), ("2026.9.30", "2026-09-30")),
        *(("2026年9月30日", "2026-09-30"), ("20260930", "2026-09-30")),
        *(("２０２６－０９－３０", "2026-09-30"), (" 2026-9-3 ", "2026-09-03")),
        *(("2026-09-30 00:00:00", "2026-09-30"), ("2026-09-30T00:00", "2026-09-30")),
        (Cell(date(2026, 9, 30), Kind.DATE), "2026-09-30"),
        (Cell(datetime(2026, 9, 30), Kind.DATE), "2026-09-30"),  # noqa: DTZ001  # a file's
    ],
)
def test_dates_with_the_year_first(cell: Any, expected: str) -> None:
    assert parse_date(cell).isoformat() == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *(("2026-02-30", "impossible_date"), ("1900-02-29", "impossible_date")),
        *(("2026-13-01", "impossible_date"), ("20261301", "impossible_date")),
        *(("02/03/2026", "ambiguous_date"), ("2-3-26", "ambiguous_date")),
        *(("30/09/2026", "not_a_date"), ("30/02/2026", "not_a_date"), ("03/03/2026", "not_a_date")),
        *(("26-09-30", "not_a_date"), ("115/09/30", "not_a_date"), ("30-Sep-2026", "not_a_date")),
        *(("0001-01-01", "date_out_of_range"), ("9999-12-31", "date_out_of_range")),
        *(("2026-09-30T24:00:00", "not_a_date"), ("2026-09-30 00:00:00+08:00", "not_a_date")),
        *(("2026-09-30 12:00", "not_a_date"), ("Date Not Captured", "not_a_date")),
        *(("N/A", "not_a_date"), ("45000", "not_a_date"), ("٢٠٢٦-٠٩-٣٠", "not_a_date")),
        (figure("45000"), "not_a_date"),
        (Cell(datetime(2026, 9, 30, 12), Kind.DATE), "not_a_date"),  # noqa: DTZ001  # a file's
        (Cell(time(12), Kind.DATE), "not_a_date"),
        ("", "missing"),
    ],
)
def test_dates_that_are_not_certain(cell: Any, code: str) -> None:
    assert code_of(parse_date, cell) == code


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("8/27/2014", ["%m/%d/%Y"], "2014-08-27"),
        ("02/03/2026", ["%d/%m/%Y"], "2026-03-02"),
        ("02/03/2026", ["%m/%d/%Y"], "2026-02-03"),
        ("27/8/2014", ["%m/%d/%Y", "%d/%m/%Y"], "2014-08-27"),
        ("03/03/2026", ["%m/%d/%Y", "%d/%m/%Y"], "2026-03-03"),
        ("02-Jun-06", ["%d-%b-%y"], "2006-06-02"),
        ("02-JUN-99", ["%d-%b-%y"], "1999-06-02"),
        ("June 2, 2006", ["%B %d, %Y"], "2006-06-02"),
        ("26-09-30", ["%y-%m-%d"], "2026-09-30"),
    ],
)
def test_declared_dates(text: str, formats: list[str], expected: str) -> None:
    assert parse_date(text, formats=formats).isoformat() == expected


def test_ambiguous_date_names_both_readings() -> None:
    with pytest.raises(AmbiguousDateError) as caught:
        parse_date("02/03/2026", formats=["%d/%m/%Y", "%m/%d/%Y"])

    assert caught.value.readings == ("2026-02-03", "2026-03-02")
    assert "2026-02-03" in str(caught.value)
    assert "2026-03-02" in str(caught.value)


def test_declared_range_of_dates() -> None:
    this_year = partial(parse_date, earliest=date(2026, 1, 1), latest=date(2026, 12, 31))

    assert this_year("2026-12-31") == date(2026, 12, 31)
    assert code_of(this_year, "2027-01-01") == "date_out_of_range"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *(("Yes", True), ("是", True), (" TRUE ", True), ("１", True), (figure("1"), True)),
        *(("no", False), ("否", False), ("0", False), (Cell(False, Kind.BOOLEAN), False)),
    ],
)
def test_yes_and_no(cell: Any, expected: bool) -> None:
    assert parse_bool(cell) is expected


def test_words_for_yes_are_declared_not_guessed() -> None:
    assert code_of(parse_bool, "maybe") == "not_yes_or_no"
    assert code_of(parse_bool, "2") == "not_yes_or_no"
    assert parse_bool("√", true={"√"}, false={"×"}) is True


@given(st.decimals("-999999999999999", "999999999999999", places=6))
def test_every_number_reads_back(number: Decimal) -> None:
    assert parse_decimal(f"{number:f}") == number
    assert parse_decimal(f"{number:,f}") == number
    swapped = f"{number:,f}".translate(str.maketrans(",.", ".,"))
    assert parse_decimal(swapped, declared=COMMA) == number


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_date_reads_back(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day.month}/{day.day}/{day.year}", formats=["%m/%d/%Y"]) == day


@given(
    st.text(), st.sampled_from([parse_decimal, parse_percent, parse_date, parse_bool, parse_code])
)
def test_any_text_is_read_or_refused(text: str, parse: Callable[[str], object]) -> None:
    found, code = outcome(parse, text)

    assert (found is None) is bool(code)
