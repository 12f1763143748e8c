"""The catalogue in the back office: lists, forms, moves, exports, what is hidden."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Category, Item, Supplier, SupplierBankAccount
from apps.common.importing.engine import Job, run_import
from apps.common.importing.kinds import kind_named
from tests.catalog.back_office import of, page
from tests.catalog.factories import (
    make_bank_account,
    make_category,
    make_currency,
    make_item,
    make_price,
    make_supplier,
    make_tax_code,
    make_unit,
)

pytestmark = pytest.mark.django_db
MODELS = [
    *("unit", "currency", "exchangerate", "taxcode", "paymentterm", "incoterm", "category"),
    *("item", "supplier", "supplierprice", "supplierbankaccount"),
]


def fill(keeper: User, size: int) -> None:
    """Rows of everything, each with records of its own behind it."""
    start = Item.objects.count()
    for number in range(start, start + size):
        currency = make_currency(f"A{chr(65 + number)}Z", "7", name_zh_hans="币")
        category = make_category(f"C{number}", make_category(f"P{number}"))
        supplier = make_supplier(currency=currency)
        supplier.contacts.create(name="Li")
        item = make_item(
            category=category,
            base_unit=make_unit(f"U{number}"),
            preferred_supplier=supplier,
            last_price_currency=currency,
            tax_code=make_tax_code(f"T{number}", d2019_04_01="13"),
        )
        make_price(item, supplier, "2", {"10": "1"}, currency=currency)
        account = make_bank_account(supplier, keeper, currency=currency)
        SupplierBankAccount.objects.filter(pk=account.pk).update(
            status="active", confirmed_by=User.objects.get(username="decider")
        )
        for model in ("paymentterm", "incoterm"):
            apps.get_model("catalog", model).objects.create(code=f"X{number}", name_en="X")


@pytest.mark.parametrize("model", MODELS)
def test_a_list_costs_the_same_for_one_row_and_for_many(
    model: str, keeper: User, decider: User
) -> None:
    client, counts = of(keeper), []
    client.get(page(model, "changelist"))  # the first visit touches the session
    for size in (1, 5):
        fill(keeper, size)
        with CaptureQueriesContext(connection) as statements:
            reply = client.get(page(model, "changelist"))
        assert reply.status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]
    assert counts[0] <= 12


@pytest.mark.parametrize("model", ["item", "supplier", "supplierprice", "taxcode"])
def test_a_form_costs_the_same_for_few_lines_and_for_many(
    model: str, keeper: User, decider: User
) -> None:
    fill(keeper, 1)
    item, supplier = Item.objects.get(), Supplier.objects.get()
    price, tax_code = supplier.prices.get(), item.tax_code
    record = {"item": item, "supplier": supplier, "supplierprice": price, "taxcode": tax_code}[
        model
    ]
    client, counts = of(keeper), []
    client.get(page(model, "changelist"))  # the first visit touches the session
    for round_ in (1, 2):
        with CaptureQueriesContext(connection) as statements:
            reply = client.get(page(model, "change", record.pk))
        assert reply.status_code == 200
        counts.append(len(statements))
        for number in range(5):
            make_price(item, make_supplier(), "3", currency=make_currency("USD"))
            supplier.contacts.create(name=f"Wang {number}")
            make_bank_account(supplier, keeper)
            price.breaks.create(minimum_quantity=100 * round_ + number, price=1)
            tax_code.rates.create(valid_from=date(2020 + round_, 1, number + 1), percent=9)

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("model", "text"),
    [
        ("item", "圆珠"),
        ("item", "ball"),
        ("item", "PEN-0"),
        ("item", "44121"),
        ("category", "圆珠"),
        ("category", "44121704"),
        ("supplier", "东方"),
        ("supplier", "91110000802100433B"),
        ("supplierprice", "圆珠"),
        ("supplierprice", "东方"),
    ],
)
def test_search_in_both_languages(model: str, text: str, keeper: User) -> None:
    pens = make_category("44121704", name_en="Ball point pens", name_zh_hans="圆珠笔")
    supplier = make_supplier(name_zh_hans="东方", tax_number="91110000802100433B")
    item = make_item("PEN-001", name_en="Ball pen", name_zh_hans="圆珠笔", category=pens)
    make_price(item, supplier, "1")
    make_supplier(), make_category("1"), make_item("OTHER")

    for language in ("en", "zh-hans"):
        reply = of(keeper).get(
            page(model, "changelist"), {"q": text}, headers={"Accept-Language": language}
        )
        assert reply.context["cl"].result_count == 1


@pytest.mark.parametrize(("model", "field"), [("item", "base_unit"), ("item", "category")])
def test_retired_records_are_not_offered(model: str, field: str, keeper: User) -> None:
    make_unit("AAA"), make_unit("BBB", is_active=False)
    make_category("AAA"), make_category("BBB", is_active=False)

    reply = of(keeper).get(
        reverse("admin:autocomplete"),
        {"app_label": "catalog", "model_name": model, "field_name": field, "term": ""},
    )

    assert [row["text"].split()[0] for row in reply.json()["results"]] == ["AAA"]


def test_a_tree_too_deep_is_said_in_the_form_and_nothing_is_lost(keeper: User) -> None:
    parent = None
    for depth in range(7):
        parent = make_category(f"{depth}" * 32, parent)
    assert parent is not None
    form = {"code": "x" * 32, "parent": parent.pk, "name_en": "Deep", "name_zh_hans": ""}

    answer = of(keeper).post(page("category", "add"), form)

    assert answer.status_code == 200
    assert "too deep" in str(answer.context["adminform"].form.errors["parent"])
    assert 'value="Deep"' in answer.text
    assert Category.objects.count() == 7


def test_moving_a_category_moves_what_is_below(keeper: User) -> None:
    top, other = make_category("1"), make_category("2")
    middle = make_category("11", top)
    make_category("111", middle)
    form = {"code": "11", "name_en": "Middle", "is_active": "on", "parent": other.pk}

    moved = of(keeper).post(page("category", "change", middle.pk), form)
    circle = of(keeper).post(
        page("category", "change", other.pk),
        {"code": "2", "name_en": "Other", "is_active": "on", "parent": middle.pk},
    )

    assert moved.status_code == 302, moved.context["errors"]
    assert circle.status_code == 200
    assert "parent" in circle.context["adminform"].form.errors
    assert Category.objects.get(code="111").path == "2/11/111/"
    assert Category.objects.get(code="2").parent is None


def test_a_new_record_needs_a_name_in_one_language(keeper: User) -> None:
    without = of(keeper).post(page("unit", "add"), {"code": "QQQ", "dimension": "count"})
    with_it = of(keeper).post(
        page("unit", "add"),
        {"code": "QQQ", "name_zh_hans": "个", "dimension": "count", "factor": "1", "step": "1"},
    )

    assert without.status_code == 200
    assert with_it.status_code == 302, with_it.context["errors"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_can_be_loaded_again_and_changes_nothing(
    kind: str, keeper: User, decider: User
) -> None:
    fill(keeper, 3)
    Item.objects.update(name_zh_hans="=1+1", purchase_unit=make_unit("XBX"), purchase_factor=12)
    chosen = list(Item.objects.values_list("pk", flat=True))

    reply = of(keeper).post(
        page("item", "changelist"), {"action": f"export_{kind}", "_selected_action": chosen}
    )
    content = reply.getvalue()
    report = run_import(
        Job(kind_named("items")), io.BytesIO(content), file_name=f"items.{kind}", by=keeper
    )

    assert reply["Content-Disposition"].endswith(f'.{kind}"')
    assert [str(error) for error in report.errors] == []
    assert (report.outcome.unchanged, report.outcome.updated) == (3, 0)
    if kind == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        assert {row["name_zh_hans"] for row in rows} == {"'=1+1"}


@pytest.mark.parametrize("model", MODELS)
def test_each_record_has_its_history(model: str, keeper: User, decider: User) -> None:
    fill(keeper, 1)
    record = apps.get_model("catalog", model).objects.first()

    assert of(keeper).get(page(model, "history", record.pk)).status_code == 200
    assert of(keeper).get(page(model, "delete", record.pk)).status_code == 403


@pytest.mark.parametrize(
    ("value", "wanted"), [("now", 2), ("ending", 1), ("future", 1), ("past", 1), ("", 4)]
)
def test_prices_by_their_validity(value: str, wanted: int, keeper: User) -> None:
    item, today = make_item(), timezone.localdate()
    for first, last in ((-9, None), (-9, 5), (5, None), (-9, -1)):
        make_price(
            item,
            make_supplier(),
            "1",
            valid_from=today + timedelta(days=first),
            valid_until=None if last is None else today + timedelta(days=last),
        )

    reply = of(keeper).get(page("supplierprice", "changelist"), {"validity": value})

    assert reply.context["cl"].result_count == wanted


def test_open_work_is_shown_to_whom_it_concerns(keeper: User, decider: User) -> None:
    supplier = make_supplier(status="prospective")
    make_bank_account(supplier, keeper), make_bank_account(supplier, decider)

    def figures(user: User) -> dict[str, Any]:
        tiles = of(user).get(reverse("admin:index")).context["dashboard"]
        return {str(tile.label): tile.value for tile in tiles}

    assert figures(decider)["Suppliers to decide on"] == 1
    assert figures(decider)["Bank accounts to confirm"] == 1
    assert "Suppliers to decide on" not in figures(keeper)
    assert "Bank accounts to confirm" not in figures(keeper)
    assert figures(keeper)["Prices that end within 30 days"] == 0
