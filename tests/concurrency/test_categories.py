"""Two people move branches of the commodity tree at once: no circle comes of it.

Each wants the other's category as the parent. Alone either is right; together they would cut both
off from the tree. The control takes the row locks away and shows that circles then do arise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.catalog.models import Category
from tests.catalog.back_office import of, page
from tests.catalog.factories import make_category
from tests.concurrency.racing import ROUNDS, race, unexpected
from tests.factories import make_user

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def moving(keeper: User, category: Category, parent: Category) -> Callable[[], int]:
    """Choose another parent on the category's page; the answer's status."""
    browser = of(keeper)
    form = {
        "code": category.code,
        "parent": parent.pk,
        "name_en": category.name_en,
        "is_active": "on",
    }

    def work() -> int:
        return browser.post(page("category", "change", category.pk), form).status_code

    return work


def reaches_the_top(category: Category) -> bool:
    """Whether one comes to the end of the tree by going up."""
    parents = dict(Category.objects.values_list("pk", "parent"))
    at: Any = category.pk
    for _step in parents:
        at = parents[at]
        if at is None:
            return True
    return False


def swap(keeper: User, number: int) -> tuple[list[Any], bool]:
    """What came of both moves, and whether the tree is still one."""
    one, other = make_category(f"{number}-A"), make_category(f"{number}-B")
    below = make_category(f"{number}-A-1", one)
    results = race([moving(keeper, one, other), moving(keeper, other, below)])
    return results, all(reaches_the_top(c) for c in (one, other, below))


def test_two_moves_into_each_other_never_make_a_circle() -> None:
    keeper = make_user("keeper", "admin")
    for number in range(ROUNDS):
        results, is_whole = swap(keeper, number)

        assert unexpected(results) == []
        assert sorted(results) == [200, 302], "one is moved, the other is told in the form"
        assert is_whole
        paths = dict(Category.objects.values_list("pk", "path"))
        for category in Category.objects.filter(code__startswith=f"{number}-"):
            above = paths.get(category.parent_id, "")
            assert category.path == f"{above}{category.code}/"


def test_control_without_the_locks_circles_arise(monkeypatch: Any) -> None:
    def unlocked(queryset: Any, **_options: Any) -> Any:
        return queryset.all()

    keeper = make_user("keeper", "admin")
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", unlocked)

    whole = [swap(keeper, number)[1] for number in range(max(ROUNDS, 20))]

    assert not all(whole)
