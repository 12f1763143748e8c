"""Requisitions from tables: drafts of whoever imports, and what is not certain is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.audit.models import Entry
from apps.budgets.models import CostCentre
from apps.requisitions.models import Requisition
from tests.catalog.factories import make_category, make_item, make_price, make_supplier
from tests.factories import make_department, make_user
from tests.importing.tables import RESUME, counts, load, refused

pytestmark = pytest.mark.django_db
HEAD = "reference,title,cost_centre,description,quantity,unit,price,needed_by\n"


def test_rows_with_one_reference_are_one_draft(importer: User) -> None:
    table = HEAD + (
        "R1,Desk,CC-SCM,Lamp,2,C62,80,2026-12-01\n"
        "R2,Lab,CC-SCM,Probe,1,C62,,\n"
        "R1,Desk,CC-SCM,Chair,1,C62,300.50,2026-12-01\n"
    )

    report = load("requisitions", table, importer)

    assert (refused(report), counts(report)) == ([], (2, 0, 0))
    desk, lab = Requisition.objects.order_by("external_reference")
    assert (desk.status, desk.number, desk.requester) == ("draft", None, importer)
    assert (desk.estimated_total, desk.needed_by) == (Decimal("460.50"), date(2026, 12, 1))
    assert desk.department == importer.department
    assert [line.description for line in desk.lines.order_by("line_no")] == ["Lamp", "Chair"]
    assert lab.lines.get().estimated_price is None
    assert report.outcome.totals["total CNY"] == Decimal("460.50")
    rows = Entry.objects.filter(content_type__model__startswith="requisition")
    assert {(row.channel, row.actor) for row in rows} == {("import", importer)}


def test_a_requisition_that_is_there_stays_as_it_is(importer: User) -> None:
    load("requisitions", HEAD + "R1,Desk,CC-SCM,Lamp,2,C62,80,\n", importer)

    report = load("requisitions", HEAD + "R1,Desk,CC-SCM,Lamp,9,C62,80,\n", importer)

    assert counts(report) == (0, 0, 1)


def test_without_references_a_file_is_still_brought_in_once(importer: User) -> None:
    table = HEAD + ",Desk,CC-SCM,Lamp,2,C62,80,\n,Lab,CC-SCM,Probe,1,C62,9,\n"

    first = load("requisitions", table, importer)
    again = load("requisitions", table, importer)
    other = load("requisitions", table.replace("Probe", "Prober"), importer)

    assert (counts(first), counts(again), counts(other)) == ((2, 0, 0), (0, 0, 2), (2, 0, 0))


def test_the_catalogue_fills_what_is_left_open(importer: User) -> None:
    item = make_item("PEN", name_en="Ball pen", category=make_category("44"))
    make_price(item, make_supplier("S-1"), "1.25")
    table = "title,cost_centre,item,quantity,preferred_supplier\nPens,CC-SCM,PEN,4,S-1\n"

    report = load("requisitions", table, importer)

    assert refused(report) == []
    line = Requisition.objects.get().lines.get()
    assert (line.description, line.unit, line.category) == (
        "Ball pen",
        item.base_unit,
        item.category,
    )
    assert (line.estimated_price, line.amount) == (Decimal("1.25"), Decimal(5))


def test_who_may_asks_for_others(importer: User) -> None:
    colleague = make_user("li", "engineer", department=importer.department)
    table = HEAD.replace("\n", ",requester\n")

    report = load("requisitions", table + "R1,Desk,CC-SCM,Lamp,2,C62,80,,li\n", importer)
    other = load("requisitions", table + "R2,Desk,CC-SCM,Lamp,2,C62,80,,importer\n", colleague)

    assert refused(report) == []
    requisition = Requisition.objects.get()
    assert (requisition.requester, requisition.on_behalf_of) == (importer, colleague)
    assert [(row, column) for row, column, _code in refused(other)] == [(2, "on_behalf_of")]


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("R1,,CC-SCM,Lamp,2,C62,80,,", "title", "required"),
        (f"R1,{'x' * 201},CC-SCM,Lamp,2,C62,80,,", "title", "too_long"),
        ("R1,Desk,,Lamp,2,C62,80,,", "cost_centre", "required"),
        ("R1,Desk,GONE,Lamp,2,C62,80,,", "cost_centre", "unknown_code"),
        ("R1,Desk,CC-ELSE,Lamp,2,C62,80,,", "cost_centre", "invalid"),
        ("R1,Desk,CC-SCM,,2,C62,80,,", "description", "invalid"),
        ("R1,Desk,CC-SCM,Lamp,0,C62,80,,", "quantity", "too_small"),
        ("R1,Desk,CC-SCM,Lamp,0.5,C62,80,,", "quantity", "invalid"),
        ("R1,Desk,CC-SCM,Lamp,2,,80,,", "unit", "invalid"),
        ("R1,Desk,CC-SCM,Lamp,2,C62,80元,,", "price", "not_a_number"),
        ("R1,Desk,CC-SCM,Lamp,2,C62,80,soon,", "needed_by", "not_a_date"),
        ("R1,Desk,CC-SCM,Lamp,2,C62,80,,nobody", "requester", "unknown_user"),
        ("GOOD,Other,CC-SCM,Lamp,2,C62,80,,", "title", "rows_differ"),
        ("GOOD,Desk,CC-SCM,Lamp,1,C62,80,,", "title", "repeated_row"),
    ],
)
@pytest.mark.parametrize("mode", [None, RESUME])
def test_a_refused_row_takes_its_requisition_with_it(
    line: str, column: str, code: str, mode: object, importer: User
) -> None:
    CostCentre.objects.create(code="CC-ELSE", name="Else", department=make_department())
    table = HEAD.replace("\n", ",requester\n")
    table += f"GOOD,Desk,CC-SCM,Lamp,1,C62,80,,\n{line}\n"

    report = load("requisitions", table, importer, **({"mode": mode} if mode else {}))

    assert refused(report) == [(3, column, code)]
    kept = 1 if mode and not line.startswith("GOOD") else 0
    assert Requisition.objects.count() == kept


def test_engineers_may_import_what_they_may_ask_for(importer: User) -> None:
    engineer = make_user("eng", "engineer", department=importer.department)

    report = load("requisitions", HEAD + "R1,Desk,CC-SCM,Lamp,2,C62,80,\n", engineer)

    assert refused(report) == []
    assert Requisition.objects.get().requester == engineer
