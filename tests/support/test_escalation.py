"""Unanswered issues climb at the exact minute; answered ones never."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command

from apps.audit.models import Entry
from apps.common import outbox
from apps.common.models import OutboxMessage
from apps.support import services
from apps.support.models import EscalationStep, IssueType, SupportContact, SupportIssue
from tests.factories import make_user
from tests.support.factories import NOON, report

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(seconds=1)
# Minutes after the report, the level reached, who is told besides those of before.
EMERGENCY = [
    (15, 2, {"cto", "team-lead"}),
    (45, 3, {"department-manager"}),
    (105, 4, {"executive-team"}),
    (225, 4, {"executive-team"}),
]
DATABASE = [(30, 2, {"devops-lead", "team-lead"}), (60, 3, {"department-manager"})]
BUG = [(240, 2, {"engineering-manager"})]
TRAINING = [(1440, 2, {"customer-success"})]


def sent():
    """Deliver what waits and name the contacts who got mail."""
    mail.outbox.clear()
    for _round in range(3):
        outbox.send_due()
    return [name.split("@")[0].replace(".", "-") for message in mail.outbox for name in message.to]


@pytest.fixture(autouse=True)
def _in_the_desk(people, clock):
    """Nothing else is needed by name."""


@pytest.mark.parametrize(
    ("kind", "ladder"),
    [
        ("outage", EMERGENCY),
        ("security", [(15, 2, {"ciso", "team-lead"}), *EMERGENCY[1:]]),
        ("database", DATABASE),
        ("bug", BUG),
        ("training", TRAINING),
        ("performance", [(120, 2, {"devops-lead"})]),
    ],
)
def test_ladder_to_the_second(reporter, clock, kind, ladder):
    issue = report(reporter, kind)
    sent()

    for minutes, level, told in ladder:
        moment = NOON + dt.timedelta(minutes=minutes)
        clock.now = moment - LATER
        before = services.escalate_due()
        assert before.escalated == []
        late_meanwhile = before.breached
        assert bool(sent()) == bool(late_meanwhile)
        for clock.now in (moment, moment + LATER):
            again = clock.now != moment
            assert services.escalate_due().escalated == ([] if again else [issue.pk])
            issue.refresh_from_db()
            assert issue.level == level
        assert set(sent()) == told | late(kind, minutes)


def late(kind, minutes):
    """Who is told by the way that the time to solve it is over as well: the primary contact."""
    return {("database", 60): {"database-admin"}}.get((kind, minutes), set())


@pytest.mark.parametrize("kind", ["bug", "training", "performance"])
def test_what_is_no_emergency_goes_one_level_up_only(reporter, clock, kind):
    issue = report(reporter, kind)

    clock.forward(days=30)
    services.escalate_due()
    clock.forward(days=30)

    assert services.escalate_due().escalated == []
    issue.refresh_from_db()
    assert (issue.level, issue.level_due_at) == (2, None)


def test_critical_issue_climbs_whatever_its_type(reporter, clock):
    issue = report(reporter, "training", severity="critical")

    assert issue.response_due_at == NOON + dt.timedelta(minutes=15)
    clock.forward(minutes=45)
    services.escalate_due()
    issue.refresh_from_db()
    assert issue.level == 3


def test_level_1_is_told_at_once(reporter, clock, people):
    report(reporter, "outage")
    week = services.who_is_on_call(NOON)

    assert set(sent()) == {week.primary.code, week.secondary.code}


@pytest.mark.parametrize(("seconds", "level"), [(-1, 1), (0, 2), (1, 2)])
def test_answer_at_the_last_second(reporter, clock, people, seconds, level):
    """Whoever answers before the minute is over is in time; at the minute the promise is broken."""
    issue = report(reporter, "outage")
    clock.now = issue.response_due_at + dt.timedelta(seconds=seconds)
    services.escalate_due()

    issue = services.acknowledge(issue, by=people["lead-developer"])

    assert (issue.level, issue.is_response_breached) == (level, level == 2)
    assert issue.first_response_at == clock.now
    clock.forward(days=1)
    assert services.escalate_due().escalated == []


def test_monitor_that_was_down_catches_up_on_all_levels(reporter, clock):
    issue = report(reporter, "outage")
    sent()
    clock.forward(minutes=110)

    assert services.escalate_due().escalated == [issue.pk]

    issue.refresh_from_db()
    assert (issue.level, issue.level_due_at) == (4, NOON + dt.timedelta(minutes=225))
    told = {"cto", "team-lead", "department-manager", "executive-team"}
    assert told <= set(sent())


def test_two_runs_at_once_tell_once(reporter, clock):
    report(reporter, "bug")
    sent()
    clock.forward(minutes=240)
    services.escalate_due()
    services.escalate_due()

    assert sent() == ["engineering-manager"]


def test_who_answered_before_the_mail_went_out_gets_none(reporter, clock, people):
    issue = report(reporter, "bug")
    services.acknowledge(issue, by=people["development-lead"])

    assert sent() == ["asker"]  # told that somebody looks after it


@pytest.mark.parametrize(("seconds", "is_late"), [(-1, False), (0, True), (1, True)])
def test_late_solution_is_marked_at_the_second(reporter, clock, people, seconds, is_late):
    issue = report(reporter, "bug")
    services.acknowledge(issue, by=people["development-lead"])
    sent()
    clock.now = issue.resolution_due_at + dt.timedelta(seconds=seconds)

    done = services.escalate_due()

    issue.refresh_from_db()
    assert issue.is_resolution_breached is is_late
    assert done.breached == ([issue.pk] if is_late else [])
    assert sent() == (["development-lead"] if is_late else [])
    assert services.escalate_due().breached == []


def test_each_step_is_in_the_history(reporter, clock):
    issue = report(reporter, "outage")
    clock.forward(minutes=15)
    services.escalate_due()

    found = Entry.objects.filter(object_pk=issue.pk, content_type__model="supportissue")
    assert set(found.values_list("event", flat=True)) == {
        "supportissue.reported",
        "supportissue.breached",
        "supportissue.escalated",
    }


def test_nobody_to_tell_is_said(reporter, clock):
    report(reporter, "bug")
    EscalationStep.objects.all().delete()
    clock.forward(minutes=240)
    said = StringIO()

    with pytest.raises(SystemExit) as caught:
        call_command("erp_escalate_support", "--json", stdout=said)

    assert caught.value.code == 1
    assert len(json.loads(said.getvalue())["unheard"]) == 1


def test_command_with_nothing_to_do(reporter, clock):
    said = StringIO()
    call_command("erp_escalate_support", stdout=said)
    assert said.getvalue().strip() == "escalated: 0, breached: 0, unheard: 0"


@pytest.mark.parametrize(
    ("kind", "level", "told"),
    [
        ("outage", 2, ["cto", "team-lead"]),
        ("outage", 3, ["department-manager"]),
        ("outage", 4, ["executive-team"]),
        ("outage", 5, []),
        ("bug", 1, ["development-lead"]),
        ("bug", 2, ["engineering-manager"]),
        ("bug", 3, []),
    ],
)
def test_escalation_of(kind, level, told):
    found = services.escalation_of(IssueType.objects.get(code=kind), level, at=NOON)

    assert [contact.code for contact in found] == told


def test_contact_who_left_is_not_told():
    SupportContact.objects.filter(code="cto").update(is_active=False)

    found = services.escalation_of(IssueType.objects.get(code="outage"), 2, at=NOON)
    assert [contact.code for contact in found] == ["team-lead"]


def test_contact_outside_the_company_gets_mail_by_address(reporter, clock):
    SupportContact.objects.filter(code="development-lead").update(
        user=None, external_name="Helpers Ltd", email="desk@helpers.example"
    )
    report(reporter, "bug", title="Cannot\r\nBcc: everybody@example.com")

    sent()

    (message,) = mail.outbox
    assert message.to == ["desk@helpers.example"]
    assert "\n" not in message.subject
    assert "Reported by Asker" in message.body


def test_mail_speaks_the_language_of_its_reader(reporter, clock, people):
    lead = people["development-lead"]
    lead.language = "zh-hans"
    lead.save()
    report(reporter, "bug")
    sent()

    assert "程序缺陷" in mail.outbox[0].body


def test_notices_go_with_the_change_or_not_at_all(reporter, clock, people):
    issue = report(reporter, "bug")
    before = OutboxMessage.objects.count()

    with pytest.raises(Exception, match="not allowed"):
        services.acknowledge(issue, by=make_user("stranger"))

    assert OutboxMessage.objects.count() == before
    assert SupportIssue.objects.get().status == "new"
