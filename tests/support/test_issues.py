"""Reporting and the moves: every move from every state by everybody, and nothing on a refusal."""

import datetime as dt

import pytest

from apps.audit.models import Entry
from apps.common.errors import (
    InvalidInputError,
    NotPermittedError,
    StaleVersionError,
    TransitionError,
)
from apps.common.models import OutboxMessage
from apps.common.services import attachments, comments
from apps.support import services
from apps.support.models import IssueType, SupportIssue
from apps.support.states import Status
from tests.factories import make_user
from tests.support.factories import NOON, report

pytestmark = pytest.mark.django_db
MOVES = {
    "acknowledge": ({Status.NEW}, Status.ACKNOWLEDGED),
    "start": ({Status.NEW, Status.ACKNOWLEDGED}, Status.IN_PROGRESS),
    "resolve": ({Status.NEW, Status.ACKNOWLEDGED, Status.IN_PROGRESS}, Status.RESOLVED),
    "close": ({Status.RESOLVED}, Status.CLOSED),
    "reopen": ({Status.RESOLVED, Status.CLOSED}, Status.NEW),
}
WAY = {
    Status.NEW: (),
    Status.ACKNOWLEDGED: ("acknowledge",),
    Status.IN_PROGRESS: ("start",),
    Status.RESOLVED: ("resolve",),
    Status.CLOSED: ("resolve", "close"),
}


def state():
    return (
        list(SupportIssue.objects.order_by("pk").values()),
        Entry.objects.count(),
        OutboxMessage.objects.count(),
    )


def at(status, reporter, keeper):
    issue = report(reporter, "bug")
    for name in WAY[status]:
        issue = services.SERVICES[name](issue, by=keeper, comment="Because.")
    return issue


def test_the_table_is_what_is_tested():
    assert set(services.TABLE.transitions) == set(MOVES) == set(services.SERVICES)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("name", MOVES)
def test_move_from_each_state(reporter, keeper, status, name):
    issue = at(status, reporter, keeper)
    sources, target = MOVES[name]
    before = state()

    if status in sources:
        moved = services.SERVICES[name](issue, by=keeper, comment="Because.")
        assert moved.status == target
        assert Entry.objects.filter(event=f"supportissue.{name}", object_pk=issue.pk).exists()
    else:
        with pytest.raises(TransitionError):
            services.SERVICES[name](issue, by=keeper, comment="Because.")
        assert state() == before


PEOPLE = {
    # who: answers, closes and reopens
    "reporter": (False, True),
    "keeper": (True, True),
    "contact": (True, True),
    "ops": (True, True),
    "assignee": (True, True),
    "colleague": (False, False),
    "auditor": (False, False),
    "left": (False, False),
}


def person(name, issue, people, reporter, keeper):
    if name == "assignee":
        found = make_user("given")
        SupportIssue.objects.filter(pk=issue.pk).update(assignee=found)
        return found
    known = {"reporter": reporter, "keeper": keeper, "contact": people["cto"]}
    if name in known:
        return known[name]
    roles = [name] if name in {"ops", "auditor"} else []
    return make_user(None, *roles, is_active=name != "left")


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", MOVES)
def test_move_by_each_person(people, reporter, keeper, who, name):
    issue = at(next(iter(MOVES[name][0])), reporter, keeper)
    somebody = person(who, issue, people, reporter, keeper)
    may = PEOPLE[who][name in {"close", "reopen"}]
    before = state()
    issue.refresh_from_db()
    assert (name in services.allowed_actions(somebody, [issue])[issue.pk]) is may or who == "left"

    if may:
        assert services.SERVICES[name](issue, by=somebody, comment="Because.").pk == issue.pk
    else:
        with pytest.raises(NotPermittedError):
            services.SERVICES[name](issue, by=somebody, comment="Because.")
        assert state() == before


@pytest.mark.parametrize("name", ["resolve", "reopen"])
@pytest.mark.parametrize("comment", ["", "  \n"])
def test_reason_is_needed(reporter, keeper, name, comment):
    issue = at(Status.RESOLVED if name == "reopen" else Status.NEW, reporter, keeper)
    before = state()

    with pytest.raises(InvalidInputError):
        services.SERVICES[name](issue, by=keeper, comment=comment)
    assert state() == before


def test_stale_version_is_refused(reporter, keeper):
    issue = report(reporter)
    with pytest.raises(StaleVersionError):
        services.acknowledge(issue, by=keeper, expected_version=7)
    assert SupportIssue.objects.get().status == Status.NEW


def test_report_takes_a_number_and_starts_the_clock(clock, reporter):
    issue = report(reporter, "database", request_id="abc-1", page="/requisitions/7")

    assert issue.number == "SI-2026-00001"
    assert issue.response_due_at == NOON + dt.timedelta(minutes=30)
    assert issue.resolution_due_at == NOON + dt.timedelta(minutes=60)
    assert (issue.level, issue.level_due_at) == (1, issue.response_due_at)
    entry = Entry.objects.get(event="supportissue.reported")
    assert entry.actor_id == reporter.pk


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"description": "x" * 4001}, "description"),
        ({"severity": "apocalyptic"}, "severity"),
        ({"request_id": "x" * 65}, "request_id"),
        ({"page": "x" * 501}, "page"),
    ],
)
def test_broken_report_is_refused_by_field(reporter, broken, field):
    before = state()
    with pytest.raises(InvalidInputError) as caught:
        report(reporter, **broken)

    assert list(caught.value.errors) == [field]
    assert state() == before


def test_retired_type_is_refused(reporter):
    IssueType.objects.filter(code="bug").update(is_active=False)
    with pytest.raises(InvalidInputError) as caught:
        report(reporter, "bug")
    assert list(caught.value.errors) == ["issue_type"]


def test_reopening_starts_the_clock_anew_and_forgets_no_broken_promise(clock, reporter, keeper):
    issue = report(reporter, "outage")
    clock.forward(minutes=20)
    issue = services.resolve(issue, by=keeper, comment="Restarted.")
    assert (issue.is_response_breached, issue.is_resolution_breached) == (True, False)
    first = issue.first_response_at
    clock.forward(hours=5)

    issue = services.reopen(issue, by=reporter, comment="Down again.")

    assert issue.response_due_at == clock.now + dt.timedelta(minutes=15)
    assert (issue.level, issue.acknowledged_at, issue.resolved_at) == (1, None, None)
    assert (issue.is_response_breached, issue.first_response_at) == (True, first)
    clock.forward(minutes=15)
    assert services.escalate_due().escalated == [issue.pk]


def test_assign(reporter, keeper, people):
    issue = report(reporter)
    moved = services.assign(issue, to=people["cto"], by=keeper)
    assert moved.assignee == people["cto"]

    before = state()
    with pytest.raises(InvalidInputError):
        services.assign(issue, to=reporter, by=keeper)
    with pytest.raises(NotPermittedError):
        services.assign(issue, to=people["cto"], by=reporter)
    assert state() == before


@pytest.mark.parametrize(
    ("role", "sees"),
    [("auditor", True), ("ops", True), ("engineer", False), ("procurement", False)],
)
def test_who_sees_it(reporter, role, sees):
    issue = report(reporter)
    assert SupportIssue.objects.visible_to(reporter).get() == issue
    assert SupportIssue.objects.visible_to(make_user(None, role)).exists() is sees


def test_comments_and_files(reporter, keeper, tmp_path, settings):
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.MEDIA_ROOT = tmp_path
    issue = report(reporter)
    comments.comment(issue, text="It began at nine.", by=reporter)
    attachments.attach(issue, upload=SimpleUploadedFile("log.txt", b"failed"), by=reporter)
    assert comments.of(issue).count() == attachments.of(issue).count() == 1

    services.resolve(issue, by=keeper, comment="Done.")
    issue.refresh_from_db()
    with pytest.raises(NotPermittedError):
        attachments.attach(issue, upload=SimpleUploadedFile("more.txt", b"more"), by=reporter)
    with pytest.raises(NotPermittedError):
        comments.comment(issue, text="me too", by=make_user())
