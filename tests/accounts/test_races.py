"""Two at once: somebody stays in charge, and one refresh token makes one pair."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.accounts import services
from apps.accounts.models import ApiSession, Delegation, User
from apps.common.errors import DomainError
from tests import factories as make
from tests.accounts.test_people import delegation

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 15


def together(*works: Callable[[], Any]) -> list[Any]:
    """Do all works at the same moment; give what each returned or raised."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(index: int, work: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[index] = work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def admins() -> tuple[User, User]:
    return make.make_user("one", "admin"), make.make_user("two", "admin")


def test_two_administrators_cannot_remove_each_other(admins: tuple[User, User]) -> None:
    one, two = admins
    for _ in range(ROUNDS):
        User.objects.filter(pk__in=(one.pk, two.pk)).update(is_active=True)
        fresh = [User.objects.get(pk=user.pk) for user in admins]

        results = together(
            partial(services.deactivate, fresh[0], by=fresh[1]),
            partial(services.set_roles, fresh[1], ["engineer"], by=fresh[0]),
        )

        left = User.objects.filter(is_active=True, groups__name="admin").count()
        assert left >= 1, results
        assert all(isinstance(r, User | DomainError) for r in results), results
        services.roles.assign_roles(User.objects.get(pk=two.pk), ["admin"])


def test_a_token_shown_twice_at_once_makes_one_pair_and_ends_the_family() -> None:
    make.make_user("wu")

    def post(path: str, body: dict[str, str]) -> Any:
        return Client().post(f"/api/auth/{path}", body, content_type="application/json")

    for _ in range(ROUNDS):
        pair = post("login", {"username": "wu", "password": make.PASSWORD}).json()

        answers = together(*[partial(post, "refresh", {"refresh": pair["refresh"]})] * 3)

        assert sorted(a.status_code for a in answers) == [200, 401, 401]
        assert ApiSession.objects.latest("pk").revoked_at is not None


def test_two_delegations_of_one_person_at_once_are_one() -> None:
    away, other, third = (make.make_user(name) for name in ("away", "other", "third"))
    for _ in range(ROUNDS):
        Delegation.objects.all().delete()

        together(
            partial(services.delegate, delegation(away, other), by=away),
            partial(services.delegate, delegation(away, third), by=away),
        )

        assert Delegation.objects.count() == 1


def test_delegations_given_at_once_never_run_in_a_circle() -> None:
    people = [make.make_user(name) for name in "abcd"]
    pairs = list(zip(people, [*people[1:], people[0]], strict=True))
    for _ in range(ROUNDS):
        Delegation.objects.all().delete()

        together(*(partial(services.delegate, delegation(a, b), by=a) for a, b in pairs))

        assert Delegation.objects.count() == len(pairs) - 1
