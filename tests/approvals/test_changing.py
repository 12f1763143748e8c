"""Withdrawn, superseded, given to somebody else, asked and answered."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.approvals import policies, services
from apps.approvals.models import ApprovalAssignment, ApprovalClarification, ApprovalStep
from apps.common.errors import (
    ConflictError,
    InvalidInputError,
    NotPermittedError,
    TransitionError,
)
from tests.approvals import factories
from tests.approvals.factories import HEAD, OWNER, in_group, make_rule, make_user


# ---------------------------------------------------------------- ends that are no decisions
@pytest.mark.parametrize(
    ("end", "status"), [("withdraw", "withdrawn"), ("supersede", "superseded")]
)
def test_an_open_approval_ends(company, requisition, submit, end, status):
    make_rule([HEAD], [in_group(company.buyers)])
    step = submit(requisition)

    request = getattr(services, end)(requisition, by=company.engineer, comment="changed my mind")

    assert request.status == status
    assert {s.status for s in request.steps.all()} == {"skipped"}
    assert not policies.may_decide(company.lead, requisition)
    step.refresh_from_db()
    assert step.decided_at is not None


def test_only_a_change_voids_what_was_approved(company, requisition, submit):
    make_rule([HEAD])
    services.decide(submit(requisition), by=company.lead, verdict="approve")

    assert services.withdraw(requisition, by=company.engineer) is None
    assert services.is_still_approved(requisition)
    assert services.supersede(requisition, by=company.engineer).status == "superseded"
    assert not services.is_still_approved(requisition)


def test_a_new_submission_supersedes_and_shows_the_difference(company, requisition, submit):
    make_rule([HEAD])
    step = submit(requisition)
    services.decide(step, by=company.lead, verdict="return", comment="two are enough")
    requisition.refresh_from_db()
    requisition.title = "Fewer bench supplies"
    requisition.save()
    requisition.lines.filter(line_no=1).update(quantity=2)
    requisition.lines.filter(line_no=2).delete()
    line = requisition.lines.get()
    line.pk, line.line_no, line.description = None, 3, "Probe"
    line.save()

    now = services.difference(step.request, requisition)
    request = services.open_request(requisition, by=company.engineer)

    assert services.since_former(request) == now
    assert [(c.line, c.field, c.label, c.before, c.after) for c in now] == [
        (None, "title", "title", "Bench supplies", "Fewer bench supplies"),
        (1, "quantity", "quantity", "1", "2"),
        (2, "", "line removed", "Thing 2 1", None),
        (3, "", "line added", None, "Probe 2"),
    ]
    assert services.since_former(step.request) == []


# ---------------------------------------------------------------- given to somebody else
@pytest.fixture
def looked_after(company):
    """Somebody who looks after approvals."""
    return make_user(is_superuser=True)


@pytest.mark.parametrize("who", ["lead", "looked_after"])
def test_reassigned(company, requisition, submit, looked_after, who):
    make_rule([HEAD])
    step = submit(requisition)
    old = step.assignments.get()
    by = looked_after if who == "looked_after" else company.lead

    new = services.reassign(old, to=company.outsider, by=by, comment="knows it better")

    old.refresh_from_db()
    assert (old.is_open, new.is_open, new.reassigned_from) == (False, True, old)
    assert "knows it better" in new.why_en
    assert not policies.may_decide(company.lead, requisition)
    assert services.decide(step, by=company.outsider, verdict="approve").status == "approved"


@pytest.mark.parametrize(
    ("by", "to", "error", "code"),
    [
        ("engineer", "outsider", NotPermittedError, "not_permitted"),
        ("outsider", "colleague", NotPermittedError, "not_permitted"),
        ("delegate", "outsider", NotPermittedError, "not_permitted"),
        ("lead", "engineer", InvalidInputError, "approver_kept_apart"),
        ("lead", "stand_in", InvalidInputError, "approver_kept_apart"),
        ("lead", "inactive", InvalidInputError, "approver_inactive"),
        ("lead", "owner", InvalidInputError, "already_asked"),
        ("lead", "lead", InvalidInputError, "reassign_to_self"),
        ("looked_after", "looked_after", InvalidInputError, "reassign_to_self"),
        ("superuser_requester", "outsider", NotPermittedError, "not_permitted"),
    ],
)
def test_not_reassigned(company, requisition, submit, looked_after, by, to, error, code):
    make_rule([HEAD, OWNER])
    people = {
        "looked_after": looked_after,
        "delegate": make_user(),
        "stand_in": make_user(),
        "inactive": make_user(is_active=False),
        "superuser_requester": make_user(is_superuser=True),
    }
    factories.EDITORS.add(people["superuser_requester"].pk)
    factories.make_delegation(company.lead, people["delegate"])
    factories.make_delegation(company.engineer, people["stand_in"])
    step = submit(requisition)
    old = step.assignments.get(user=company.lead)
    people = {**vars(company), **people}

    with pytest.raises(error) as refused:
        services.reassign(old, to=people[to], by=people[by], comment="please")

    assert refused.value.code == code
    assert ApprovalAssignment.objects.filter(step=step, is_open=True).count() == 2


def test_what_is_decided_or_given_away_is_not_reassigned(company, requisition, submit):
    make_rule({"approvers": [HEAD, OWNER], "mode": "all"})
    step = submit(requisition)
    first = step.assignments.get(user=company.lead)
    services.decide(step, by=company.lead, verdict="approve")
    second = step.assignments.get(user=company.owner)
    services.reassign(second, to=company.outsider, by=company.owner, comment="away")

    for row, by in ((first, company.lead), (second, company.owner)):
        with pytest.raises(TransitionError):
            services.reassign(row, to=company.colleague, by=by, comment="again")


def test_a_group_is_only_reassigned_by_who_looks_after_approvals(
    company, requisition, submit, looked_after
):
    make_rule([in_group(company.buyers)])
    row = submit(requisition).assignments.get()

    with pytest.raises(NotPermittedError):
        services.reassign(row, to=company.outsider, by=company.buyer, comment="busy")

    services.reassign(row, to=company.second_buyer, by=looked_after, comment="yours")
    assert not policies.may_decide(company.buyer, requisition)
    assert policies.may_decide(company.second_buyer, requisition)


# ---------------------------------------------------------------- questions
def test_a_question_stops_the_clock(company, requisition, submit, settings):
    make_rule([HEAD])
    step = submit(requisition)
    due = step.due_at
    row = services.ask(step, by=company.lead, question="Which probe?")
    asked = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
    ApprovalClarification.objects.filter(pk=row.pk).update(asked_at=asked)
    ApprovalStep.objects.filter(pk=step.pk).update(due_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))

    late = timezone.now() + dt.timedelta(days=30)
    assert services.remind_and_escalate(now=late).escalated == []
    services.answer(row, by=company.engineer, answer="The red one")

    row.refresh_from_db()
    step.refresh_from_db()
    assert (row.answered_by, row.answer) == (company.engineer, "The red one")
    assert step.due_at != due


@pytest.mark.parametrize("hours", [0, 3])
def test_the_time_waited_is_given_back(hours):
    from apps.approvals import business_hours
    from apps.approvals.services import clock

    zone = business_hours.zone()
    due = dt.datetime(2026, 11, 24, 12, tzinfo=zone)
    since = dt.datetime(2026, 11, 23, 10, tzinfo=zone)

    with pytest.MonkeyPatch.context():
        moved = business_hours.add(
            due, business_hours.between(since, since + dt.timedelta(hours=hours), {}), {}
        )

    assert moved == due + dt.timedelta(hours=hours)
    assert clock.wait_over.__doc__


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("engineer", NotPermittedError),
        ("outsider", NotPermittedError),
        ("buyer", NotPermittedError),
    ],
)
def test_only_who_may_decide_asks(company, requisition, submit, who, error):
    make_rule([HEAD], [in_group(company.buyers)])
    step = submit(requisition)

    with pytest.raises(error):
        services.ask(step, by=getattr(company, who), question="Why?")

    assert not ApprovalClarification.objects.exists()


def test_one_question_at_a_time_answered_once_by_who_asked_for_it(company, requisition, submit):
    make_rule([HEAD, OWNER])
    step = submit(requisition)
    row = services.ask(step, by=company.lead, question="Why?")

    with pytest.raises(ConflictError):
        services.ask(step, by=company.owner, question="Why?")
    with pytest.raises(NotPermittedError):
        services.answer(row, by=company.lead, answer="Because")
    with pytest.raises(InvalidInputError):
        services.answer(row, by=company.engineer, answer=" ")
    services.answer(row, by=company.engineer, answer="Because")
    with pytest.raises(TransitionError):
        services.answer(row, by=company.engineer, answer="Because")

    assert ApprovalClarification.objects.get().answer == "Because"
    services.ask(step, by=company.owner, question="And now?")


def test_nothing_is_asked_about_what_is_decided(company, requisition, submit):
    make_rule([HEAD])
    step = submit(requisition)
    row = services.ask(step, by=company.lead, question="Why?")
    services.decide(step, by=company.lead, verdict="approve")

    with pytest.raises(TransitionError):
        services.answer(row, by=company.engineer, answer="Because")
    with pytest.raises(TransitionError):
        services.ask(step, by=company.lead, question="Why?")
