"""Loading categories, items and suppliers from tables."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import User
from apps.audit.models import Entry
from apps.catalog.models import Category, Item, Supplier
from apps.common.importing.engine import Job, Mode, run_import
from apps.common.importing.kinds import kind_named
from tests.catalog.factories import (
    make_category,
    make_currency,
    make_item,
    make_supplier,
    make_tax_code,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


def load(kind: str, text: str, by: User, mode: Mode = Mode.ALL_OR_NOTHING) -> Any:
    stream = io.BytesIO(text.encode())
    return run_import(Job(kind_named(kind), mode=mode), stream, file_name=f"{kind}.csv", by=by)


def problems(report: Any) -> list[tuple[int, str, str]]:
    return [(error.row, error.column, error.code) for error in report.errors]


def test_items_are_made_changed_and_left_alone(keeper: User) -> None:
    make_unit("C62"), make_unit("XBX", dimension="other")
    make_category("44121704"), make_tax_code("VAT13"), make_supplier("S-1")
    make_item("OLD", name_en="Old", manufacturer="Acme")
    make_item("SAME", name_en="Same")
    text = (
        "code,name,中文名称,unit,category,purchase_unit,purchase_factor,moq,tax_code,supplier,mpn\n"
        "NEW,Pen,笔,C62,44121704,XBX,12,5,VAT13,S-1,PB 7\n"
        "OLD,Older,,C62,,,,,,,\n"
        "SAME,Same,,C62,,,,,,,\n"
    )

    report = load("items", text, keeper)

    assert problems(report) == []
    outcome = report.outcome
    assert (outcome.created, outcome.updated, outcome.unchanged) == (1, 1, 1)
    new, old = Item.objects.get(code="NEW"), Item.objects.get(code="OLD")
    assert (new.name_en, new.name_zh_hans, new.purchase_factor) == ("Pen", "笔", Decimal(12))
    assert (new.category.code, new.preferred_supplier.code) == ("44121704", "S-1")
    assert (new.created_by, new.minimum_quantity) == (keeper, Decimal(5))
    assert (old.name_en, old.manufacturer, old.updated_by) == ("Older", "Acme", keeper)
    changed = Entry.objects.filter(object_pk=str(old.pk), content_type__model="item").first()
    assert changed is not None
    assert "name_en" in changed.changes
    assert changed.actor == keeper


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("A B,Pen,C62,,,", "code", "space_in_code"),
        ("A\u200bB,Pen,C62,,,", "code", "invisible_character"),
        ("4.41E+07,Pen,C62,,,", "code", "digits_lost"),
        (",Pen,C62,,,", "code", "required"),
        ("A,,C62,,,", "name", "invalid"),
        ("A,Pen,,,,", "unit", "required"),
        ("A,Pen,QQ,,,", "unit", "unknown_code"),
        ("A,Pen,C62,XBX,,", "purchase_factor", "required"),
        ("A,Pen,C62,XBX,0,", "purchase_factor", "too_small"),
        ("A,Pen,C62,XBX,-1,", "purchase_factor", None),
        ('A,Pen,C62,XBX,"1,5",', "purchase_factor", None),
        ("A,Pen,C62,XBX,many,", "purchase_factor", None),
        ("A,Pen,C62,,,perhaps", "active", "not_yes_or_no"),
        ("GOOD,Pen,C62,,,", "code", "repeated_code"),
    ],
)
def test_a_bad_row_is_named_and_takes_the_file_back(
    line: str, column: str, code: str | None, keeper: User
) -> None:
    make_unit("C62"), make_unit("XBX", dimension="other")
    text = (
        "code,name,unit,purchase_unit,purchase_factor,active\nGOOD,Good,C62,,,yes\n" + line + "\n"
    )

    report = load("items", text, keeper)

    assert [(row, where) for row, where, _code in problems(report)] == [(3, column)]
    if code:
        assert problems(report)[0][2] == code
    assert Item.objects.count() == 0


def test_with_resume_the_good_rows_stay(keeper: User) -> None:
    make_unit("C62")
    text = "code,name,unit\nGOOD,Good,C62\nBAD,Bad,QQ\n"

    report = load("items", text, keeper, Mode.RESUME)

    assert problems(report) == [(3, "unit", "unknown_code")]
    assert Item.objects.get().code == "GOOD"


def test_new_suppliers_are_prospective_whatever_the_file_says(keeper: User) -> None:
    make_currency("EUR")
    known = make_supplier("S-1", name_en="Known", status="approved", version=4)
    text = (
        "code,name,统一社会信用代码,country,currency,e-mail,status\n"
        "S-1,Known better,,de,EUR,,blocked\n"
        "S-2,东方公司,91110000802100433b,cn,,info@example.com,approved\n"
    )

    report = load("suppliers", text, keeper)

    assert problems(report) == []
    known.refresh_from_db()
    new = Supplier.objects.get(code="S-2")
    assert (known.status, known.name_en, known.version) == ("approved", "Known better", 5)
    assert (new.status, new.tax_number, new.country) == ("prospective", "91110000802100433B", "CN")
    assert "Not used: status" in " ".join(report.notes)


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("S-9,X,91110000802100433C,,", "tax_number", "invalid"),
        ("S-9,X,91350100M000100Y43,,", "tax_number", "repeated_tax_number"),
        ("S-9,X,,,nobody", "email", "invalid"),
        ("S-9,X,,GERMANY,", "country", "too_long"),
    ],
)
def test_bad_suppliers(line: str, column: str, code: str, keeper: User) -> None:
    make_supplier("S-1", tax_number="91350100M000100Y43")

    report = load("suppliers", f"code,name,tax_number,country,email\n{line}\n", keeper)

    assert problems(report) == [(2, column, code)]
    assert Supplier.objects.count() == 1


def test_a_tree_loads_in_any_order_and_branches_move(keeper: User) -> None:
    text = "code,parent,en,zh\n111,11,Leaf,叶\n1,,Top,顶\n11,1,Middle,\n2,,Other,\n"
    report = load("categories", text, keeper)
    assert problems(report) == []
    assert Category.objects.get(code="111").path == "1/11/111/"

    report = load("categories", "code,parent,en\n11,2,Moved\n112,11,New\n", keeper)
    assert problems(report) == []
    paths = dict(Category.objects.values_list("code", "path"))
    assert (paths["11"], paths["111"], paths["112"]) == ("2/11/", "2/11/111/", "2/11/112/")
    assert Category.objects.get(code="11").name_en == "Moved"


@pytest.mark.parametrize(
    "lines", ["3,4,Orphan", "3,3,Own parent", "3,4,Circle\n4,3,Circle", "1,11,Below its child"]
)
def test_a_tree_that_is_none_is_refused(lines: str, keeper: User) -> None:
    make_category("11", make_category("1"))

    report = load("categories", f"code,parent,en\n{lines}\n", keeper)

    assert report.errors
    assert dict(Category.objects.values_list("code", "path")) == {"1": "1/", "11": "1/11/"}


def test_who_may_only_add_cannot_change(keeper: User) -> None:
    somebody = make_user("catalog.add_item")
    make_unit("C62")
    make_item("A", name_en="Old")

    report = load("items", "code,name,unit\nA,New,C62\nB,B,C62\n", somebody)

    assert problems(report) == [(2, "code", "not_permitted")]
    assert Item.objects.get().name_en == "Old"
