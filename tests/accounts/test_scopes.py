"""Who sees what of which department: rights, headship, and nothing for those who left."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts import services
from apps.accounts.models import DepartmentScope, User
from apps.accounts.scopes import department_scope
from apps.common.errors import NotPermittedError
from tests import factories as make

pytestmark = pytest.mark.django_db


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_head_sees_the_own_branch_and_buys_nothing() -> None:
    head = make.make_user("head")
    top = make.make_department("TOP")
    own = make.make_department("ENG", parent=top, head=head)
    below = make.make_department("LAB", parent=own)

    assert department_scope(head, "view_documents") == {own.pk, below.pk}
    assert department_scope(fresh(head), "buy_for") == set()
    own.head = None
    own.save()
    assert department_scope(fresh(head), "view_documents") == set()


def test_a_granted_scope_reaches_the_branch_only() -> None:
    boss, person = make.make_user("boss", "admin"), make.make_user("wu")
    top = make.make_department("TOP")
    own = make.make_department("ENG", parent=top)

    scope = services.grant_scope(person, "buy_for", own, by=boss)
    services.grant_scope(person, "buy_for", own, by=boss)

    assert department_scope(fresh(person), "buy_for") == {own.pk}
    assert department_scope(fresh(person), "view_documents") == set()
    assert DepartmentScope.objects.count() == 1
    services.revoke_scope(scope, by=boss)
    assert department_scope(fresh(person), "buy_for") == set()


@pytest.mark.parametrize("actor", ["engineer", "procurement", "auditor"])
def test_scopes_are_given_by_administrators_to_others_only(actor: str) -> None:
    boss, person = make.make_user("boss", "admin"), make.make_user("wu", actor)
    department = make.make_department("ENG")

    for by, to in ((person, boss), (person, person), (boss, boss)):
        with pytest.raises(NotPermittedError):
            services.grant_scope(to, "buy_for", department, by=by)
    assert not DepartmentScope.objects.exists()


def test_those_who_left_and_strangers_see_nothing() -> None:
    boss, person = make.make_user("boss", "admin"), make.make_user("wu")
    services.grant_scope(
        person, "view_documents", make.make_department("ENG", head=person), by=boss
    )
    services.deactivate(person, by=boss)

    assert department_scope(fresh(person), "view_documents") == set()
    assert department_scope(AnonymousUser(), "view_documents") == set()
    assert not User.objects.visible_to(fresh(person)).exists()


def test_a_model_permission_alone_opens_no_department() -> None:
    from django.contrib.auth.models import Permission

    person = make.make_user("wu")
    make.make_department("ENG")
    person.user_permissions.add(Permission.objects.get(codename="view_documents"))

    assert department_scope(fresh(person), "view_documents") == set()


@pytest.mark.parametrize("branches", [1, 20])
def test_the_scope_costs_two_statements_once(branches: int) -> None:
    head: Any = make.make_user("head")
    for _ in range(branches):
        make.make_department(head=head)
    department_scope(make.make_user(), "view_documents")

    with CaptureQueriesContext(connection) as queries:
        department_scope(head, "view_documents")
        department_scope(head, "view_documents")

    assert len(queries) == 2
