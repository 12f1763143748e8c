"""Requesters and approvers at once: what is approved is what was asked for, once.

Rounds: TEST_RACE_ROUNDS (4 by default; `make soak` runs 200). The control takes the row locks away
and shows that the same race then goes wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from apps.approvals import services as approvals
from apps.requisitions import services
from apps.requisitions.models import Requisition
from apps.requisitions.states import Status
from tests.concurrency.racing import ROUNDS, THREADS, race, unexpected, winners
from tests.requisitions.factories import Company, make_company

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


def fresh(document: Requisition) -> Requisition:
    return Requisition.objects.get(pk=document.pk)


def editing(company: Company, document: Requisition, quantity: int) -> Callable[[], Any]:
    """The requester takes it back, asks for more and hands it in again."""

    def work() -> Any:
        services.withdraw(fresh(document), by=company.requester, comment="more")
        draft = fresh(document)
        lines = [company.line(quantity=Decimal(quantity))]
        services.update(
            draft, by=company.requester, data={}, lines=lines, expected_version=draft.version
        )
        return services.submit(fresh(document), by=company.requester)

    return work


def approving(company: Company, document: Requisition, seen: str) -> Callable[[], Any]:
    """The head approves the content that stood on the page."""
    return lambda: approvals.decide_document(
        fresh(document), by=company.head, verdict="approve", content_hash=seen
    )


def test_approve_against_edit(company):
    """Whoever is first: an approved requisition says what the approver saw, never more."""
    for _round in range(ROUNDS):
        document = company.in_state(Status.PENDING_APPROVAL, count=1)
        seen = _seen(document)

        results = race(
            [
                *(approving(company, document, seen) for _head in range(THREADS // 2)),
                *(editing(company, document, 5 + n) for n in range(THREADS // 2)),
            ]
        )

        assert unexpected(results) == []
        after = fresh(document)
        if after.status == Status.APPROVED:
            assert approvals.is_still_approved(after)
            assert after.lines.get().quantity == Decimal(2)


def _seen(document: Requisition) -> str:
    from apps.approvals.models import ApprovalRequest

    return str(ApprovalRequest.objects.of("requisition", document.pk).latest("pk").content_hash)


def test_submit_in_many_tabs(company):
    """A double click hands it in once and takes one number."""
    for _round in range(ROUNDS):
        document = company.requisition(count=1)

        results = race(
            [lambda d=document: services.submit(fresh(d), by=company.requester)] * THREADS
        )

        assert unexpected(results) == []
        assert len(winners(results)) == 1


def test_numbers_of_many_submissions_have_neither_gaps_nor_doubles(company):
    drafts = [company.requisition(count=1) for _number in range(THREADS * 4)]
    for start in range(0, len(drafts), THREADS):
        race(
            [
                lambda document=document: services.submit(document, by=company.requester)
                for document in drafts[start : start + THREADS]
            ]
        )

    taken = sorted(int(fresh(document).number.rsplit("-", 1)[1]) for document in drafts)

    assert taken == list(range(taken[0], taken[0] + len(drafts)))


def test_saving_in_many_tabs_overwrites_nothing_silently(company):
    """Of several people saving the same version exactly one wins; the others are told."""
    for _round in range(ROUNDS):
        document = company.requisition(count=1)
        version = document.version

        def save(quantity: int, document: Requisition = document, version: int = version) -> Any:
            lines = [company.line(quantity=Decimal(quantity))]
            return services.update(
                fresh(document),
                by=company.requester,
                data={},
                lines=lines,
                expected_version=version,
            )

        results = race([lambda n=n: save(n) for n in range(3, 3 + THREADS)])

        assert unexpected(results) == []
        assert len(winners(results)) == 1


def test_control_without_the_locks_the_same_races_go_wrong(company, monkeypatch):
    def unlocked(queryset: Any, **_options: Any) -> Any:
        return queryset.all()

    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", unlocked)
    wrong = 0
    for _round in range(max(ROUNDS, 20)):
        document = company.requisition(count=1)

        results = race(
            [lambda d=document: services.submit(fresh(d), by=company.requester)] * THREADS
        )

        wrong += len(winners(results)) != 1 or bool(unexpected(results))
    assert wrong > 0
