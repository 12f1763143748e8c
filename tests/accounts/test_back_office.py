"""People, departments and rights in the back office."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts import policies
from apps.accounts.models import Department, DepartmentScope, User
from apps.audit.models import Entry
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return make.make_user("boss", "admin")


@pytest.fixture
def web(boss: User) -> Client:
    web = Client()
    web.force_login(boss)
    return web


FORM = {
    "username": "new",
    "name": "New Person",
    "email": "new@example.com",
    "language": "en",
    "time_zone": "UTC",
}


def test_an_account_is_made_without_a_password(web: Client, boss: User) -> None:
    page = web.get("/admin/accounts/user/add/").content.decode()
    assert 'type="password"' not in page

    response = web.post("/admin/accounts/user/add/", {**FORM, "roles": ["engineer"]})

    assert response.status_code == 302
    person = User.objects.get(username="new")
    assert policies.roles_of(person) == {"engineer"}
    assert not person.has_usable_password()
    entry = Entry.objects.filter(event="user.create", object_id=person.pk).earliest("id")
    assert (entry.actor, entry.channel) == (boss, "admin")


def test_roles_are_changed_through_the_service(web: Client) -> None:
    person = make.make_user("wu", "engineer")
    form = {**FORM, "username": "wu", "roles": ["procurement"]}

    response = web.post(f"/admin/accounts/user/{person.pk}/change/", form)

    assert response.status_code == 302
    saved = User.objects.get(pk=person.pk)
    assert (policies.roles_of(saved), saved.is_staff) == ({"procurement"}, True)
    assert saved.token_version > person.token_version


def test_a_forged_form_cannot_raise_anybody(web: Client, boss: User) -> None:
    person = make.make_user("wu", "engineer")
    form = {**FORM, "username": "wu", "roles": ["engineer"], "is_superuser": "on", "is_staff": "on"}

    web.post(f"/admin/accounts/user/{person.pk}/change/", form)
    own = web.post(f"/admin/accounts/user/{boss.pk}/change/", {**FORM, "roles": ["auditor"]})

    saved = User.objects.get(pk=person.pk)
    assert (saved.is_superuser, saved.is_staff) == (False, False)
    assert own.status_code == 403
    assert policies.roles_of(User.objects.get(pk=boss.pk)) == {"admin"}


def test_what_the_service_refuses_is_shown(web: Client, boss: User) -> None:
    root = make.make_user("root", is_superuser=True, is_staff=True)
    web.force_login(root)
    form = {**FORM, "username": "boss", "name": "Boss", "roles": ["engineer"]}

    response = web.post(f"/admin/accounts/user/{boss.pk}/change/", form, follow=True)

    assert "last active administrator" in response.content.decode()
    assert policies.roles_of(User.objects.get(pk=boss.pk)) == {"admin"}


def act(web: Client, path: str, action: str, *pks: int) -> Any:
    return web.post(path, {"action": action, "_selected_action": pks}, follow=True)


def test_actions_say_what_happened_to_each(web: Client, boss: User) -> None:
    person = make.make_user("wu", "engineer")

    response = act(web, "/admin/accounts/user/", "deactivate", person.pk, boss.pk)

    page = response.content.decode()
    assert "Wu: account shut." in page
    assert "Boss: You are not allowed to do this." in page
    assert not User.objects.get(pk=person.pk).is_active
    assert User.objects.get(pk=boss.pk).is_active


def test_a_page_offers_only_what_can_be_done_now(web: Client, boss: User) -> None:
    person = make.make_user("wu", "engineer")
    path = f"/admin/accounts/user/{person.pk}/change/"

    assert "Shut the account" in web.get(path).content.decode()
    assert "Open the account again" not in web.get(path).content.decode()
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert "Shut the account" not in web.get(path).content.decode()
    own = web.get(f"/admin/accounts/user/{boss.pk}/change/").content.decode()
    assert "Shut the account" not in own


def test_nobody_is_deleted(web: Client) -> None:
    person = make.make_user("wu")

    assert web.post(f"/admin/accounts/user/{person.pk}/delete/").status_code == 403
    act(web, "/admin/accounts/user/", "delete_selected", person.pk)
    assert User.objects.filter(pk=person.pk).exists()


def test_departments_are_listed_as_a_tree(web: Client) -> None:
    last = make.make_department("A-TOP", name="Last")
    make.make_department("Z-SUB", name="Inner", parent=last)
    make.make_department("B-TOP", name="Other")

    page = web.get("/admin/accounts/department/").content.decode()

    assert page.index("A-TOP") < page.index("Z-SUB") < page.index("B-TOP")
    assert "— Inner" in page


def test_nobody_appoints_themselves_in_the_form(web: Client, boss: User) -> None:
    form = {"code": "ENG", "name_en": "Engineering", "head": boss.pk, "is_active": "on"}

    response = web.post("/admin/accounts/department/add/", form)

    assert "Somebody else has to make you" in response.content.decode()
    assert not Department.objects.exists()
    other = make.make_user("other")
    assert (
        web.post("/admin/accounts/department/add/", {**form, "head": other.pk}).status_code == 302
    )
    assert Department.objects.get().created_by == boss


def test_scopes_are_given_and_taken_back(web: Client, boss: User) -> None:
    person, department = make.make_user("wu"), make.make_department("ENG")
    form = {"user": person.pk, "right": "buy_for", "department": department.pk}

    own = web.post("/admin/accounts/departmentscope/add/", {**form, "user": boss.pk})
    assert own.status_code == 200
    assert web.post("/admin/accounts/departmentscope/add/", form).status_code == 302

    scope = DepartmentScope.objects.get()
    page = web.get("/admin/accounts/departmentscope/").content.decode()
    assert "ENG" in page
    path = f"/admin/accounts/departmentscope/{scope.pk}/delete/"
    assert web.post(path, {"post": "yes"}).status_code == 302
    events = set(Entry.objects.filter(event__endswith="_scope").values_list("event", flat=True))
    assert events == {"user.grant_scope", "user.revoke_scope"}


def test_roles_are_shown_not_changed(web: Client) -> None:
    from django.contrib.auth.models import Group

    group = Group.objects.get(name="engineer")
    page = web.get(f"/admin/auth/group/{group.pk}/change/").content.decode()

    assert "erp_setup_roles" in page
    assert "requisitions.add_requisition" in page
    assert web.post(f"/admin/auth/group/{group.pk}/change/", {"name": "x"}).status_code == 403


LISTS = ["user", "department", "delegation", "departmentscope"]


@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_for_one_and_for_many(web: Client, boss: User, name: str) -> None:
    from tests.accounts.test_people import delegation

    def more(count: int) -> None:
        for _ in range(count):
            one, other = make.make_user(None, "engineer"), make.make_user()
            department = make.make_department(head=one, parent=make.make_department())
            User.objects.filter(pk=one.pk).update(department=department)
            delegation(one, other).save()
            from apps.accounts import services

            services.grant_scope(one, "buy_for", department, by=boss)

    more(1)
    web.get(f"/admin/accounts/{name}/")
    counts = []
    for extra in (0, 5):
        more(extra)
        with CaptureQueriesContext(connection) as queries:
            assert web.get(f"/admin/accounts/{name}/").status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
