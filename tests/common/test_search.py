"""One question for finding text: every word somewhere, no row twice, nothing that breaks it."""

from __future__ import annotations

import pytest

from apps.catalog.models import Item
from apps.common import search
from apps.requisitions.models import Requisition
from tests.catalog.back_office import of, page
from tests.catalog.factories import make_category, make_item
from tests.factories import make_user
from tests.requisitions.factories import make_company

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("pen", ["PEN-1", "PEN-2"]),
        ("PEN blue", ["PEN-1"]),
        ("4412 red", ["PEN-2"]),  # one word in the category's code, one in the name
        ("4412", ["PEN-1", "PEN-2"]),
        ("412", []),  # a category is found by the beginning of its code
        ("\x00", ["PEN-1", "PEN-2", "X"]),
        ("%", []),
        ("\u200b", []),
        ("'", []),
        ("x" * 5000, []),
    ],
)
def test_words_are_found_in_any_table(typed: str, wanted: list[str]) -> None:
    pens = make_category("44121704")
    make_item("PEN-1", name_en="Blue pen", category=pens)
    make_item("PEN-2", name_en="Red pen", category=pens)
    make_item("X", name_en="Ruler")
    keeper = make_user("keeper", "admin")

    answer = of(keeper).get(page("item", "changelist"), {"q": typed})

    assert answer.status_code == 200
    assert [item.code for item in answer.context["cl"].result_list] == wanted


def test_a_row_found_by_several_of_its_lines_comes_once() -> None:
    company = make_company()
    requisition = company.requisition(title="Probe set", count=3)

    assert list(Requisition.objects.search("probe")) == [requisition]
    assert list(Requisition.objects.search("nothing of it")) == []


def test_only_what_was_searched_in_is_found() -> None:
    make_item("A", name_en="Pen")
    make_item("B", name_en="Ruler", description="for a pen")

    found = search.containing(Item.objects.filter(code="B"), "pen", "name_en", "category__code")

    assert list(found) == []
