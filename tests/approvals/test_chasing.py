"""Reminders and escalation, with the time given to the run."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from apps.approvals import business_hours, policies, services
from apps.approvals.models import ApprovalStep, Holiday
from apps.approvals.tasks import remind_and_escalate
from apps.audit.models import Entry
from apps.common import outbox
from apps.common.models import OutboxMessage
from tests.approvals import factories
from tests.approvals.factories import HEAD, in_group, make_rule, person


@pytest.fixture
def step(company, requisition, submit):
    make_rule({"approvers": [HEAD], "hours": 18})
    return submit(requisition)


def after(step, **delta):
    return step.due_at + dt.timedelta(**delta)


def asked(step):
    return [str(row) for row in step.assignments.filter(is_open=True).order_by("pk")]


def test_nothing_is_done_too_early(step):
    chased = services.remind_and_escalate(now=step.activated_at)

    assert (chased.reminded, chased.escalated, chased.stuck) == ([], [], [])


def test_reminded_once_shortly_before(step):
    soon = after(step, minutes=-30)

    first = services.remind_and_escalate(now=soon)
    second = services.remind_and_escalate(now=soon)

    assert (first.reminded, second.reminded) == ([step.pk], [])
    assert asked(step) == ["Lead"]
    assert Entry.objects.filter(event="approvalstep.reminded").count() == 1


def test_escalated_once_to_the_next_head_while_the_step_goes_on(company, step, requisition):
    late = after(step, minutes=1)

    first = services.remind_and_escalate(now=late)
    second = services.remind_and_escalate(now=late)

    assert (first.escalated, second.escalated) == ([step.pk], [])
    step.refresh_from_db()
    assert (step.status, step.escalated_at) == ("active", late)
    assert asked(step) == ["Lead", "Manager"]
    assert policies.may_decide(company.lead, requisition)
    assert services.decide(step, by=company.manager, verdict="approve").status == "approved"


def test_where_all_must_agree_the_escalated_consent_stands_in(company, requisition, submit):
    make_rule({"approvers": [HEAD, person(company.owner)], "mode": "all"})
    step = submit(requisition)
    services.decide(step, by=company.owner, verdict="approve")
    services.remind_and_escalate(now=after(step, minutes=1))

    assert services.decide(step, by=company.manager, verdict="approve").status == "approved"


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ("manager", ["Lead", "Boss"]),
        ("manager boss", ["Lead", "Administration"]),
    ],
)
def test_escalation_passes_over_who_is_kept_apart(company, requisition, submit, change, wanted):
    factories.make_group("admin", company.outsider)
    factories.EDITORS.update(getattr(company, name).pk for name in change.split())
    make_rule([HEAD])
    step = submit(requisition)

    services.remind_and_escalate(now=after(step, minutes=1))

    assert asked(step) == wanted


def test_nobody_left_to_ask_is_reported_and_tried_again(company, requisition, submit):
    factories.EDITORS.update({company.manager.pk, company.boss.pk})
    make_rule([HEAD])
    step = submit(requisition)
    late = after(step, minutes=1)

    assert services.remind_and_escalate(now=late).stuck == [step.pk]
    factories.make_group("admin", company.outsider)
    assert services.remind_and_escalate(now=late).escalated == [step.pk]


def test_a_step_whose_people_have_left_does_not_wait_for_its_hours(company, step):
    company.lead.is_active = False
    company.lead.save()

    chased = services.remind_and_escalate(now=step.activated_at)

    assert chased.escalated == [step.pk]
    assert asked(step) == ["Lead", "Manager"]


def test_holidays_give_more_time(company, requisition, submit):
    make_rule({"approvers": [HEAD], "hours": 9})
    first = submit(requisition)
    day = first.due_at.astimezone(business_hours.zone()).date()  # whatever the hour is
    for days in range(7):
        Holiday.objects.create(date=day + dt.timedelta(days=days), name_en="x")
    other = factories.make_requisition(company.engineer, company.laboratory, company.cost_centre)

    second = submit(other)

    assert second.due_at > first.due_at


def test_command_says_what_it_would_do_and_does_it(company, step):
    ApprovalStep.objects.filter(pk=step.pk).update(due_at=timezone.now() - dt.timedelta(hours=1))

    def run(*arguments):
        out = StringIO()
        call_command("erp_remind", *arguments, stdout=out)
        return out.getvalue()

    planned = json.loads(run("--json", "--dry-run"))
    assert planned == {"dry_run": True, "reminded": [], "escalated": [step.pk], "stuck": []}
    assert asked(step) == ["Lead"]
    assert run() == "reminded: 0, escalated: 1, stuck: 0\n"
    assert asked(step) == ["Lead", "Manager"]
    assert Entry.objects.filter(event="approvalstep.escalated").get().channel == "command"


def test_command_fails_when_nobody_is_left(company, step):
    for head in (company.lead, company.manager, company.boss):
        head.is_active = False
        head.save()

    with pytest.raises(SystemExit) as ended:
        call_command("erp_remind", verbosity=0)

    assert ended.value.code == 1


def test_task_does_the_same(step):
    ApprovalStep.objects.filter(pk=step.pk).update(due_at=timezone.now() - dt.timedelta(hours=1))

    result = remind_and_escalate.enqueue()

    assert result.return_value["escalated"] == [step.pk]
    assert Entry.objects.filter(event="approvalstep.escalated").get().channel == "task"


# ---------------------------------------------------------------- mail
def sent():
    """Deliver everything; notices first, then the mails they turn into."""
    mail.outbox.clear()
    while outbox.send_due(now=timezone.now() + dt.timedelta(seconds=1)).sent:
        pass
    assert not OutboxMessage.objects.exclude(status="sent").exists()
    return sorted((m.to[0].split("@")[0], m.subject) for m in mail.outbox)


def test_mails_follow_the_approval(company, requisition, submit):
    make_rule([HEAD], [in_group(company.buyers)])
    label = str(requisition)
    step = submit(requisition)
    assert sent() == [("lead", f"Please decide: {label}")]

    row = services.ask(step, by=company.lead, question="Why?")
    assert sent() == [("engineer", f"Question about {label}")]
    services.answer(row, by=company.engineer, answer="Because")
    assert sent() == [("lead", f"Answer about {label}")]

    services.decide(step, by=company.lead, verdict="approve")
    assert sent() == [("buyer", f"Please decide: {label}"), ("buyer2", f"Please decide: {label}")]
    services.decide_document(requisition, by=company.buyer, verdict="return", comment="cheaper?")
    assert sent() == [("engineer", f"Returned for changes: {label}")]
    assert "cheaper?" in mail.outbox[0].body


def test_a_mail_opens_a_page_and_decides_nothing(company, requisition, submit, client):
    make_rule([HEAD])
    step = submit(requisition)
    sent()
    link = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http"))
    client.force_login(company.lead)

    response = client.get(link)

    assert response.status_code == 200
    step.refresh_from_db()
    assert step.status == "active"


def test_nobody_is_bothered_with_what_is_decided_meanwhile(company, requisition, submit):
    make_rule([HEAD, person(company.owner)])
    step = submit(requisition)
    services.decide(step, by=company.owner, verdict="approve")

    assert sent() == [("engineer", f"Approved: {requisition}")]
