"""Accounts, departments and delegations through their services."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from apps.accounts import services
from apps.accounts.models import Delegation, Department, User
from apps.audit.models import Entry
from apps.common import context
from apps.common.errors import ConflictError, NotPermittedError
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def boss() -> User:
    return make.make_user("boss", "admin")


def links() -> list[str]:
    return [
        match.group(0).removeprefix("http://localhost:5000")
        for message in mail.outbox
        if (match := re.search(r"http://\S+/password/choose/\S+", str(message.body)))
    ]


def choose(link: str, password: str) -> Any:
    browser = Client()
    page = browser.get(link, follow=True)
    path = page.redirect_chain[-1][0] if page.redirect_chain else link
    return browser.post(path, {"new_password1": password, "new_password2": password})


@pytest.mark.django_db(transaction=True)
def test_a_new_account_gets_a_link_and_its_owner_chooses() -> None:
    boss = make.make_user("boss", "admin")
    data = {"username": "new", "email": "new@example.com", "language": "zh-hans"}

    person = services.create_user(by=boss, data=data, roles=["engineer"])

    assert not person.has_usable_password()
    (link,) = links()
    assert mail.outbox[0].to == ["new@example.com"]
    assert choose(link, "short").status_code == 200
    assert choose(link, "a passphrase of my own").status_code == 302
    assert User.objects.get(pk=person.pk).check_password("a passphrase of my own")
    assert choose(link, "the link used again").status_code == 200
    assert User.objects.get(pk=person.pk).check_password("a passphrase of my own")


@pytest.mark.django_db(transaction=True)
def test_a_link_dies_with_the_account() -> None:
    boss, person = make.make_user("boss", "admin"), make.make_user("wu")
    services.send_password_link(person, by=boss)
    (link,) = links()
    assert not User.objects.get(pk=person.pk).has_usable_password()

    services.deactivate(person, by=boss)

    assert choose(link, "a passphrase of my own").status_code == 200
    assert not User.objects.get(pk=person.pk).has_usable_password()


@pytest.mark.django_db(transaction=True)
def test_asking_for_a_link_says_nothing_and_is_limited() -> None:
    make.make_user("wu", email="wu@example.com")
    answers = [
        Client().post("/password/forgotten", {"email": address})
        for address in ("WU@example.com", "nobody@example.com", *["wu@example.com"] * 5)
    ]

    assert {(a.status_code, a["Location"]) for a in answers} == {(302, "/password/sent")}
    assert len(links()) == 3


@pytest.mark.parametrize("name", ["Boss", "BOSS", "ｂｏｓｓ"])
def test_names_that_look_alike_are_refused(boss: User, name: str) -> None:
    with pytest.raises(ValidationError):
        services.create_user(by=boss, data={"username": name, "email": "x@example.com"})


def test_shutting_an_account_ends_what_it_stands_in_for(boss: User) -> None:
    away, person = make.make_user("away"), make.make_user("wu")
    given = services.delegate(delegation(away, person), by=away)

    with context.working(actor=boss, channel=context.Channel.ADMIN):
        services.deactivate(person, by=boss, comment="has left")

    assert Delegation.objects.get(pk=given.pk).revoked_at is not None
    entry = Entry.objects.get(event="user.deactivate", changes__has_key="is_active")
    assert entry.changes["is_active"] == [True, False]
    assert (entry.comment, entry.actor, entry.channel) == ("has left", boss, "admin")
    with pytest.raises(ConflictError):
        services.deactivate(person, by=boss)


def test_an_account_opened_again_has_no_old_password(boss: User) -> None:
    person = make.make_user("wu")
    services.deactivate(person, by=boss)

    person = services.reactivate(person, by=boss)

    assert person.is_active
    assert not person.has_usable_password()
    with pytest.raises(ConflictError):
        services.reactivate(person, by=boss)


def test_passwords_are_checked_and_owned() -> None:
    person, other = make.make_user("wu"), make.make_user("other")

    for bad in ("short", make.PASSWORD, "passwordpassword"[:8]):
        with pytest.raises(ValidationError):
            services.set_password(person, bad, by=person)
    with pytest.raises(NotPermittedError):
        services.set_password(person, "long enough for all", by=other)
    assert User.objects.get(pk=person.pk).check_password(make.PASSWORD)


def delegation(delegator: User, delegate: User, starts: int = 0, ends: int = 7) -> Delegation:
    now = timezone.now()
    return Delegation(
        delegator=delegator,
        delegate=delegate,
        starts_at=now + starts * DAY,
        ends_at=now + ends * DAY,
    )


CASES: dict[str, tuple[list[tuple[str, str, int, int]], tuple[str, str, int, int], bool]] = {
    "first": ([], ("a", "b", 0, 7), True),
    "after another": ([("a", "b", 0, 7)], ("a", "c", 7, 9), True),
    "overlapping": ([("a", "b", 0, 7)], ("a", "c", 6, 9), False),
    "inside": ([("a", "b", 0, 7)], ("a", "b", 1, 2), False),
    "of two people": ([("a", "b", 0, 7)], ("c", "b", 0, 7), True),
    "back": ([("a", "b", 0, 7)], ("b", "a", 3, 9), False),
    "back later": ([("a", "b", 0, 7)], ("b", "a", 8, 9), True),
    "round": ([("a", "b", 0, 7), ("b", "c", 0, 7)], ("c", "a", 1, 2), False),
    "chain": ([("a", "b", 0, 7)], ("b", "c", 1, 2), True),
    "to oneself": ([], ("a", "a", 0, 7), False),
    "over already": ([], ("a", "b", -9, -1), False),
    "ends first": ([], ("a", "b", 7, 3), False),
}


@pytest.mark.parametrize(("there", "wanted", "fits"), CASES.values(), ids=CASES.keys())
def test_delegations_fit_beside_each_other(
    there: list[tuple[str, str, int, int]], wanted: tuple[str, str, int, int], fits: bool
) -> None:
    people = {name: make.make_user(name) for name in "abc"}
    for one, other, starts, ends in there:
        services.delegate(delegation(people[one], people[other], starts, ends), by=people[one])
    new = delegation(people[wanted[0]], people[wanted[1]], *wanted[2:])

    if fits:
        assert services.delegate(new, by=people[wanted[0]]).pk
    else:
        with pytest.raises(ValidationError):
            services.delegate(new, by=people[wanted[0]])
    assert Delegation.objects.count() == len(there) + fits


ACTORS = {"own": True, "colleague": False, "admin": True, "auditor": False, "to oneself": False}


@pytest.mark.parametrize(("actor", "may"), ACTORS.items())
def test_who_may_delegate(actor: str, may: bool) -> None:
    away, other = make.make_user("away"), make.make_user("other")
    actors = {
        "own": lambda: away,
        "colleague": lambda: make.make_user("colleague"),
        "admin": lambda: make.make_user("boss", "admin"),
        "auditor": lambda: make.make_user("auditor", "auditor"),
        "to oneself": lambda: make.make_user("boss", "admin"),
    }
    by = actors[actor]()
    new = delegation(away, by if actor == "to oneself" else other)

    if may:
        given = services.delegate(new, by=by)
        assert services.revoke(given, by=by).revoked_at is not None
        with pytest.raises(ConflictError):
            services.revoke(given, by=by)
    else:
        with pytest.raises(NotPermittedError):
            services.delegate(new, by=by)
    assert Delegation.objects.exists() == may


def test_nobody_stands_in_whose_account_is_shut() -> None:
    away, gone = make.make_user("away"), make.make_user("gone", is_active=False)

    with pytest.raises(ValidationError):
        services.delegate(delegation(away, gone), by=away)


def test_departments_are_a_tree(boss: User) -> None:
    top = make.make_department("TOP")
    below = make.make_department("SUB", parent=make.make_department("MID", parent=top))

    for parent in (top, below):
        with pytest.raises(ValidationError):
            services.save_department(top, by=boss, data={"parent": parent})
    assert Department.objects.get(pk=top.pk).parent is None


def test_nobody_appoints_themselves(boss: User) -> None:
    department = make.make_department("ENG")

    with pytest.raises(NotPermittedError):
        services.save_department(department, by=boss, data={"head": boss})
    with pytest.raises(NotPermittedError):
        services.save_department(Department(), by=boss, data={"code": "X", "head": boss})
    assert Department.objects.get(pk=department.pk).head is None

    department.head = boss
    department.save()
    services.save_department(department, by=boss, data={"head": boss, "name_en": "Labs"})


WRITERS: list[tuple[str, Callable[[User], Any]]] = [
    (
        role,
        lambda person: services.save_department(Department(), by=person, data={"code": "X"}),
    )
    for role in ("engineer", "procurement", "finance", "auditor", "ops")
]


@pytest.mark.parametrize(("role", "act"), WRITERS, ids=[role for role, _act in WRITERS])
def test_departments_are_kept_by_administrators(role: str, act: Callable[[User], Any]) -> None:
    with pytest.raises(NotPermittedError):
        act(make.make_user("wu", role))
    assert not Department.objects.exists()


def test_a_shut_account_heads_nothing_new(boss: User) -> None:
    gone = make.make_user("gone", is_active=False)

    with pytest.raises(ValidationError):
        services.save_department(
            Department(), by=boss, data={"code": "X", "name": "X", "head": gone}
        )
