"""Purchase orders from tables: drafts by the drafting service, past orders as they were."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import Department, User
from apps.audit.models import Entry
from apps.catalog.models import ExchangeRate, Incoterm, Supplier
from apps.common.importing import Report
from apps.common.models import ImportMapping, NumberSequence
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from tests.catalog.factories import (
    make_currency,
    make_item,
    make_supplier,
    make_tax_code,
    make_unit,
)
from tests.factories import make_department
from tests.importing.tables import DRY_RUN, RESUME, counts, left_empty, load, refused
from tests.procurement.factories import make_buyer

pytestmark = pytest.mark.django_db
HEAD = "number,supplier,currency,description,quantity,unit,unit_price\n"
PAST = {"status": "closed"}
OPEN_SUPPLIERS = {"status": "closed", "create_suppliers": "yes"}


@pytest.fixture
def supplier(department: Department) -> Supplier:
    return make_supplier("S-1", name_en="Acme Ltd", name_zh_hans="安克公司")


def bring(text: str, by: User, **job: Any) -> Report:
    return load("purchase_orders", HEAD + text, by, **job)


def past(text: str, by: User, head: str = HEAD, **fixed: str) -> Report:
    return load("purchase_orders", head + text, by, fixed={**PAST, **fixed})


# ------------------------------------------------------------------ drafts
def test_rows_with_one_number_are_one_draft(supplier: Supplier, importer: User) -> None:
    report = bring(
        "P1,S-1,CNY,Pen,2,C62,1.5\nP2,S-1,CNY,Cap,1,C62,9\nP1,S-1,,Ink,3,C62,2\n", importer
    )

    assert refused(report) == [(4, "currency", "required")]

    report = bring(
        "P1,S-1,CNY,Pen,2,C62,1.5\nP2,S-1,CNY,Cap,1,C62,9\nP1,S-1,CNY,Ink,3,C62,2\n", importer
    )

    assert (refused(report), counts(report)) == ([], (2, 0, 0))
    first, second = PurchaseOrder.objects.order_by("external_reference")
    assert (first.status, first.number, first.external_reference) == ("draft", None, "P1")
    assert (first.total, first.base_total, first.buyer) == (Decimal(9), Decimal(9), importer)
    assert [line.description for line in first.lines.all()] == ["Pen", "Ink"]
    assert second.total == Decimal(9)
    assert report.outcome.totals == {"orders": 2, "lines": 3, "total CNY": Decimal(18)}
    rows = Entry.objects.filter(content_type__model__startswith="purchaseorder")
    assert {(row.channel, row.actor) for row in rows} == {("import", importer)}
    assert rows.filter(event="purchaseorder.created").count() == 2


def test_a_draft_that_is_there_stays_as_it_is(supplier: Supplier, importer: User) -> None:
    bring("P1,S-1,CNY,Pen,2,C62,1.5\n", importer)

    report = bring("P1,S-1,CNY,Pen,20,C62,1.5\nP2,S-1,CNY,Cap,1,C62,9\n", importer)

    assert counts(report) == (1, 0, 1)
    assert PurchaseOrderLine.objects.get(order__external_reference="P1").quantity == 2


def test_the_catalogue_fills_what_a_draft_leaves_open(supplier: Supplier, importer: User) -> None:
    make_item("PEN", name_en="Ball pen", base_unit=make_unit("NMP"))
    table = "number,supplier,currency,item,quantity,unit_price\nP1,安克公司,CNY,PEN,2,1.5\n"

    report = load("purchase_orders", table, importer)

    assert refused(report) == []
    line = PurchaseOrderLine.objects.get()
    assert (line.description, line.unit.code, line.order.supplier) == ("Ball pen", "NMP", supplier)


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("P1,Nobody,CNY,Pen,1,C62,1", "supplier", "unknown_supplier"),
        ("P1,acme ltd,CNY,Pen,1,C62,1", "supplier", "unknown_supplier"),
        ("P1,S-BLOCKED,CNY,Pen,1,C62,1", "supplier", "invalid"),
        ("P1,S-1,XXX,Pen,1,C62,1", "currency", "unknown_code"),
        ("P1,S-1,CNY,Pen,1,QQ,1", "unit", "unknown_code"),
        ("P1,S-1,CNY,Pen,1,,1", "unit", "required"),
        ("P1,S-1,CNY,,1,C62,1", "description", "invalid"),
        ("P1,S-1,CNY,Pen,0,C62,1", "quantity", "too_small"),
        ("P1,S-1,CNY,Pen,1,C62,-1", "unit_price", "too_small"),
        ("P1,S-1,CNY,Pen,1,C62,", "unit_price", "required"),
        (",S-1,CNY,Pen,1,C62,1", "number", "required"),
        ("GOOD,S-2,CNY,Pen,1,C62,1", "supplier", "rows_differ"),
        ("GOOD,S-1,USD,Pen,1,C62,1", "currency", "rows_differ"),
    ],
)
@pytest.mark.parametrize("mode", [None, RESUME])
def test_a_refused_row_takes_its_order_with_it(
    line: str, column: str, code: str, mode: Any, supplier: Supplier, importer: User
) -> None:
    make_supplier("S-2")
    make_supplier("S-BLOCKED", status="blocked")
    job = {"mode": mode} if mode else {}

    report = bring(f"GOOD,S-1,CNY,Good,1,C62,1\n{line}\n", importer, **job)

    assert refused(report) == [(3, column, code)]
    kept = 1 if mode and not line.startswith("GOOD") else 0
    assert PurchaseOrder.objects.count() == kept


def test_two_suppliers_of_one_name_are_not_guessed(supplier: Supplier, importer: User) -> None:
    make_supplier("S-2", name_en="Acme Ltd")

    report = bring("P1,Acme Ltd,CNY,Pen,1,C62,1\nP2,S-2,CNY,Pen,1,C62,1\n", importer, mode=RESUME)

    assert refused(report) == [(2, "supplier", "ambiguous_supplier")]
    assert PurchaseOrder.objects.get().supplier.code == "S-2"


def test_a_buyer_orders_for_the_own_scope_only(supplier: Supplier, importer: User) -> None:
    make_department("ELSE")
    table = HEAD.replace("\n", ",department\n") + "P1,S-1,CNY,Pen,1,C62,1,ELSE\n"

    for fixed in ({}, PAST):
        report = load("purchase_orders", table, importer, fixed=fixed)
        assert refused(report) == [(2, "department", "invalid")]
    assert PurchaseOrder.objects.count() == 0


def test_nobody_without_a_department_needs_to_name_one(supplier: Supplier, importer: User) -> None:
    importer.department = None
    importer.save()

    report = bring("P1,S-1,CNY,Pen,1,C62,1\n", importer)

    assert refused(report) == [(2, "department", "required")]


def test_an_amount_beside_a_draft_has_to_be_right(supplier: Supplier, importer: User) -> None:
    head = HEAD.replace("\n", ",amount\n")
    good = load("purchase_orders", head + "P1,S-1,CNY,Pen,3,C62,1.5,4.50\n", importer)
    bad = load("purchase_orders", head + "P2,S-1,CNY,Pen,3,C62,1.5,4.51\n", importer)

    assert refused(good) == []
    assert refused(bad) == [(2, "amount", "amount_differs")]


# ------------------------------------------------------------------ past orders
def test_past_orders_keep_their_number_and_bind_nobody(supplier: Supplier, importer: User) -> None:
    make_currency("USD", minor_units=2)
    head = "number,supplier,currency,description,quantity,unit,unit_price,order_date\n"

    report = past("OLD-7,S-1,USD,Pen,2,C62,1.5,2014-08-29\n", importer, head)

    order = PurchaseOrder.objects.get()
    assert (order.number, order.status, order.order_date) == ("OLD-7", "closed", date(2014, 8, 29))
    assert (order.issued_at, order.submitted_at, order.approved_at) == (None, None, None)
    assert (order.supplier_name, order.total, order.base_total) == ("Acme Ltd", Decimal(3), None)
    assert list(order.editors.all()) == [importer]
    assert left_empty(report) == [(2, "currency", "no_exchange_rate")]
    assert NumberSequence.objects.filter(kind="purchase_order").count() == 0
    events = Entry.objects.filter(event__endswith=".registered")
    assert sorted(e.event for e in events) == [
        "purchaseorder.registered",
        "purchaseorderline.registered",
    ]
    assert {(e.channel, e.actor) for e in events} == {("import", importer)}


@pytest.mark.parametrize(
    ("day", "base_total"),
    [
        ("2020-01-01", "14.00"),
        ("2020-06-30", "14.00"),
        ("2020-07-01", "16.00"),
        ("2019-12-31", None),
        ("", None),
    ],
)
def test_the_value_in_base_currency_is_of_the_day(
    day: str, base_total: str | None, supplier: Supplier, importer: User
) -> None:
    dollar = make_currency("USD")
    for valid_from, rate in (("2020-01-01", "7"), ("2020-07-01", "8")):
        ExchangeRate.objects.create(currency=dollar, valid_from=valid_from, rate=Decimal(rate))
    head = HEAD.replace("\n", ",order_date\n")

    report = past(f"OLD-1,S-1,USD,Pen,2,C62,1,{day}\n", importer, head)

    order = PurchaseOrder.objects.get()
    assert order.base_total == (Decimal(base_total) if base_total else None)
    assert bool(left_empty(report)) == (base_total is None)
    assert order.exchange_rate_date == (date.fromisoformat(day) if base_total else None)


def test_a_missing_rate_is_told_once_for_each_currency(supplier: Supplier, importer: User) -> None:
    make_currency("EUR")
    rows = "".join(
        f"OLD-{n},S-1,{c},Pen,1,C62,1\n" for n, c in enumerate(["USD", "EUR", "USD"] * 400)
    )

    report = past(rows, importer)

    assert [(row, column) for row, column, _code in left_empty(report)] == [
        (3, "currency"),
        (2, "currency"),
    ]
    assert counts(report) == (1200, 0, 0)


def test_what_is_there_under_its_number_stays(supplier: Supplier, importer: User) -> None:
    past("OLD-1,S-1,CNY,Pen,2,C62,1.5\n", importer)

    report = past("OLD-1,S-1,CNY,Pen,200,C62,1.5\nOLD-2,S-1,CNY,Pen,1,C62,1\n", importer)

    assert counts(report) == (1, 0, 1)
    assert PurchaseOrder.objects.get(number="OLD-1").total == 3


@pytest.mark.parametrize("mode", [None, RESUME])
@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("PO-2026-00017,S-1,CNY,Pen,1,C62,1,", "number", "invalid"),
        ("po-2026-00017,S-1,CNY,Pen,1,C62,1,", "number", "invalid"),
        (f"{'9' * 33},S-1,CNY,Pen,1,C62,1,", "number", "invalid"),
        ("OLD-1,S-1,CNY,,1,C62,1,", "description", "invalid"),
        ("OLD-1,S-1,CNY,Pen,1,,1,", "unit", "required"),
        ("OLD-1,S-1,CNY,Pen,63,C62,212.69,13399.80", "amount", "invalid"),
        ("OLD-1,S-1,CNY,Pen,1,C62,1,1.001", "amount", "invalid"),
        ("OLD-1,S-1,CNY,Pen,999999999999,C62,999999999999,", "amount", "invalid"),
    ],
)
def test_a_past_order_that_cannot_have_been(
    line: str, column: str, code: str, mode: Any, supplier: Supplier, importer: User
) -> None:
    head = HEAD.replace("\n", ",amount\n")
    job = {"mode": mode} if mode else {}

    report = load(
        "purchase_orders", f"{head}{line}\nGOOD,S-1,CNY,Pen,1,C62,1,\n", importer, fixed=PAST, **job
    )

    assert refused(report) == [(2, column, code)]
    assert [o.number for o in PurchaseOrder.objects.all()] == (["GOOD"] if mode else [])


def test_a_rounded_price_is_told_and_the_amount_paid_counts(
    supplier: Supplier, importer: User
) -> None:
    head = HEAD.replace("\n", ",amount\n")

    report = past("OLD-1,S-1,CNY,Pen,63,C62,212.69,13399.25\n", importer, head)

    assert [(n.row, n.column, n.code) for n in report.notices] == [(2, "amount", "rounded_price")]
    line = PurchaseOrderLine.objects.get()
    assert (line.amount, line.unit_price, line.order.total) == (
        Decimal("13399.25"),
        Decimal("212.69"),
        Decimal("13399.25"),
    )


def test_tax_of_a_past_order_is_of_its_day(supplier: Supplier, importer: User) -> None:
    make_tax_code("VAT", d2010_01_01="17", d2019_04_01="13")
    head = HEAD.replace("\n", ",tax_code,order_date\n")

    report = past(
        "OLD-1,S-1,CNY,Pen,1,C62,100,VAT,2018-01-01\n"
        "OLD-2,S-1,CNY,Pen,1,C62,100,VAT,2020-01-01\n"
        "OLD-3,S-1,CNY,Pen,1,C62,100,,\n",
        importer,
        head,
    )
    undated = past("OLD-4,S-1,CNY,Pen,1,C62,100,VAT,\n", importer, head)

    assert refused(report) == []
    totals = PurchaseOrder.objects.order_by("number").values_list("total", flat=True)
    assert list(totals) == [Decimal(117), Decimal(113), Decimal(100)]
    assert refused(undated) == [(2, "tax_code", "invalid")]


def test_past_orders_may_name_what_is_retired(supplier: Supplier, importer: User) -> None:
    Incoterm.objects.create(code="DDU", edition=2000, name_en="DDU", is_active=False)
    head = HEAD.replace("\n", ",incoterm\n")
    text = "P1,S-1,CNY,Pen,1,C62,1,DDU\n"

    assert refused(past(text, importer, head)) == []
    drafted = load("purchase_orders", head + text, importer)
    assert refused(drafted) == [(2, "incoterm", "unknown_code")]


def test_a_code_that_is_not_known_is_left_empty_where_that_was_said(
    supplier: Supplier, importer: User
) -> None:
    columns: dict[str, Any] = {name: name for name in HEAD.strip().split(",")}
    columns["incoterm"] = {"column": "rule", "on_error": "empty"}
    ImportMapping.objects.create(name="mild", kind="purchase_orders", columns=columns, options=PAST)
    text = HEAD.replace("\n", ",rule\n") + "P1,S-1,CNY,Pen,1,C62,1,DDU\n"

    report = load("purchase_orders", text, importer, mapping="mild")

    assert (refused(report), left_empty(report)) == ([], [(2, "rule", "unknown_code")])
    assert PurchaseOrder.objects.get().incoterm is None


def test_who_may_not_issue_cannot_register(supplier: Supplier, importer: User) -> None:
    buyer = make_buyer(importer.department, department=importer.department)
    buyer.user_permissions.filter(codename="issue_purchaseorder").delete()
    buyer = User.objects.get(pk=buyer.pk)

    report = load("purchase_orders", HEAD + "P1,S-1,CNY,Pen,1,C62,1\n", buyer, fixed=PAST)

    assert refused(report) == [(2, "number", "invalid")]
    assert PurchaseOrder.objects.count() == 0


# ------------------------------------------------------------------ new suppliers
def test_suppliers_are_made_one_for_each_name(department: Department, importer: User) -> None:
    names = ["Acme", "acme", "Acme  Ltd", "东方公司", "Acme", "Аcme"]
    rows = "".join(f"OLD-{at},{name},CNY,Pen,1,C62,1\n" for at, name in enumerate(names))

    report = load("purchase_orders", HEAD + rows, importer, fixed=OPEN_SUPPLIERS)

    made = Supplier.objects.all()
    assert report.outcome.totals["suppliers created"] == made.count() == 5
    assert {s.name for s in made} == {"Acme", "acme", "Acme Ltd", "东方公司", "Аcme"}
    assert {s.status for s in made} == {"prospective"}
    assert made.get(name_zh_hans="东方公司").name_en is None
    assert PurchaseOrder.objects.filter(supplier__name_en="Acme").count() == 2
    again = load(
        "purchase_orders", HEAD + "NEW,Acme,CNY,Pen,1,C62,1\n", importer, fixed=OPEN_SUPPLIERS
    )
    assert "suppliers created" not in again.outcome.totals
    assert Entry.objects.filter(content_type__model="supplier", channel="import").count() == 5


def test_a_dry_run_makes_no_supplier(department: Department, importer: User) -> None:
    load(
        "purchase_orders",
        HEAD + "OLD-1,Acme,CNY,Pen,1,C62,1\n",
        importer,
        fixed=OPEN_SUPPLIERS,
        mode=DRY_RUN,
    )

    assert (Supplier.objects.count(), NumberSequence.objects.count()) == (0, 0)


def test_who_may_not_add_suppliers_does_not_by_import(department: Department) -> None:
    buyer = make_buyer(department, department=department)
    text = HEAD + "OLD-1,Acme,CNY,Pen,1,C62,1\n"

    report = load("purchase_orders", text, buyer, fixed=OPEN_SUPPLIERS)

    assert refused(report) == [(2, "supplier", "not_permitted")]
    assert Supplier.objects.count() == 0
