"""Many people at once on one approval: one winner per question, nothing lost, nothing doubled.

Rounds: TEST_RACE_ROUNDS (4 by default; `make soak` runs 200).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from apps.approvals import registry, services
from apps.approvals.models import ApprovalAssignment, ApprovalDecision, ApprovalStep
from apps.approvals.services import board
from apps.audit.models import Entry
from apps.common.errors import DomainError
from apps.requisitions.models import Requisition
from tests.approvals import factories
from tests.approvals.factories import Company, in_group, make_rule, make_user
from tests.concurrency.racing import ROUNDS, THREADS, race, unexpected, winners

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def kind():
    before = registry.kinds().get("requisition")
    factories.EDITORS.clear()
    registry.register(factories.KIND)
    yield
    registry.unregister("requisition")
    if before is not None:
        registry.register(before)


@pytest.fixture
def company():
    return Company()


def waiting(company: Company) -> tuple[Requisition, ApprovalStep]:
    requisition = factories.another(company)
    request = services.open_request(requisition, by=company.engineer)
    return requisition, request.steps.get(status="active")


def approve(step: ApprovalStep, user: Any) -> Callable[[], Any]:
    return lambda: services.decide(step.pk, by=user, verdict="approve")


def test_approve_against_approve_any_one(company):
    buyers = [make_user() for _n in range(THREADS)]
    make_rule([in_group(factories.make_group("deciders", *buyers))])

    for _round in range(ROUNDS):
        requisition, step = waiting(company)

        results = race([approve(step, buyer) for buyer in buyers])

        assert unexpected(results) == []
        assert len(winners(results)) == 1
        assert ApprovalDecision.objects.filter(step=step).count() == 1
        requisition.refresh_from_db()
        assert (requisition.status, requisition.version) == ("approved", 2)
        events = Entry.objects.filter(event="requisition.approve", object_id=requisition.pk)
        assert events.count() == 1


def test_the_same_person_in_many_tabs(company):
    rule_buyers = [make_user() for _n in range(3)]
    group = in_group(factories.make_group("deciders", *rule_buyers))
    make_rule({"approvers": [group], "mode": "number", "required_count": 3})

    for _round in range(ROUNDS):
        _requisition, step = waiting(company)

        results = race([approve(step, rule_buyers[0])] * THREADS)

        assert unexpected(results) == []
        assert len(winners(results)) == 1
        step.refresh_from_db()
        assert step.status == "active"


@pytest.mark.parametrize("count", [3, THREADS])
def test_a_number_of_them_stops_exactly_there(company, count):
    buyers = [make_user() for _n in range(THREADS)]
    group = in_group(factories.make_group("deciders", *buyers))
    make_rule({"approvers": [group], "mode": "number", "required_count": count})

    for _round in range(ROUNDS):
        requisition, step = waiting(company)

        results = race([approve(step, buyer) for buyer in buyers])

        assert unexpected(results) == []
        assert len(winners(results)) == count
        requisition.refresh_from_db()
        assert requisition.status == "approved"


def test_approve_against_reject_and_return(company):
    buyers = [make_user() for _n in range(THREADS)]
    make_rule([in_group(factories.make_group("deciders", *buyers))])
    verdicts = ["approve", "reject", "return", "approve"] * 2
    ends = {"approve": "approved", "reject": "rejected", "return": "returned"}

    for _round in range(ROUNDS):
        requisition, step = waiting(company)

        def decide(user: Any, verdict: str, step: ApprovalStep = step) -> Callable[[], Any]:
            return lambda: services.decide(step.pk, by=user, verdict=verdict, comment="because")

        results = race([decide(*pair) for pair in zip(buyers, verdicts, strict=True)])

        assert unexpected(results) == []
        assert len(winners(results)) == 1
        decision = ApprovalDecision.objects.get(step=step)
        requisition.refresh_from_db()
        assert requisition.status == ends[decision.verdict]


def test_approve_against_reassign(company):
    make_rule([factories.HEAD])
    targets = [make_user() for _n in range(THREADS - 2)]

    for _round in range(ROUNDS):
        _requisition, step = waiting(company)
        row = step.assignments.get()

        def reassign(to: Any, row: ApprovalAssignment = row) -> Callable[[], Any]:
            return lambda: services.reassign(row, to=to, by=company.lead, comment="yours")

        results = race([approve(step, company.lead)] * 2 + [reassign(to) for to in targets])

        assert unexpected(results) == []
        assert len(winners(results)) == 1
        step.refresh_from_db()
        open_rows = step.assignments.filter(is_open=True)
        assert open_rows.count() == 1
        given_away = open_rows.get().user in targets
        assert given_away is (step.status == "active")
        assert ApprovalDecision.objects.filter(step=step).exists() is not given_away


def test_approve_against_withdraw(company):
    buyers = [make_user() for _n in range(THREADS // 2)]
    make_rule([in_group(factories.make_group("deciders", *buyers))])

    for _round in range(ROUNDS):
        requisition, step = waiting(company)

        def withdraw(document: Any = requisition) -> Any:
            found = services.withdraw(document, by=company.engineer)
            if found is None:
                raise DomainError
            return found

        results = race([approve(step, b) for b in buyers] + [withdraw] * (THREADS // 2))

        assert unexpected(results) == []
        assert len(winners(results)) == 1
        request = step.request
        request.refresh_from_db()
        requisition.refresh_from_db()
        assert (request.status, requisition.status) in {
            ("approved", "approved"),
            ("withdrawn", "pending_approval"),  # the document's own move is its service's
        }


def test_one_request_is_opened_however_often_it_is_asked_for(company):
    make_rule([factories.HEAD])

    for _round in range(ROUNDS):
        requisition = factories.another(company)

        def submit(document: Any = requisition) -> Any:
            with transaction.atomic():
                board.lock(factories.KIND, document.pk)
                return services.open_request(document, by=company.engineer)

        results = race([submit] * THREADS)

        assert unexpected(results) == []
        assert len(winners(results)) == 1


def test_without_the_lock_the_same_race_goes_wrong(company, monkeypatch):
    """The negative control: take the document's and the step's lock away, and winners multiply.

    Where the database's own constraints catch the second one, it is an error nobody planned for.
    """
    buyers = [make_user() for _n in range(THREADS)]
    group = in_group(factories.make_group("deciders", *buyers))
    make_rule({"approvers": [group], "mode": "number", "required_count": 3})

    def unlocked(queryset: Any, **_options: Any) -> Any:
        return queryset.all()

    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", unlocked)
    wrong = 0
    for _round in range(max(ROUNDS, 20)):
        _requisition, step = waiting(company)

        results = race([approve(step, buyer) for buyer in buyers])

        wrong += len(winners(results)) != 3 or bool(unexpected(results))
    assert wrong > 0


def test_the_database_is_one_that_can_show_it():
    assert connection.vendor == "postgresql"
