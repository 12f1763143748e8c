"""People and departments on the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts import policies
from apps.accounts.models import Department, User
from tests import factories as make

pytestmark = pytest.mark.django_db
USERS, DEPARTMENTS = "/api/v1/users", "/api/v1/departments"


@pytest.fixture
def boss() -> User:
    return make.make_user("boss", "admin")


@pytest.fixture
def api(boss: User) -> Client:
    return make.api_client(boss)


def send(api: Client, verb: str, path: str, body: Any, **headers: str) -> Any:
    return getattr(api, verb)(path, body, content_type="application/json", headers=headers)


def test_colleagues_find_each_other_and_see_no_more_than_that() -> None:
    make.make_user("zhang", "admin", name="张伟", phone="+86 123")
    api = make.api_client(make.make_user("wu", "engineer"))

    (found,) = api.get(f"{USERS}?search=张").json()["results"]

    assert found["username"] == "zhang"
    assert not found.keys() & {"roles", "phone", "last_login", "language", "is_superuser"}
    assert set(api.get(f"{USERS}/{found['id']}").json()) == set(found)


SEARCHES = ["' OR 1=1 --", "%", "\\", "'; DROP TABLE accounts_user; --", "x" * 200, "{{7*7}}"]


@pytest.mark.parametrize("text", SEARCHES)
def test_a_search_is_data_whatever_it_looks_like(api: Client, text: str) -> None:
    response = api.get(USERS, {"search": text})

    assert response.status_code == 200
    assert response.json()["results"] == []
    assert User.objects.exists()


@pytest.mark.parametrize(
    "query", ["password__startswith=a", "is_superuser=true", "_connector=OR", "groups=1"]
)
def test_filters_nobody_offers_are_refused(api: Client, query: str) -> None:
    assert api.get(f"{USERS}?{query}").status_code == 400


def test_an_account_is_made_once_for_one_key(api: Client) -> None:
    body = {"username": "new", "email": "new@example.com", "roles": ["engineer"]}
    keyed = {"Idempotency-Key": "k-1"}

    first = send(api, "post", USERS, body, **keyed)
    again = send(api, "post", USERS, body, **keyed)
    other = send(api, "post", USERS, {**body, "username": "other"}, **keyed)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == again.json()
    assert (first.json()["roles"], first.json()["is_active"]) == (["engineer"], True)
    assert User.objects.filter(username="new").count() == 1


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"username": "boss", "email": "x@example.com"}, "username"),
    ({"username": "a b", "email": "x@example.com"}, "username"),
    ({"username": "new", "email": "no address"}, "email"),
    ({"username": "new"}, "email"),
    ({"username": {}, "email": []}, "username"),
    ({"username": "new", "email": "x@example.com", "department": "NOPE"}, "department"),
    ({"username": "new", "email": "x@example.com", "time_zone": "Mars/Olympus"}, "time_zone"),
    ({"username": "new", "email": "x@example.com", "language": "tlh"}, "language"),
    ({"username": "new\x00", "email": "x@example.com"}, "username"),
]


@pytest.mark.parametrize(("body", "field"), WRONG, ids=range(len(WRONG)))
def test_what_cannot_be_is_named(api: Client, body: dict[str, Any], field: str) -> None:
    before = User.objects.count()

    response = send(api, "post", USERS, body)

    assert response.status_code == 400
    assert field in response.json()["errors"]
    assert User.objects.count() == before


def test_a_role_nobody_knows_is_refused(api: Client) -> None:
    body = {"username": "new", "email": "new@example.com", "roles": ["king"]}

    assert send(api, "post", USERS, body).status_code == 403
    person = make.make_user("wu")
    response = send(api, "put", f"{USERS}/{person.pk}/roles", {"roles": ["king"]})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["roles"])


def test_the_life_of_an_account(api: Client) -> None:
    person = make.make_user("wu", "engineer")
    path = f"{USERS}/{person.pk}"

    assert send(api, "put", f"{path}/roles", {"roles": ["finance"]}).json()["roles"] == ["finance"]
    assert send(api, "post", f"{path}/deactivate", {"comment": "left"}).json()["is_active"] is False
    assert send(api, "post", f"{path}/deactivate", {}).status_code == 409
    assert send(api, "post", f"{path}/reactivate", {}).json()["is_active"] is True
    assert send(api, "post", f"{path}/reset", {}).status_code == 200
    assert policies.roles_of(User.objects.get(pk=person.pk)) == {"finance"}


def test_one_does_not_manage_oneself(api: Client, boss: User) -> None:
    for verb, call, body in (
        ("post", "deactivate", {}),
        ("post", "reset", {}),
        ("put", "roles", {"roles": ["admin", "auditor"]}),
    ):
        assert send(api, verb, f"{USERS}/{boss.pk}/{call}", body).status_code == 403


def test_departments_by_code_with_names_beside(api: Client) -> None:
    head = make.make_user("head", name="Head Person")
    make.make_department("TOP", name="Top")
    body = {"code": "ENG", "name_en": "Engineering", "name_zh_hans": "工程部", "parent": "TOP"}

    created = send(api, "post", DEPARTMENTS, {**body, "head": head.username})

    assert created.status_code == 201
    row = created.json()
    assert (row["parent"], row["parent_name"], row["head_name"]) == ("TOP", "Top", "Head Person")
    path = f"{DEPARTMENTS}/{row['id']}"
    changed = send(api, "patch", path, {"approval_limit": "500.50"})
    assert changed.json()["approval_limit"] == "500.5000"
    chinese = api.get(path, headers={"Accept-Language": "zh-hans"}).json()
    assert chinese["name"] == "工程部"


def test_a_department_is_not_part_of_itself(api: Client) -> None:
    top = make.make_department("TOP")
    make.make_department("SUB", parent=top)

    response = send(api, "patch", f"{DEPARTMENTS}/{top.pk}", {"parent": "SUB"})

    assert (response.status_code, list(response.json()["errors"])) == (400, ["parent"])
    assert Department.objects.get(pk=top.pk).parent is None


def test_nobody_appoints_themselves_over_the_api(api: Client) -> None:
    department = make.make_department("ENG")

    response = send(api, "patch", f"{DEPARTMENTS}/{department.pk}", {"head": "boss"})

    assert (response.status_code, response.json()["code"]) == (403, "own_appointment")
    assert Department.objects.get(pk=department.pk).head is None


@pytest.mark.parametrize("path", [USERS, DEPARTMENTS])
def test_lists_cost_the_same_for_one_and_for_many(api: Client, path: str) -> None:
    api.get(path)
    counts = []
    for extra in (0, 8):
        for _ in range(extra):
            person = make.make_user(None, "engineer", department=make.make_department())
            make.make_department(head=person, parent=make.make_department())
        with CaptureQueriesContext(connection) as queries:
            assert api.get(path).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 6
