"""Finding items while typing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from apps.accounts.models import User
from apps.catalog import services
from tests.catalog.factories import (
    make_category,
    make_currency,
    make_item,
    make_price,
    make_supplier,
    make_unit,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("PEN", ["PEN-001", "PEN-002", "X-PEN"]),
        ("pen-002", ["PEN-002"]),
        ("圆珠", ["PEN-001"]),
        ("blue pen", ["PEN-001"]),
        ("pilot", ["PEN-002"]),
        ("44121704", ["PEN-001"]),
        ("", []),
        ("   ", []),
        ("%", []),
        ("_", []),
        ("' OR 1=1 --", []),
        ("\x00", []),
        ("x" * 1_000_000, []),
    ],
)
def test_what_is_found_and_in_which_order(text: str, wanted: list[str], engineer: User) -> None:
    pens = make_category("44121704")
    make_item("X-PEN", name_en="Stand for one")
    make_item("PEN-002", name_en="Marker", manufacturer_part_number="PILOT-9")
    make_item("PEN-001", name_en="Ball pen, blue", name_zh_hans="圆珠笔", category=pens)
    make_item("PEN-OLD", name_en="Quill", is_active=False)

    assert [match.code for match in services.search_items(text, user=engineer)] == wanted


def test_a_match_has_what_the_grid_needs(engineer: User) -> None:
    box = make_unit("XBX", dimension="other", name_zh_hans="盒")
    item = make_item(
        "PEN-001",
        name_zh_hans="圆珠笔",
        purchase_unit=box,
        purchase_factor=Decimal(12),
        category=make_category("44121704", name_zh_hans="圆珠笔类"),
    )
    supplier = make_supplier("S-1", name_zh_hans="东方")
    make_price(item, supplier, "24", {"1": "20", "10": "18"}, unit=box)
    make_price(item, make_supplier(), "2", agreement="A-1")  # per piece: 24 a box, agreed

    with translation.override("zh-hans"):
        (match,) = services.search_items("PEN-001", user=engineer)

    assert (match.name, match.unit, match.unit_name) == ("圆珠笔", "XBX", "盒")
    assert (match.category, match.category_name) == ("44121704", "圆珠笔类")
    assert (match.price, match.currency) == (Decimal(24), "CNY")

    (match,) = services.search_items("PEN-001", user=engineer)
    assert match.supplier != "S-1"


def test_without_a_price_the_last_one_paid_is_shown(engineer: User) -> None:
    box = make_unit("XBX", dimension="other")
    make_item(
        "A",
        last_price=Decimal(7),  # for one base unit; it is bought by the box
        last_price_currency=make_currency("USD"),
        purchase_unit=box,
        purchase_factor=Decimal(10),
    )
    make_item("B")

    known, unknown = services.search_items("item", user=engineer)

    assert (known.price, known.currency, known.supplier) == (Decimal(70), "USD", "")
    assert (unknown.price, unknown.currency) == (None, "")


def test_two_statements_however_much_is_found(engineer: User) -> None:
    counts = []
    for size in (1, 8):
        for _ in range(size):
            item = make_item()
            make_price(item, make_supplier(), "2", {"1": "1"}, currency=make_currency("USD", None))
        with CaptureQueriesContext(
            connection,
        ) as statements:
            assert len(services.search_items("ITEM-", 20, user=engineer)) >= size
        counts.append(len(statements))

    assert counts == [2, 2]


def test_strangers_and_those_who_left_find_nothing(engineer: User) -> None:
    make_item("A")
    engineer.is_active = False

    assert services.search_items("A", user=engineer) == []
    assert services.search_items("A", user=AnonymousUser()) == []
