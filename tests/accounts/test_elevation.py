"""Nobody raises others above themselves, nobody raises themselves, and somebody stays in charge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from apps.accounts import policies, services
from apps.accounts.models import User
from apps.common.errors import ConflictError, NotPermittedError
from tests import factories as make

pytestmark = pytest.mark.django_db


def state() -> list[Any]:
    people = User.objects.order_by("pk").values()
    return [*people, *User.groups.through.objects.order_by("pk").values()]


def helper() -> User:
    """Somebody with Django's permission to change users and nothing else."""
    person = make.make_user("helper")
    person.user_permissions.add(Permission.objects.get(codename="change_user"))
    person.user_permissions.add(Permission.objects.get(codename="add_user"))
    return User.objects.get(pk=person.pk)


ACTORS: dict[str, Callable[[], User]] = {
    "engineer": lambda: make.make_user("actor", "engineer"),
    "procurement": lambda: make.make_user("actor", "procurement"),
    "auditor": lambda: make.make_user("actor", "auditor"),
    "helper": helper,
    "inactive admin": lambda: make.make_user("actor", "admin", is_active=False),
    "staff flag only": lambda: make.make_user("actor", is_staff=True),
}
ACTS: dict[str, Callable[[User, User], Any]] = {
    "set roles": lambda actor, other: services.set_roles(other, ["admin"], by=actor),
    "take roles": lambda actor, other: services.set_roles(other, [], by=actor),
    "deactivate": lambda actor, other: services.deactivate(other, by=actor),
    "reset": lambda actor, other: services.send_password_link(other, by=actor),
    "mail": lambda actor, other: services.update_user(other, by=actor, data={"email": "x@y.z"}),
    "unlock": lambda actor, other: services.unlock(other, by=actor),
    "password": lambda actor, other: services.set_password(other, "x" * 20, by=actor),
    "create admin": lambda actor, other: services.create_user(
        by=actor, data={"username": "new", "email": "n@example.com"}, roles=["admin"]
    ),
}


@pytest.mark.parametrize("actor", ACTORS.values(), ids=ACTORS.keys())
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_an_administrator_is_out_of_reach(
    actor: Callable[[], User], act: Callable[[User, User], Any]
) -> None:
    boss = make.make_user("boss", "admin")
    person = actor()
    before = state()

    with pytest.raises(NotPermittedError):
        act(person, boss)

    assert state() == before


@pytest.mark.parametrize("roles", [["admin"], [], ["engineer", "auditor"]])
def test_nobody_sets_their_own_roles(roles: list[str]) -> None:
    boss = make.make_user("boss", "admin", "engineer")
    make.make_user("second", "admin")
    before = state()

    with pytest.raises(NotPermittedError):
        services.set_roles(boss, roles, by=boss)

    assert state() == before


def test_nobody_shuts_or_manages_their_own_account() -> None:
    boss = make.make_user("boss", "admin")
    make.make_user("second", "admin")

    for act in (services.deactivate, services.send_password_link, services.unlock):
        with pytest.raises(NotPermittedError):
            act(boss, by=boss)
    with pytest.raises(NotPermittedError):
        services.update_user(boss, by=boss, data={"job_title": "Chief"})


def test_a_helper_manages_only_people_without_roles() -> None:
    person, plain, engineer = helper(), make.make_user("plain"), make.make_user("eng", "engineer")

    services.update_user(plain, by=person, data={"job_title": "Intern"})
    with pytest.raises(NotPermittedError):
        services.update_user(engineer, by=person, data={"email": "mine@example.com"})
    with pytest.raises(NotPermittedError):
        services.set_roles(plain, ["engineer"], by=person)


def test_superusers_are_above_administrators() -> None:
    boss = make.make_user("boss", "admin")
    root = make.make_user("root", is_superuser=True)

    with pytest.raises(NotPermittedError):
        services.send_password_link(root, by=boss)
    services.deactivate(make.make_user("second", "admin"), by=root)


def test_the_last_administrator_stays() -> None:
    root = make.make_user("root", is_superuser=True)
    boss = make.make_user("boss", "admin")
    make.make_user("shut", "admin", is_active=False)
    before = state()

    for act in (
        lambda: services.deactivate(boss, by=root),
        lambda: services.set_roles(boss, ["engineer"], by=root),
    ):
        with pytest.raises(ConflictError, match="last active administrator"):
            act()
    assert state() == before

    make.make_user("second", "admin")
    services.set_roles(boss, ["engineer"], by=root)
    assert policies.roles_of(User.objects.get(pk=boss.pk)) == {"engineer"}


def test_the_back_office_follows_from_the_roles() -> None:
    boss, person = make.make_user("boss", "admin"), make.make_user("wu")

    assert services.set_roles(person, ["procurement"], by=boss).is_staff
    assert not services.set_roles(person, ["engineer"], by=boss).is_staff


BODIES = [
    {"is_superuser": True},
    {"is_staff": True},
    {"token_version": 1},
    {"password": "chosen by somebody else"},
    {"groups": [1]},
    {"user_permissions": [1]},
    {"roles": ["admin"]},
    {"is_active": False},
    {"last_login": None},
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: next(iter(body)))
def test_the_api_refuses_to_set_what_is_not_its_to_set(body: dict[str, Any]) -> None:
    client = make.api_client(make.make_user("boss", "admin"))
    person = make.make_user("wu", "engineer")
    before = state()

    response = client.patch(f"/api/v1/users/{person.pk}", body, content_type="application/json")

    assert response.status_code == 400
    assert list(response.json()["errors"]) == list(body)
    assert state() == before


def test_a_password_cannot_be_chosen_when_an_account_is_made() -> None:
    client = make.api_client(make.make_user("boss", "admin"))
    body = {"username": "new", "email": "new@example.com", "password": "chosen by an admin"}

    response = client.post("/api/v1/users", body, content_type="application/json")

    assert response.status_code == 400
    assert not User.objects.filter(username="new").exists()


def test_staff_alone_shows_nothing_in_the_back_office(client: Any) -> None:
    client.force_login(make.make_user("wu", is_staff=True))

    assert client.get("/admin/accounts/user/").status_code == 403
    assert client.get("/admin/audit/entry/").status_code == 403
