"""The life of an API log-in: in, refreshed, out, and void the moment something changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.throttling import SimpleRateThrottle
from rest_framework_simplejwt.tokens import AccessToken

from apps.accounts import services
from apps.accounts.api.tokens import RefreshToken
from apps.accounts.models import ApiSession, User
from apps.audit.models import Entry
from tests import factories as make

pytestmark = pytest.mark.django_db
ME = "/api/auth/me"


def post(path: str, body: Any, client: Client | None = None) -> Any:
    return (client or Client()).post(f"/api/auth/{path}", body, content_type="application/json")


def login(username: str, password: str = make.PASSWORD) -> Any:
    return post("login", {"username": username, "password": password})


def status_with(access: str) -> int:
    return Client(headers={"Authorization": f"Bearer {access}"}).get(ME).status_code


def test_login_tells_who_and_gives_two_tokens() -> None:
    make.make_user("chen", "engineer", language="zh-hans")

    response = login("chen")

    body = response.json()
    assert response.status_code == 200
    assert set(body) == {"access", "refresh", "user"}
    assert (body["user"]["username"], body["user"]["roles"]) == ("chen", ["engineer"])
    assert "password" not in str(body["user"])
    me = Client(headers={"Authorization": f"Bearer {body['access']}"}).get(ME).json()
    assert (me["language"], me["roles"], me["delegations_given"]) == ("zh-hans", ["engineer"], [])


def shut(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def without_password(user: User) -> None:
    user.set_unusable_password()
    user.save()


@pytest.mark.parametrize("act", [None, shut, without_password])
def test_whatever_is_wrong_the_answer_is_the_same(act: Callable[[User], None] | None) -> None:
    known = make.make_user("known")
    wrong = make.PASSWORD if act else "not the password"
    if act:
        act(known)

    answers = [login("known", wrong), login("nobody-of-that-name", "not the password")]

    bodies = [{**a.json(), "request_id": ""} for a in answers]
    assert [a.status_code for a in answers] == [401, 401]
    assert bodies[0] == bodies[1]
    assert bodies[0]["code"] == "login_failed"
    assert answers[0]["WWW-Authenticate"].startswith("Bearer")


class CountingHasher(MD5PasswordHasher):
    """Counts the work a log-in does."""

    calls = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).calls += 1
        return super().encode(password, salt)


@pytest.mark.parametrize("name", ["known", "shut", "invited", "nobody"])
def test_unknown_names_cost_the_same_work(name: str, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    make.make_user("known")
    shut(make.make_user("shut"))
    without_password(make.make_user("invited"))
    login("warm-up", "x")
    CountingHasher.calls = 0

    with CaptureQueriesContext(connection) as queries:
        login(name, "not the password")

    assert CountingHasher.calls == 1
    kinds = [q["sql"].split(" ")[0] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert kinds == baseline_statements()


def baseline_statements() -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        login("somebody-else-unknown", "not the password")
    return [q["sql"].split(" ")[0] for q in queries if "SAVEPOINT" not in q["sql"]]


def test_the_lock_looks_like_every_other_refusal(settings: Any) -> None:
    make.make_user("target")
    make.make_user("other")
    bodies = [login("target", "wrong") for _ in range(settings.AXES_FAILURE_LIMIT + 2)]

    locked = login("target")

    assert {b.status_code for b in bodies} == {401}
    assert locked.status_code == 401
    assert {**locked.json(), "request_id": ""} == {**bodies[0].json(), "request_id": ""}
    assert login("other").status_code == 200
    assert Entry.objects.filter(event="user.locked_out").count() == 1


def test_log_ins_and_failures_are_written_down() -> None:
    user = make.make_user("li")

    login("li", "wrong")
    login("nobody", "wrong")
    login("li")

    rows = Entry.objects.filter(event__startswith="user.login").order_by("id")
    assert [(r.event, r.object_repr, r.actor, r.channel) for r in rows] == [
        ("user.login_failed", "Li", None, "api"),
        ("user.login_failed", "nobody", None, "api"),
        ("user.login", "Li", user, "api"),
    ]
    assert not any("wrong" in str(row) for row in Entry.objects.values())


def test_a_refresh_token_is_good_once_and_reuse_ends_the_whole_family() -> None:
    make.make_user("wu")
    first = login("wu").json()

    second = post("refresh", {"refresh": first["refresh"]})
    assert second.status_code == 200
    pair = second.json()
    assert status_with(first["access"]) == status_with(pair["access"]) == 200

    assert post("refresh", {"refresh": first["refresh"]}).status_code == 401
    assert post("refresh", {"refresh": pair["refresh"]}).status_code == 401
    assert status_with(pair["access"]) == status_with(first["access"]) == 401
    assert Entry.objects.filter(event="user.refresh_reused").count() == 1


def test_one_family_does_not_end_another() -> None:
    make.make_user("wu")
    stolen, own = login("wu").json(), login("wu").json()

    post("refresh", {"refresh": stolen["refresh"]})
    post("refresh", {"refresh": stolen["refresh"]})

    assert status_with(own["access"]) == 200
    assert post("refresh", {"refresh": own["refresh"]}).status_code == 200


def test_a_refreshed_log_in_does_not_live_longer_than_the_first() -> None:
    make.make_user("wu")
    first = login("wu").json()
    pair = post("refresh", {"refresh": first["refresh"]}).json()

    assert RefreshToken(pair["refresh"])["exp"] == RefreshToken(first["refresh"])["exp"]


def test_logging_out_voids_both_tokens() -> None:
    make.make_user("wu")
    pair = login("wu").json()

    assert post("logout", {"refresh": pair["refresh"]}).status_code == 204

    assert status_with(pair["access"]) == 401
    assert post("refresh", {"refresh": pair["refresh"]}).status_code == 401
    assert post("logout", {"refresh": "nonsense"}).status_code == 204


def deactivate(user: User, admin: User) -> None:
    services.deactivate(user, by=admin)


def set_roles(user: User, admin: User) -> None:
    services.set_roles(user, ["ops"], by=admin)


def send_link(user: User, admin: User) -> None:
    services.send_password_link(user, by=admin)


def choose_password(user: User, admin: User) -> None:
    services.set_password(user, "another long passphrase", by=user)


def by_command(user: User, admin: User) -> None:
    """The way of `manage.py changepassword` and of every other form that knows no service."""
    user.set_password("set behind the services")
    user.save(update_fields=["password"])


@pytest.mark.parametrize("act", [deactivate, set_roles, send_link, choose_password, by_command])
def test_changes_of_rights_end_every_token_and_session_at_once(
    act: Callable[[User, User], None],
) -> None:
    user, admin = make.make_user("wu", "engineer"), make.make_user("boss", "admin")
    pair = login("wu").json()
    browser = Client()
    browser.force_login(user)
    assert browser.get("/profile").status_code == 200
    assert status_with(pair["access"]) == 200

    act(user, admin)

    assert status_with(pair["access"]) == 401
    assert post("refresh", {"refresh": pair["refresh"]}).status_code == 401
    assert browser.get("/profile").status_code == 302


def forged(**claims: Any) -> str:
    session = services.begin(User.objects.get(username="wu"))
    token = AccessToken()
    token["user_id"], token["stamp"] = str(session.user_id), session.user.stamp
    token["session"] = session.pk
    for name, value in claims.items():
        token[name] = value
    return str(token)


CLAIMS = {
    "another kind": {"token_type": "refresh"},
    "another stamp": {"stamp": "0" * 32},
    "no stamp": {"stamp": ""},
    "another log-in": {"session": 10**9},
    "no log-in": {"session": None},
    "nobody": {"user_id": "0"},
    "another audience": {"aud": "somebody-else"},
    "another issuer": {"iss": "somebody-else"},
    "too old": {"exp": int(time.time()) - 10},
}


@pytest.mark.parametrize("claims", CLAIMS.values(), ids=CLAIMS.keys())
def test_tokens_that_are_not_ours_are_refused(
    claims: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    make.make_user("wu")
    assert status_with(forged()) == 200
    backend = AccessToken().get_token_backend()
    if "aud" in claims:
        monkeypatch.setattr(backend, "audience", claims["aud"])
    if "iss" in claims:
        monkeypatch.setattr(backend, "issuer", claims["iss"])
    token = forged(**{k: v for k, v in claims.items() if k not in {"aud", "iss"}})
    monkeypatch.undo()

    assert status_with(token) == 401


def test_a_refresh_token_opens_nothing_and_an_access_token_refreshes_nothing() -> None:
    make.make_user("wu")
    pair = login("wu").json()

    assert status_with(pair["refresh"]) == 401
    assert post("refresh", {"refresh": pair["access"]}).status_code == 401


def test_sessions_of_browsers_are_not_accepted() -> None:
    browser = Client()
    browser.force_login(make.make_user("wu", "admin"))

    assert browser.get(ME).status_code == 401
    assert browser.post("/api/v1/users", {}, content_type="application/json").status_code == 401


def test_knowing_the_caller_costs_one_statement() -> None:
    client = make.api_client(make.make_user("wu"))
    client.get("/api/v1/users/999999")

    with CaptureQueriesContext(connection) as queries:
        client.get("/api/v1/nothing-here")
    assert len(queries) == 0
    with CaptureQueriesContext(connection) as queries:
        client.delete("/api/v1/users")
    assert len(queries) == 1


BAD_BODIES = [
    {},
    [],
    {"username": "wu"},
    {"username": {}, "password": []},
    {"username": ["wu"], "password": {"a": 1}},
    {"username": "wu\x00", "password": "x"},
    {"username": "w" * 200, "password": "x"},
    {"username": "wu", "password": "x" * 5000},
    {"username": "wu", "password": "x", "is_superuser": True},
]


@pytest.mark.parametrize("body", BAD_BODIES)
def test_bodies_that_cannot_be_read_are_named(body: Any) -> None:
    response = post("login", body)

    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/problem+json")
    assert response.json()["errors"]


def test_log_ins_are_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "login", "3/min")

    answers = [login(f"name{n}", "wrong") for n in range(5)]

    assert [a.status_code for a in answers] == [401, 401, 401, 429, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_finished_log_ins_are_forgotten_at_the_next_one() -> None:
    user = make.make_user("wu")
    login("wu")
    ApiSession.objects.update(expires_at=ApiSession.objects.get().expires_at - timedelta(days=2))

    login("wu")

    assert ApiSession.objects.filter(user=user).count() == 1


def test_somebody_whose_password_others_know_chooses_one_in_the_browser_first() -> None:
    make.make_user("wu", must_change_password=True)

    response = login("wu")

    assert (response.status_code, response.json()["code"]) == (401, "password_change_required")
