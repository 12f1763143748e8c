"""Rates of currencies and taxes: dated, and never made up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from apps.catalog import services
from apps.catalog.models import ExchangeRate
from apps.common.errors import InvalidInputError
from tests.catalog.factories import make_currency, make_tax_code

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (date(2026, 1, 1), "7.1"),
        (date(2026, 1, 31), "7.1"),
        (date(2026, 2, 1), "7.3"),
        (date(2030, 1, 1), "7.3"),
    ],
)
def test_the_newest_rate_up_to_the_day_counts(day: date, wanted: str) -> None:
    dollar = make_currency("USD")
    for valid_from, rate in ((date(2026, 1, 1), "7.1"), (date(2026, 2, 1), "7.3")):
        ExchangeRate.objects.create(currency=dollar, valid_from=valid_from, rate=Decimal(rate))

    assert services.exchange_rate(dollar, day) == Decimal(wanted)
    assert services.exchange_rates([dollar], day) == {dollar.pk: Decimal(wanted)}


def test_base_currency_is_worth_one_without_any_rate() -> None:
    yuan = make_currency("CNY")

    assert services.exchange_rate(yuan) == 1
    assert services.exchange_rates([yuan]) == {yuan.pk: Decimal(1)}


def test_a_missing_rate_is_an_error_that_names_the_currency() -> None:
    dollar = make_currency("USD")
    ExchangeRate.objects.create(currency=dollar, valid_from=date(2026, 2, 1), rate=Decimal(7))

    with pytest.raises(InvalidInputError) as caught:
        services.exchange_rate(dollar, date(2026, 1, 31))

    assert caught.value.code == "no_exchange_rate"
    assert "USD" in str(caught.value)
    assert services.exchange_rates([dollar], date(2026, 1, 31)) == {}


@pytest.mark.parametrize(
    ("day", "wanted"),
    [(date(2018, 5, 1), "16"), (date(2019, 4, 1), "13"), (date(2026, 1, 1), "13")],
)
def test_tax_is_the_one_of_the_day(day: date, wanted: str) -> None:
    tax_code = make_tax_code(d2018_05_01="16", d2019_04_01="13")

    assert services.tax_percent(tax_code, day) == Decimal(wanted)


def test_a_tax_without_a_rate_is_an_error_not_zero() -> None:
    tax_code = make_tax_code(d2019_04_01="13")

    with pytest.raises(InvalidInputError) as caught:
        services.tax_percent(tax_code, date(2019, 3, 31))

    assert caught.value.code == "no_tax_rate"
