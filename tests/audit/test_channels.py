"""Each door leaves its name, its actor and its request's id; ids from outside are looked at."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from apps.accounts.models import Department, User
from apps.audit.models import Entry
from apps.common import context
from apps.common.middleware.request import channel_of, remote_addr_of, request_id_of
from tests import factories as make


@pytest.mark.django_db
def test_the_api_names_its_caller_under_a_token() -> None:
    boss = make.make_user("boss", "admin")
    client = make.api_client(boss)

    response = client.post(
        "/api/v1/departments",
        {"code": "ENG", "name_en": "Engineering"},
        content_type="application/json",
        headers={"X-Request-ID": "from-outside-1"},
    )

    assert response.status_code == 201
    entry = Entry.objects.get(event="department.create", object_id=Department.objects.get().pk)
    assert (entry.actor, entry.actor_name, entry.channel) == (boss, "Boss", "api")
    assert (entry.cid, entry.remote_addr) == ("from-outside-1", "127.0.0.1")
    assert response["X-Request-ID"] == "from-outside-1"


@pytest.mark.django_db
def test_the_back_office_and_the_workspace_name_the_person_of_the_session() -> None:
    boss = make.make_user("boss", "admin")
    browser = Client()
    browser.force_login(boss)

    form = {"code": "ENG", "name_en": "Engineering", "is_active": "on"}
    browser.post("/admin/accounts/department/add/", form)
    browser.post("/profile", {"name": "Chief", "language": "en", "time_zone": "UTC"})

    rows = Entry.objects.filter(event__in=("department.create", "user.update_profile"))
    assert {(r.event, r.actor, r.channel) for r in rows} == {
        ("department.create", boss, "admin"),
        ("user.update_profile", boss, "workspace"),
    }


@pytest.mark.django_db
def test_one_request_does_not_leave_its_actor_to_the_next() -> None:
    make.api_client(make.make_user("wu")).get("/api/auth/me")

    assert context.current() == context.Context()
    Department.objects.create(code="X", name="X")
    assert Entry.objects.latest("id").actor is None


IDS = {
    "abc-1.2_3": True,
    "a" * 64: True,
    "a" * 65: False,
    "": False,
    "with space": False,
    "line\nbreak": False,
    "\x1b[31mred": False,
    "-leading": False,
    "编号": False,
}


@pytest.mark.parametrize(("given", "kept"), IDS.items())
def test_only_harmless_ids_are_kept(given: str, kept: bool) -> None:
    request = RequestFactory().get("/", headers={"X-Request-ID": given})

    found = request_id_of(request)

    assert (found == given) is kept
    assert found.isascii()
    assert found.replace("-", "").replace(".", "").replace("_", "").isalnum()


PATHS = {
    "/api/v1/users": "api",
    "/admin/": "admin",
    "/profile": "workspace",
    "/": "workspace",
    "/apis": "workspace",
    "/administration": "workspace",
}


@pytest.mark.parametrize(("path", "channel"), PATHS.items())
def test_doors_are_known_by_their_paths(path: str, channel: str) -> None:
    assert channel_of(path) == channel


ADDRESSES = [
    (0, "9.9.9.9", "10.0.0.1"),
    (1, "", "10.0.0.1"),
    (1, "9.9.9.9", "9.9.9.9"),
    (1, "6.6.6.6, 9.9.9.9", "9.9.9.9"),
    (2, "6.6.6.6, 9.9.9.9, 10.1.1.1", "9.9.9.9"),
    (2, "9.9.9.9", "9.9.9.9"),
    (1, "forged; DROP", None),
    (1, "::1", "::1"),
]


@pytest.mark.parametrize(("proxies", "forwarded", "address"), ADDRESSES)
def test_as_many_proxies_are_believed_as_there_are(
    proxies: int, forwarded: str, address: str | None, settings: Any
) -> None:
    settings.PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers=headers)

    assert remote_addr_of(request) == address


@pytest.mark.django_db
def test_every_reply_has_an_id_and_problems_repeat_it() -> None:
    answers = [
        Client().get(path) for path in ("/login", "/nowhere", "/api/v1/users", "/api/nowhere")
    ]

    ids = [a["X-Request-ID"] for a in answers]
    assert len(set(ids)) == len(ids)
    assert answers[2].json()["request_id"] == ids[2]
    assert answers[3].json()["request_id"] == ids[3]


@pytest.mark.django_db
def test_logging_in_by_page_is_written_down_with_its_person() -> None:
    make.make_user("wu")
    browser = Client()

    browser.post("/login", {"username": "wu", "password": "wrong"})
    browser.post("/login", {"username": "wu", "password": make.PASSWORD})
    browser.post("/logout")

    user = User.objects.get(username="wu")
    rows = Entry.objects.filter(event__startswith="user.log").order_by("id")
    assert [(r.event, r.actor, r.channel) for r in rows] == [
        ("user.login_failed", None, "workspace"),
        ("user.login", user, "workspace"),
        ("user.logout", user, "workspace"),
    ]
