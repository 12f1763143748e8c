"""Conditions written once say what the ORM would have said, of any query and on either database."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Delegation
from apps.approvals.models import ApprovalRequest, ApprovalStep
from apps.approvals.querysets import DECIDES_ON, decides_on
from apps.common.prepared import Shape
from apps.requisitions.models import Requisition, RequisitionLine
from tests.factories import make_user
from tests.requisitions.factories import make_company

pytestmark = pytest.mark.django_db


def test_values_of_one_call_are_not_those_of_the_next():
    company = make_company()
    pending = company.in_state("pending_approval")
    stranger = make_user("stranger", "engineer")

    def decided_by(person):
        return list(Requisition.objects.filter(decides_on("requisition", person)))

    assert decided_by(company.head) == [pending]
    assert decided_by(stranger) == []
    assert decided_by(company.head) == [pending]


def test_standing_in_begins_and_ends_with_the_clock(monkeypatch):
    company = make_company()
    company.in_state("pending_approval")
    now = timezone.now()
    Delegation.objects.create(
        delegator=company.head,
        delegate=company.colleague,
        starts_at=now + dt.timedelta(hours=1),
        ends_at=now + dt.timedelta(hours=2),
    )
    seen = []

    for minutes in (30, 90, 150):
        at = now + dt.timedelta(minutes=minutes)
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        seen.append(ApprovalStep.objects.inbox(company.colleague).count())

    assert seen == [0, 1, 0]


def test_it_is_asked_about_the_row_it_stands_at_inside_other_queries_too():
    """Inside a subquery the table has another name; the condition has to follow it."""
    company = make_company()
    pending, draft = company.in_state("pending_approval"), company.requisition()
    documents = Requisition.objects.filter(decides_on("requisition", company.head))

    lines = RequisitionLine.objects.filter(requisition__in=documents)
    requests = ApprovalRequest.objects.filter(document_id__in=documents.values("pk"))

    assert {line.requisition_id for line in lines} == {pending.pk} != {draft.pk}
    assert [request.document_id for request in requests] == [pending.pk]


def test_it_is_written_once(monkeypatch):
    company = make_company()
    shape = DECIDES_ON["requisition"]
    list(Requisition.objects.filter(decides_on("requisition", company.head)))
    monkeypatch.setattr(shape, "build", lambda: pytest.fail("written again"))

    with CaptureQueriesContext(connection) as asked:
        list(Requisition.objects.filter(decides_on("requisition", company.requester)))

    assert str(company.requester.pk) in asked.captured_queries[0]["sql"]


def test_two_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two shapes"):
        Shape("involves", lambda: None, ())
