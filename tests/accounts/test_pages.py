"""Pages about oneself: in one's language and time, nothing lost on an error."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Delegation, User
from apps.audit.models import Entry
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return make.make_user("wu", "engineer", language="zh-hans", time_zone="Asia/Shanghai")


@pytest.fixture
def web(person: User) -> Client:
    web = Client()
    web.force_login(person)
    return web


def language(response: Any) -> str:
    return str(response["Content-Language"])


def test_pages_speak_the_language_of_the_profile_until_the_browser_chose(web: Client) -> None:
    assert language(web.get("/profile")) == "zh-hans"
    assert language(Client().get("/login")) == "en"

    web.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert language(web.get("/profile")) == "en"


def test_choosing_a_language_keeps_it(web: Client, person: User) -> None:
    web.post("/i18n/setlang/", {"language": "en", "next": "/profile"})

    assert language(web.get("/profile")) == "en"
    assert User.objects.get(pk=person.pk).language == "en"


def test_times_are_those_of_the_person(web: Client, person: User) -> None:
    at = timezone.now().replace(hour=20, minute=7) + timedelta(days=2)
    Delegation.objects.create(
        delegator=person,
        delegate=make.make_user("li"),
        ends_at=at + timedelta(days=1),
        starts_at=at,
    )
    person.language = "en"
    person.save()

    assert "04:07" in web.get("/profile").content.decode()
    person.time_zone = "UTC"
    person.save()
    assert "20:07" in web.get("/profile").content.decode()


def test_a_profile_is_saved_and_spoken_at_once(web: Client, person: User) -> None:
    form = {"name": "吴伟", "phone": "+86 1", "language": "en", "time_zone": "Europe/Berlin"}

    response = web.post("/profile", form)

    assert response.status_code == 302
    saved = User.objects.get(pk=person.pk)
    assert (saved.name, saved.language, saved.time_zone) == ("吴伟", "en", "Europe/Berlin")
    assert language(web.get("/profile")) == "en"
    entry = Entry.objects.get(event="user.update_profile")
    assert (entry.actor, entry.channel) == (person, "workspace")


BAD = [
    {"time_zone": "Mars/Olympus"},
    {"language": "tlh"},
    {"name": "x" * 151},
]


@pytest.mark.parametrize("wrong", BAD, ids=lambda wrong: next(iter(wrong)))
def test_a_wrong_profile_keeps_what_was_typed(
    web: Client, person: User, wrong: dict[str, str]
) -> None:
    before = User.objects.values().get(pk=person.pk)
    form = {"name": "typed", "phone": "123-typed", "language": "en", "time_zone": "UTC", **wrong}

    response = web.post("/profile", form)

    assert response.status_code == 400
    assert "123-typed" in response.content.decode()
    assert User.objects.values().get(pk=person.pk) == before


def test_rights_cannot_be_slipped_into_a_profile(web: Client, person: User) -> None:
    form = {"name": "n", "language": "en", "time_zone": "UTC", "is_staff": "on", "username": "x"}

    web.post("/profile", {**form, "is_superuser": "on", "token_version": "1"})

    saved = User.objects.get(pk=person.pk)
    assert (saved.is_staff, saved.is_superuser, saved.username) == (False, False, "wu")


def moment(days: int) -> str:
    return (timezone.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def test_standing_in_from_the_profile(web: Client, person: User) -> None:
    other = make.make_user("li")
    form = {"delegate": other.pk, "starts_at": moment(0), "ends_at": moment(5), "reason": "holiday"}

    assert web.post("/profile/delegations", form).status_code == 302
    given = Delegation.objects.get()
    again = web.post("/profile/delegations", {**form, "reason": "typed again"})

    assert (given.delegator, given.delegate, given.created_by) == (person, other, person)
    assert again.status_code == 400
    assert "typed again" in again.content.decode()
    assert Delegation.objects.count() == 1
    assert web.post(f"/profile/delegations/{given.pk}/end").status_code == 302
    assert Delegation.objects.get().revoked_at is not None
    assert Entry.objects.filter(event="delegation.revoke", actor=person).exists()


def test_delegations_of_others_do_not_exist(web: Client) -> None:
    foreign = Delegation.objects.create(
        delegator=make.make_user("a"),
        delegate=make.make_user("b"),
        ends_at=timezone.now() + timedelta(days=1),
    )

    assert web.post(f"/profile/delegations/{foreign.pk}/end").status_code == 404
    assert Delegation.objects.get().revoked_at is None


def test_changing_the_password_keeps_this_browser_and_ends_the_others(
    web: Client, person: User
) -> None:
    other = Client()
    other.force_login(person)
    new = "quite another passphrase"
    form = {"old_password": make.PASSWORD, "new_password1": new, "new_password2": new}

    assert web.post("/password", form).status_code == 302

    assert web.get("/profile").status_code == 200
    assert other.get("/profile").status_code == 302
    assert User.objects.get(pk=person.pk).check_password(new)


def test_the_present_password_is_no_new_one(web: Client) -> None:
    form = dict.fromkeys(["old_password", "new_password1", "new_password2"], make.PASSWORD)

    assert web.post("/password", form).status_code == 200


def test_a_password_others_know_is_changed_first(web: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(must_change_password=True)

    assert web.get("/profile").headers["Location"] == "/password"
    assert web.get("/admin/").status_code == 302
    new = "quite another passphrase"
    form = {"old_password": make.PASSWORD, "new_password1": new, "new_password2": new}
    web.post("/password", form)

    assert web.get("/profile").status_code == 200


def test_the_lock_has_a_page_of_its_own() -> None:
    make.make_user("li")
    web = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        response = web.post("/login", {"username": "li", "password": "wrong"})

    assert response.status_code == 429
    assert "closed for a while" in response.content.decode()


@pytest.mark.parametrize("path", ["/profile", "/password", "/login", "/password/forgotten"])
@pytest.mark.parametrize("code", ["en", "zh-hans"])
def test_pages_have_no_inline_code(web: Client, path: str, code: str) -> None:
    web.cookies[settings.LANGUAGE_COOKIE_NAME] = code

    page = web.get(path).content.decode()

    assert "style=" not in page
    assert "onclick" not in page
    assert "<script>" not in page
