"""Every move × every state × every actor: exactly the allowed ones happen, nothing else changes."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from apps.audit.models import Entry
from apps.common.errors import DomainError, NotPermittedError, TransitionError
from apps.requisitions import services
from apps.requisitions.models import Requisition
from apps.requisitions.states import Status
from tests.factories import make_department, make_user
from tests.requisitions.factories import Company

OWNER = "requester"
BUYER = "buyer"
HEAD = "head"
ACTORS = (
    OWNER,
    "on_behalf_of",
    "colleague",
    HEAD,
    BUYER,
    "foreign_buyer",
    "admin",
    "auditor",
    "superuser",
    "superuser_requester",
    "inactive_requester",
    "anonymous",
)
# Who may make which move, state by state. The requester who is a superuser is a requester.
ALLOWED: dict[tuple[str, str], set[str]] = {
    ("submit", Status.DRAFT): {OWNER, "superuser_requester"},
    ("submit", Status.RETURNED): {OWNER, "superuser_requester"},
    ("withdraw", Status.PENDING_APPROVAL): {OWNER, "superuser_requester"},
    ("approve", Status.PENDING_APPROVAL): {HEAD},
    ("return", Status.PENDING_APPROVAL): {HEAD},
    ("reject", Status.PENDING_APPROVAL): {HEAD},
    ("cancel", Status.DRAFT): {OWNER, "superuser_requester"},
    ("cancel", Status.PENDING_APPROVAL): {OWNER, "superuser_requester"},
    ("cancel", Status.RETURNED): {OWNER, "superuser_requester"},
    ("cancel", Status.APPROVED): {OWNER, "superuser_requester", BUYER},
    ("close", Status.APPROVED): {OWNER, "superuser_requester", BUYER},
    ("reopen", Status.CLOSED): {OWNER, "superuser_requester", BUYER},
}
# A superuser holds every permission, so also a buyer's; a scope on the department they do not have.
MOVES = tuple(services.TABLE.transitions)


def actor(company: Company, name: str, requisition: Requisition) -> Any:
    """The person of a role, made when needed."""
    if name == "anonymous":
        return AnonymousUser()
    if name == "on_behalf_of":
        return requisition.on_behalf_of
    if name in {"requester", "superuser_requester", "inactive_requester"}:
        person = requisition.requester
        person.is_superuser = name == "superuser_requester"
        person.is_active = name != "inactive_requester"
        person.save()
        return type(person).objects.get(pk=person.pk)
    if name == "foreign_buyer":
        return make_user(None, "engineer", department=make_department())
    if name == "superuser":
        return make_user(None, is_superuser=True, department=company.department)
    if name in {"admin", "auditor"}:
        return make_user(None, name, department=company.department)
    return getattr(company, name)


def moves_recorded() -> int:
    """How many moves history knows; that somebody was refused is written down as well."""
    events = [f"requisition.{name}" for name in MOVES]
    return Entry.objects.filter(event__in=events).count()


@pytest.fixture
def behalf(company: Company) -> Company:
    """A requester who asks on behalf of a colleague, so that this person is in the matrix too."""
    company.requester = make_user(None, "procurement", department=make_department())
    return company


@pytest.mark.parametrize(("move", "status"), itertools.product(MOVES, Status))
def test_move(behalf: Company, move: str, status: Status) -> None:
    """One document, tried by everybody: what one of them did is taken back before the next."""
    beneficiary = make_user(None, "engineer", department=behalf.department)
    document = behalf.in_state(status, on_behalf_of=beneficiary)
    for name in ACTORS:
        with transaction.atomic():
            tried(behalf, document.pk, move, name)
            transaction.set_rollback(True)
        behalf.requester.refresh_from_db()


def tried(company: Company, pk: int, move: str, name: str) -> None:
    requisition = Requisition.objects.get(pk=pk)
    person = actor(company, name, requisition)
    before = Requisition.objects.values().get(pk=pk)
    entries = moves_recorded()
    expected = name in ALLOWED.get((move, before["status"]), set())

    try:
        services.SERVICES[move](requisition, by=person, comment="a reason")
    except DomainError as error:
        happened, code = False, error
    else:
        happened, code = True, None

    assert happened is expected, f"{name}: {code!r}"
    after = Requisition.objects.values().get(pk=pk)
    if expected:
        assert after["status"] == services.TABLE[move].target
        assert moves_recorded() > entries
    else:
        assert after == before, name
        assert moves_recorded() == entries, name
        assert isinstance(code, TransitionError | NotPermittedError), f"{name}: {code!r}"


@pytest.mark.parametrize("status", list(Status))
def test_buttons_offer_exactly_what_works(behalf: Company, status: Status) -> None:
    beneficiary = make_user(None, "engineer", department=behalf.department)
    requisition = behalf.in_state(status, on_behalf_of=beneficiary)
    for name in ("on_behalf_of", "colleague", "head", "buyer", "admin", "auditor", "superuser"):
        person = actor(behalf, name, requisition)

        offered = set(services.allowed_actions(person, [requisition])[requisition.pk])

        expected = {m for m in MOVES if name in ALLOWED.get((m, status), set())}
        assert offered & set(MOVES) == expected, name
        assert {t.name for t in services.TABLE.available(person, requisition)} == expected, name


def test_every_state_is_reached_and_left_by_the_table() -> None:
    targets = {t.target for t in services.TABLE.transitions.values()}
    sources = {s for t in services.TABLE.transitions.values() for s in t.sources}

    assert targets | {Status.DRAFT} == set(Status)
    assert sources == set(Status) - {Status.REJECTED, Status.CANCELLED}
