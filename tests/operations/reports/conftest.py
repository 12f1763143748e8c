"""The story with everything a report speaks of: traffic, an incident, backups, voices, meetings."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from apps.operations.alerting import incidents
from apps.operations.alerting.rules import rules
from apps.operations.metrics import names
from apps.operations.models import AlertState, BackupRun, DrillRun
from apps.support.models import CalendarEntry, Feedback, IssueType, SupportIssue
from apps.support.services import setting_up
from tests.factories import make_user
from tests.operations import story
from tests.operations.alerting.conftest import stored
from tests.operations.dashboards.conftest import clock
from tests.operations.story import NOW

__all__ = ["clock", "stored"]

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
YESTERDAY = story.at(19, 2)  # ten in the morning in Shanghai


@pytest.fixture
def site(db, clock, settings):
    """A site in Shanghai that has nothing to tell yet."""
    settings.USER_TIME_ZONE = story.ZONE
    settings.BASE_URL = "https://erp.example.com"


@pytest.fixture
def told(site, stored):
    """The same two days after its launch."""
    story.tell(stored)
    story.look(adoption="firing")
    AlertState.objects.filter(alert="adoption").update(
        value=0.75, limit="< 0.9", since=story.at(19, 1)
    )
    traffic(stored)
    incident = incidents.open_for(
        rules().alerts["error_rate"], now=YESTERDAY, value=0.06, limit="> 0.05"
    )
    assert incident is not None
    keep()
    voices()
    meet()


def traffic(stored):
    """Yesterday was slower than the week before, and people mistyped more."""
    for moment, seconds, failed, rejected in (
        (YESTERDAY, 0.6, 12, 30),
        (YESTERDAY - 3 * DAY, 0.3, 7, 7),
        (story.at(11, 2), 0.4, 70, 70),
        (story.at(4, 2), 0.4, 35, 35),
    ):
        stored(names.REQUEST_SECONDS, moment, *[seconds] * 100)
        stored(names.SERVER_ERRORS, moment, 1)
        stored(names.QUERY_TIME, moment, *[0.02] * 100)
        stored(names.HOST_CPU, moment, *[0.5] * 30)
        stored(names.PROBE_SUCCESS, moment, *[1.0] * 50)
        stored(names.LOGINS, moment, *[1] * 40)
        stored(names.LOGINS_FAILED, moment, *[1] * failed)
        stored(names.CLIENT_ERRORS, moment, *[1] * rejected, label="validation")


def keep():
    """A backup that was proved, one that failed, and a rehearsal."""
    common = {"engine": "sqlite", "app_version": "1", "started_at": NOW - 8 * HOUR}
    BackupRun.objects.create(
        **{**common, "started_at": YESTERDAY},
        finished_at=YESTERDAY + HOUR,
        verified_at=YESTERDAY + HOUR,
        outcome="complete",
        file_name="one",
        sha256="x",
    )
    BackupRun.objects.create(
        **{**common, "started_at": YESTERDAY}, finished_at=YESTERDAY + HOUR, outcome="failed"
    )
    DrillRun.objects.create(
        scenario="outage",
        started_at=NOW - 3 * DAY,
        finished_at=NOW - 3 * DAY,
        seconds=20,
        limit_seconds=300,
        has_passed=True,
    )


def voices():
    """What two people said, and an issue answered too late."""
    setting_up.set_up()
    person = make_user("voice")
    for rating in (5, 2):
        remark = Feedback.objects.create(person=person, rating=rating, text="x")
        Feedback.objects.filter(pk=remark.pk).update(created_at=YESTERDAY)
    issue = SupportIssue.objects.create(
        number="SI-1",
        issue_type=IssueType.objects.first(),
        title="Slow",
        description="Slow",
        reporter=person,
        clock_started_at=YESTERDAY,
        response_due_at=YESTERDAY + HOUR,
        resolution_due_at=YESTERDAY + DAY,
        is_response_breached=True,
    )
    SupportIssue.objects.filter(pk=issue.pk).update(created_at=YESTERDAY)


def meet():
    """The launch two days ago with its watch, a stand-up tomorrow, the review in a month."""
    for kind, english, chinese, starts in (
        ("watch", "48 hours of watching", "上线后 48 小时值守", NOW - 2 * DAY),
        ("stand_up", "Stand-up of the first week", "首周站会", NOW + 13 * HOUR),
        ("review", "30-day review", "上线 30 天回顾", NOW + 28 * DAY),
    ):
        CalendarEntry.objects.create(
            kind=kind,
            name_en=english,
            name_zh_hans=chinese,
            starts_at=starts,
            ends_at=starts + HOUR,
            place="Room 3.12",
        )


@pytest.fixture
def readers(site):
    """Two who get the digest, each in a language and a time zone, and some who do not."""
    made = {
        "ada": make_user("ada", "ops", language="en", time_zone="Europe/Berlin"),
        "lin": make_user("lin", "admin", language="zh-hans", time_zone=story.ZONE),
    }
    make_user("gone", "ops", is_active=False)
    make_user("mute", "ops", email="")
    make_user("buyer", "procurement")
    assert timezone.now() == NOW
    return made
