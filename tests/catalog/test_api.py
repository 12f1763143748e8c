"""Master data on the API: reading, writing, searching, filtering, and bad input."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.catalog.models import Item, Supplier
from tests.catalog.conftest import client_of
from tests.catalog.factories import (
    make_category,
    make_currency,
    make_item,
    make_price,
    make_supplier,
    make_tax_code,
    make_unit,
)

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


def codes(reply: Any) -> list[str]:
    assert reply.status_code == 200, reply.content
    return [row["code"] for row in reply.json()["results"]]


def test_an_item_is_created_read_and_changed_by_codes(keeper: User, engineer: User) -> None:
    make_unit("C62"), make_unit("XBX", dimension="other")
    make_category("44121704", name_en="Ball point pens", name_zh_hans="圆珠笔")
    make_supplier("S-0001")
    body = {
        "code": "PEN-001",
        "name_en": "Pen",
        "name_zh_hans": "笔",
        "category": "44121704",
        "base_unit": "C62",
        "purchase_unit": "XBX",
        "purchase_factor": "12",
        "preferred_supplier": "S-0001",
    }

    made = client_of(keeper).post(f"{V1}/items", body)
    assert made.status_code == 201, made.content
    path = f"{V1}/items/{made.json()['id']}"
    read = client_of(engineer).get(path, headers={"Accept-Language": "zh-hans"})
    changed = client_of(keeper).patch(path, {"purchase_factor": "10", "category": None})

    assert read.status_code == 200
    assert {k: read.json()[k] for k in body} == {**body, "purchase_factor": "12.000000"}
    assert read.json()["category_name"] == "圆珠笔"
    assert read.json()["name"] == "笔"
    assert changed.json()["purchase_factor"] == "10.000000"
    assert changed.json()["category"] is None
    item = Item.objects.get()
    assert (item.created_by, item.updated_by) == (keeper, keeper)


@pytest.mark.parametrize("text", ["圆珠笔", "44121704", "ball", "圆珠 BALL", "4412"])
def test_categories_are_found_in_both_languages_and_by_code(text: str, engineer: User) -> None:
    make_category("44121704", name_en="Ball point pens", name_zh_hans="圆珠笔")
    make_category("10101501", name_en="Cats", name_zh_hans="猫")

    for language in ("en", "zh-hans"):
        found = client_of(engineer).get(
            f"{V1}/categories", {"search": text}, headers={"Accept-Language": language}
        )
        assert codes(found) == ["44121704"]


@pytest.mark.parametrize(
    ("resource", "query", "wanted"),
    [
        ("categories", {"root": "true"}, ["1", "9"]),
        ("categories", {"parent": "1"}, ["11"]),
        ("categories", {"below": "1"}, ["1", "11", "111"]),
        ("categories", {"below": "none"}, []),
        ("categories", {"code": "9"}, ["9"]),
        ("items", {"category": "1"}, ["A", "B"]),
        ("items", {"category": "111"}, ["A"]),
        ("items", {"is_active": "false"}, ["B"]),
        ("items", {"search": "螺丝"}, ["A"]),
        ("items", {"search": "mpn-7"}, ["B"]),
        ("items", {"preferred_supplier": "S1"}, ["A"]),
        ("suppliers", {"status": "blocked"}, ["S2"]),
        ("suppliers", {"country": "CN"}, ["S1"]),
        ("suppliers", {"search": "东方"}, ["S1"]),
        ("suppliers", {"search": "91110000802100433B"}, ["S2"]),
        ("suppliers", {"ordering": "-code"}, ["S2", "S1"]),
        ("units", {"dimension": "mass"}, ["KGM"]),
    ],
)
def test_filters(resource: str, query: dict[str, str], wanted: list[str], engineer: User) -> None:
    top = make_category("1")
    middle = make_category("11", top)
    leaf = make_category("111", middle)
    make_category("9")
    make_unit("KGM", dimension="mass")
    one = make_supplier("S1", name_zh_hans="东方", country="CN")
    make_supplier("S2", status="blocked", tax_number="91110000802100433B")
    make_item("A", category=leaf, name_zh_hans="螺丝", preferred_supplier=one)
    make_item("B", category=middle, is_active=False, manufacturer_part_number="MPN-7")

    assert codes(client_of(engineer).get(f"{V1}/{resource}", query)) == wanted


def test_prices_of_a_day(engineer: User) -> None:
    item, supplier = make_item("A"), make_supplier()
    make_price(item, supplier, "1", valid_from=date(2025, 1, 1), valid_until=date(2025, 12, 31))
    make_price(item, supplier, "2", {"10": "1.5"}, valid_from=date(2026, 1, 1))
    client = client_of(engineer)

    in_force = client.get(f"{V1}/supplier-prices", {"item": "A", "on": "2026-05-01"}).json()
    every = client.get(f"{V1}/supplier-prices", {"search": "A"}).json()

    assert [row["price"] for row in in_force["results"]] == ["2.000000"]
    assert in_force["results"][0]["breaks"] == [
        {"minimum_quantity": "10.000000", "price": "1.500000"}
    ]
    assert [row["price"] for row in every["results"]] == ["2.000000", "1.000000"]


@pytest.mark.parametrize(
    ("resource", "query"),
    [
        ("items", {"colour": "red"}),
        ("items", {"category__path__regex": ".*"}),
        ("items", {"_connector": "OR"}),
        ("items", {"ordering": "created_by__password"}),
        ("items", {"page_size": "-1"}),
        ("items", {"cursor": "x"}),
        ("items", {"is_active": "perhaps"}),
        ("items", {"search": "x" * 201}),
        ("supplier-prices", {"on": "yesterday"}),
        ("suppliers", {"status": "dead"}),
    ],
)
def test_what_is_not_offered_is_refused(
    resource: str, query: dict[str, str], engineer: User
) -> None:
    make_item()

    reply = client_of(engineer).get(f"{V1}/{resource}", query)

    if resource == "items" and "is_active" in query:
        assert reply.status_code in {200, 400}
    else:
        assert reply.status_code == 400, reply.content
        assert reply.json()["errors"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": {}}, "code"),
        ({"code": "A" * 65}, "code"),
        ({"code": "TAKEN"}, "code"),
        ({"base_unit": "QQQ"}, "base_unit"),
        ({"base_unit": ["C62"]}, "base_unit"),
        ({"base_unit": 1}, "base_unit"),
        ({"category": "nowhere"}, "category"),
        ({"purchase_factor": "-1"}, "purchase_factor"),
        ({"purchase_factor": "0"}, "__all__"),
        ({"purchase_factor": "NaN"}, "purchase_factor"),
        ({"purchase_factor": "1e400"}, "purchase_factor"),
        ({"minimum_quantity": "0.0000001"}, "minimum_quantity"),
        ({"lead_time_days": 1.5}, "lead_time_days"),
        ({"name_en": "x" * 256}, "name_en"),
        ({"name_en": "\x00"}, "name_en"),
        ({"name_en": None}, "name"),
        ({"last_price": "1"}, "last_price"),
        ({"created_by": 1}, "created_by"),
        ({"id": 5}, "id"),
        ({"surprise": True}, "surprise"),
    ],
)
def test_bad_items_are_refused_by_field(body: dict[str, Any], field: str, keeper: User) -> None:
    make_item("TAKEN")

    reply = client_of(keeper).post(
        f"{V1}/items", {"code": "NEW", "name_en": "New", "base_unit": "C62", **body}
    )

    assert reply.status_code == 400, reply.content
    assert reply["Content-Type"] == "application/problem+json"
    assert field in reply.json()["errors"], reply.json()
    assert Item.objects.count() == 1


def test_what_cannot_be_seen_is_named_and_blanks_are_put_in_order(keeper: User) -> None:
    make_unit()
    body = {"code": "A", "name_en": " Bolt\u202e  M8 \n", "base_unit": "C62"}

    refused = client_of(keeper).post(f"{V1}/items", body)
    kept = client_of(keeper).post(f"{V1}/items", {**body, "name_en": "\ufeff Bolt  M8 \n"})

    assert refused.status_code == 400
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in refused.json()["errors"]["name_en"][0]
    assert kept.status_code == 201
    assert Item.objects.get().name_en == "Bolt M8"


@pytest.mark.parametrize(
    "resource",
    ["units", "currencies", "incoterms", "payment-terms", "tax-codes", "categories", "suppliers"],
)
def test_only_keepers_write(resource: str, engineer: User, keeper: User) -> None:
    body = {"code": "XYZ", "name_en": "New"}

    refused = client_of(engineer).post(f"{V1}/{resource}", body)
    anonymous = client_of(None).post(f"{V1}/{resource}", body)
    made = client_of(keeper).post(f"{V1}/{resource}", body)

    assert (refused.status_code, anonymous.status_code, made.status_code) == (403, 401, 201)
    path = f"{V1}/{resource}/{made.json()['id']}"
    assert client_of(keeper).delete(path).status_code == 405
    assert client_of(engineer).patch(path, {"name_en": "X"}).status_code in {403, 428}


def test_dated_rates_come_with_their_tax(keeper: User) -> None:
    make_tax_code("OTHER", d2019_04_01="9")
    client = client_of(keeper)
    first = [{"valid_from": "2019-04-01", "percent": "13"}]
    body = {"code": "VAT", "name_en": "VAT", "rates": first}

    made = client.post(f"{V1}/tax-codes", body).json()
    rates = [*first, {"valid_from": "2027-01-01", "percent": "12"}]
    changed = client.patch(f"{V1}/tax-codes/{made['id']}", {"rates": rates}).json()
    wrong = client.patch(
        f"{V1}/tax-codes/{made['id']}", {"rates": [{"valid_from": "2027-01-01", "percent": "101"}]}
    )

    assert made["rates"] == [{"valid_from": "2019-04-01", "percent": "13.0000"}]
    assert [rate["percent"] for rate in changed["rates"]] == ["12.0000", "13.0000"]
    assert wrong.status_code == 400
    assert "rates.0.percent" in wrong.json()["errors"]


def test_a_supplier_moves_by_actions_with_its_version(decider: User, keeper: User) -> None:
    supplier = make_supplier(status="prospective")
    path = f"{V1}/suppliers/{supplier.pk}"
    client = client_of(decider)
    read = client.get(path)
    assert read["ETag"] == '"1"'
    assert read.json()["allowed_actions"] == ["approve", "block"]
    assert client_of(keeper).get(path).json()["allowed_actions"] == []

    assert client.post(f"{path}/approve").status_code == 428
    assert client.post(f"{path}/approve", headers={"If-Match": '"7"'}).status_code == 412
    moved = client.post(f"{path}/approve", headers={"If-Match": '"1"'})
    assert (moved.status_code, moved.json()["status"], moved["ETag"]) == (200, "approved", '"2"')
    assert client.post(f"{path}/approve", headers={"If-Match": '"2"'}).status_code == 409
    assert client.post(f"{path}/block", headers={"If-Match": '"2"'}).status_code == 400
    refused = client_of(keeper).post(f"{path}/block", headers={"If-Match": '"2"'})
    assert refused.status_code == 403
    status = client.patch(path, {"status": "blocked"}, headers={"If-Match": '"2"'})
    assert status.status_code == 400

    supplier.refresh_from_db()
    assert (supplier.status, supplier.version) == ("approved", 2)


def test_a_supplier_with_contacts_changes_only_from_the_version_seen(keeper: User) -> None:
    client = client_of(keeper)
    made = client.post(
        f"{V1}/suppliers",
        {
            "code": "S-1",
            "name_zh_hans": "东方",
            "tax_number": "91110000802100433B",
            "contacts": [{"name": "Li"}, {"name": "Wang", "email": "w@example.com"}],
        },
    )
    assert made.status_code == 201, made.content
    path = f"{V1}/suppliers/{made.json()['id']}"

    blind = client.patch(path, {"phone": "1"})
    changed = client.patch(
        path, {"contacts": [{"name": "Li", "phone": "2"}]}, headers={"If-Match": '"1"'}
    )
    stale = client.patch(path, {"phone": "3"}, headers={"If-Match": '"1"'})

    assert (blind.status_code, changed.status_code, stale.status_code) == (428, 200, 412)
    assert [c["name"] for c in changed.json()["contacts"]] == ["Li"]
    supplier = Supplier.objects.get()
    assert (supplier.status, supplier.phone, supplier.version) == ("prospective", "", 2)
    bad = client.post(
        f"{V1}/suppliers", {"code": "S-2", "name_en": "X", "tax_number": "91110000802100433C"}
    )
    assert "tax_number" in bad.json()["errors"]


def test_pages_do_not_take_a_code_for_a_date(engineer: User) -> None:
    for code in ("10121101", "10121102", "20261231", "20270101"):
        make_category(code)
    client, path, seen = client_of(engineer), f"{V1}/categories?page_size=1", []

    while path:
        reply = client.get(path).json()
        seen += [row["code"] for row in reply["results"]]
        path = reply["next"]

    assert seen == ["10121101", "10121102", "20261231", "20270101"]


def _fill(size: int) -> None:
    start = Item.objects.count()
    dollar = make_currency("USD")
    for number in range(start, start + size):
        category = make_category(f"C{number}", make_category(f"P{number}"))
        supplier = make_supplier(currency=dollar)
        supplier.contacts.create(name="Li")
        box = make_unit(f"B{number}", dimension="other")
        item = make_item(
            category=category,
            purchase_unit=box,
            preferred_supplier=supplier,
            tax_code=make_tax_code(f"T{number}", d2019_04_01="13"),
            last_price_currency=dollar,
        )
        make_price(item, supplier, "2", {"10": "1"}, currency=dollar)
        make_currency(f"A{chr(65 + number)}Z", "7")


@pytest.mark.parametrize(
    ("resource", "most"),
    [
        ("units", 1),
        ("currencies", 1),
        ("exchange-rates", 1),
        ("tax-codes", 2),
        ("categories", 1),
        ("items", 1),
        ("suppliers", 4),  # two of them for the rights behind the actions
        ("supplier-prices", 2),
    ],
)
def test_a_page_costs_the_same_for_one_and_for_many(
    resource: str, most: int, engineer: User
) -> None:
    counts = []
    for size in (1, 5):
        _fill(size)
        client = client_of(User.objects.get(pk=engineer.pk))  # remembers no rights
        with CaptureQueriesContext(connection) as statements:
            reply = client.get(f"{V1}/{resource}")
        assert reply.status_code == 200
        assert len(reply.json()["results"]) >= size
        counts.append(len(statements))

    assert counts[0] == counts[1] <= most
