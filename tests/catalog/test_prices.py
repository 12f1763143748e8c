"""The price to buy at: agreements, validity, breaks, units, currencies, suppliers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from apps.catalog import price_sources, services
from apps.catalog.models import Item
from tests.catalog.factories import (
    DAY,
    make_currency,
    make_item,
    make_price,
    make_supplier,
    make_unit,
)

pytestmark = pytest.mark.django_db


def price_of(item: Item, **options: Any) -> Decimal | None:
    quote = services.best_price(item, on=DAY, **options)
    return quote.price if quote else None


@pytest.mark.parametrize(
    ("quantity", "wanted"),
    [("1", "10"), ("9.999999", "10"), ("10", "9"), ("99", "9"), ("100", "8"), ("1000000", "8")],
)
def test_breaks_count_from_their_quantity_on(quantity: str, wanted: str) -> None:
    item = make_item()
    make_price(item, make_supplier(), "10", {"10": "9", "100": "8"})

    assert price_of(item, quantity=Decimal(quantity)) == Decimal(wanted)


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, "10"),
        ({"valid_from": DAY}, "10"),
        ({"valid_from": date(2026, 11, 23)}, None),
        ({"valid_until": DAY}, "10"),
        ({"valid_until": date(2026, 11, 21)}, None),
        ({"is_active": False}, None),
        ({"minimum_quantity": Decimal(1)}, "10"),
        ({"minimum_quantity": Decimal("1.000001")}, None),
    ],
)
def test_only_prices_in_force_count(fields: dict[str, Any], wanted: str | None) -> None:
    item = make_item()
    make_price(item, make_supplier(), "10", **fields)

    assert price_of(item) == (Decimal(wanted) if wanted else None)


def test_an_agreement_goes_before_a_lower_price() -> None:
    item = make_item()
    make_price(item, make_supplier(), "5")
    make_price(item, make_supplier("S-AGR"), "9", agreement="A-1")

    quote = services.best_price(item, on=DAY)

    assert quote is not None
    assert (quote.price, quote.agreement, quote.supplier.code) == (Decimal(9), "A-1", "S-AGR")
    assert quote.source == "agreement:A-1"


@pytest.mark.parametrize(
    ("key", "english", "chinese"),
    [
        ("agreement:A-1", "Agreement A-1", "协议 A-1"),
        (
            "price:2026-08-18",
            "Supplier's price from 2026-08-18",
            "供应商价格（自 2026-08-18 起）",
        ),
        ("buyer", "Given by the buyer", "采购员填写"),
        ("", "", ""),
        ("Written out once", "Written out once", "Written out once"),
    ],
)
def test_where_a_price_comes_from_is_said_to_its_reader(
    key: str, english: str, chinese: str
) -> None:
    assert price_sources.words(key) == english
    with translation.override("zh-hans"):
        assert price_sources.words(key) == chinese


def test_the_preferred_supplier_goes_before_a_lower_price_but_not_before_an_agreement() -> None:
    preferred = make_supplier()
    item = make_item(preferred_supplier=preferred)
    make_price(item, make_supplier(), "5")
    make_price(item, preferred, "7")
    assert price_of(item) == 7

    make_price(item, make_supplier(), "9", agreement="A-1")
    assert price_of(item) == 9


def test_a_newer_price_replaces_an_older_one_even_when_it_is_higher() -> None:
    item, supplier = make_item(), make_supplier()
    make_price(item, supplier, "5", valid_from=date(2025, 1, 1))
    make_price(item, supplier, "6", valid_from=date(2026, 6, 1))

    assert price_of(item) == 6
    assert services.best_price(item, on=date(2026, 5, 31)).price == 5


@pytest.mark.parametrize(
    ("status", "control", "is_active", "proposed", "named"),
    [
        ("approved", "allow", True, True, True),
        ("approved", "warn", True, True, True),
        ("approved", "prevent", True, False, True),
        ("prospective", "allow", True, False, True),
        ("suspended", "allow", True, False, True),
        ("blocked", "allow", True, False, False),
        ("approved", "allow", False, False, False),
    ],
)
def test_who_is_proposed_and_who_may_be_named(
    status: str, control: str, is_active: bool, proposed: bool, named: bool
) -> None:
    supplier = make_supplier(status=status, order_control=control, is_active=is_active)
    item = make_item()
    make_price(item, supplier, "10")

    assert (price_of(item) is not None) == proposed
    assert (price_of(item, supplier=supplier) is not None) == named


def test_currencies_are_compared_in_base_currency() -> None:
    dollar, yen = make_currency("USD", "7"), make_currency("JPY", "0.05")
    item = make_item()
    make_price(item, make_supplier(), "1", currency=dollar)  # 7 CNY
    make_price(item, make_supplier(), "120", currency=yen)  # 6 CNY
    make_price(item, make_supplier(), "6.5")

    quote = services.best_price(item, on=DAY)

    assert quote is not None
    assert (quote.price, quote.currency.code, quote.converted) == (Decimal(120), "JPY", False)


def test_a_price_is_given_in_the_currency_asked_for() -> None:
    dollar = make_currency("USD", "7")
    item = make_item()
    make_price(item, make_supplier(), "100")

    quote = services.best_price(item, on=DAY, currency=dollar)

    assert quote is not None
    assert (quote.price, quote.currency.code, quote.converted) == (
        Decimal("14.285714"),
        "USD",
        True,
    )


def test_without_a_rate_a_price_is_offered_as_it_is_but_never_converted() -> None:
    euro = make_currency("EUR")
    item = make_item()
    make_price(item, make_supplier(), "100", currency=euro)

    assert price_of(item) == 100
    assert price_of(item, currency=euro) == 100
    assert price_of(item, currency=make_currency("CNY")) is None


@pytest.mark.parametrize(
    ("asked", "quantity", "wanted"),
    [
        ("XBX", "1", "20"),  # the price is per box of 12
        ("C62", "12", "1.666667"),
        ("C62", "11", None),  # less than one box, the minimum
        ("DZN", "1", "20"),
        ("KGM", "1", None),
        ("XPK", "1", None),
    ],
)
def test_units_convert_by_the_item_then_by_their_factors(
    asked: str, quantity: str, wanted: str | None
) -> None:
    box = make_unit("XBX", dimension="other")
    make_unit("DZN", factor=Decimal(12))
    make_unit("KGM", dimension="mass")
    make_unit("XPK", dimension="other")
    item = make_item(purchase_unit=box, purchase_factor=Decimal(12))
    make_price(item, make_supplier(), "20", unit=box, minimum_quantity=Decimal(1))

    price = price_of(item, unit=make_unit(asked), quantity=Decimal(quantity))

    assert price == (Decimal(wanted) if wanted else None)


def test_weights_convert_and_breaks_count_in_the_unit_of_the_price() -> None:
    kilogram = make_unit("KGM", dimension="mass")
    gram = make_unit("GRM", dimension="mass", factor=Decimal("0.001"))
    item = make_item(base_unit=kilogram)
    make_price(item, make_supplier(), "50", {"2": "40"})

    assert price_of(item, unit=gram, quantity=Decimal(1999)) == Decimal("0.05")
    assert price_of(item, unit=gram, quantity=Decimal(2000)) == Decimal("0.04")


def test_a_tiny_price_does_not_become_nothing() -> None:
    thousand = make_unit("MIL", factor=Decimal(1000))
    item = make_item()
    make_price(item, make_supplier(), "0.0001", unit=thousand)

    assert price_of(item, quantity=Decimal(1000), unit=make_unit()) == Decimal("0.000001")


def test_many_prices_cost_as_many_statements_as_one() -> None:
    dollar = make_currency("USD", "7")
    items = [make_item() for _ in range(6)]
    for item in items:
        for price in ("3", "4"):
            make_price(item, make_supplier(), price, {"10": "2"}, currency=dollar)
    loaded = list(Item.objects.select_related("base_unit", "purchase_unit"))

    yuan = make_currency()
    counts = []
    for some in (loaded[:1], loaded):
        with CaptureQueriesContext(connection) as statements:
            found = services.best_prices(
                [services.PriceRequest(item, currency=yuan) for item in some], on=DAY
            )
        assert all(quote and quote.price == 21 for quote in found)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 3


def test_remembering_prices() -> None:
    one, two, other = make_item(), make_item(), make_item()
    dollar, yuan = make_currency("USD"), make_currency("CNY")

    services.remember_price(one, Decimal("3.25"), dollar)
    with CaptureQueriesContext(connection) as statements:
        services.remember_prices({one.pk: (Decimal(4), yuan), two.pk: (Decimal("0.5"), dollar)})

    remembered = Item.objects.values_list("code", "last_price", "last_price_currency__code")
    assert set(remembered) == {
        (one.code, Decimal(4), "CNY"),
        (two.code, Decimal("0.5"), "USD"),
        (other.code, None, None),
    }
    assert len([s for s in statements if "SAVEPOINT" not in s["sql"]]) == 2
