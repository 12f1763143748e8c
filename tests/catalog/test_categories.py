"""The commodity tree and its paths."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from apps.accounts.models import User
from apps.catalog import services
from apps.catalog.models import Category
from tests.catalog.factories import make_category

pytestmark = pytest.mark.django_db


def paths() -> dict[str, str]:
    return dict(Category.objects.values_list("code", "path"))


def test_paths_follow_a_branch_that_moves(keeper: User) -> None:
    save = services.save_category
    top = save(Category(), by=keeper, data={"code": "10", "name_en": "Top"})
    other = save(Category(), by=keeper, data={"code": "20", "name_en": "Other"})
    middle = save(Category(), by=keeper, data={"code": "11", "name_en": "M", "parent": top})
    save(Category(), by=keeper, data={"code": "111", "name_en": "Leaf", "parent": middle})
    assert paths() == {"10": "10/", "20": "20/", "11": "10/11/", "111": "10/11/111/"}

    save(middle, by=keeper, data={"parent": other})
    assert paths() == {"10": "10/", "20": "20/", "11": "20/11/", "111": "20/11/111/"}

    save(middle, by=keeper, data={"code": "12"})
    assert paths()["111"] == "20/12/111/"

    save(middle, by=keeper, data={"parent": None})
    assert paths()["111"] == "12/111/"


def test_a_circle_is_refused(keeper: User) -> None:
    top = make_category("10")
    leaf = make_category("111", make_category("11", top))
    before = paths()

    for parent in (leaf, top):
        with pytest.raises(ValidationError):
            services.save_category(top, by=keeper, data={"parent": parent})

    assert paths() == before


def test_a_code_that_begins_like_another_is_not_below_it(keeper: User) -> None:
    one = make_category("1")
    make_category("10")

    services.save_category(one, by=keeper, data={"code": "2"})

    assert paths() == {"2": "2/", "10": "10/"}


def test_a_tree_does_not_outgrow_its_path(keeper: User) -> None:
    parent = None
    for depth in range(7):
        parent = make_category(f"{depth}" * 32, parent)

    with pytest.raises(ValidationError):
        services.save_category(
            Category(), by=keeper, data={"code": "x" * 32, "name_en": "Deep", "parent": parent}
        )

    assert Category.objects.count() == 7


@pytest.mark.parametrize(
    ("parents", "known", "wanted"),
    [
        ({"1": ""}, {}, {"1": "1/"}),
        ({"12": "1", "1": ""}, {}, {"1": "1/", "12": "1/12/"}),
        ({"12": "1"}, {"1": "0/1/"}, {"12": "0/1/12/"}),
        ({"12": "1"}, {}, {}),
        ({"1": "2", "2": "1"}, {}, {}),
        ({"3": "2", "2": "2"}, {}, {}),
    ],
)
def test_paths_of_many_at_once(
    parents: dict[str, str], known: dict[str, str], wanted: dict[str, str]
) -> None:
    assert services.paths_for(parents, known) == wanted
