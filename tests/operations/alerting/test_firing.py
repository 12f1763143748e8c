"""Each alert fires within two minutes of its fault, once, and clears after it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.operations.alerting.evaluating import evaluate
from apps.operations.alerting.rules import rules
from apps.operations.metrics import names
from apps.operations.models import AlertState, BackupRun, Incident, Silence
from apps.support.models import TrainingCourse, TrainingRecord
from tests.operations.alerting.conftest import MINUTE, round_at

pytestmark = pytest.mark.django_db
TWO_MINUTES = 2 * MINUTE


def fine(stored, at):
    """One minute of a system that is well."""
    stored(names.REQUEST_SECONDS, at, *[0.1] * 60)
    stored(names.QUERY_TIME, at, *[0.01] * 60)
    stored(names.PROBE_SUCCESS, at, 1)
    stored(names.DATABASE_UP, at, 1)
    stored(names.HOST_CPU, at, 0.2)
    stored(names.HOST_MEMORY, at, 0.4)
    for folder in ("data", "backups"):
        stored(names.HOST_DISK, at, 0.3, label=folder)


def gauge(name, value, label=""):
    """A fault that stands at a value instead of the good one."""

    def add(stored, at):
        for other, good in (
            (names.PROBE_SUCCESS, 1),
            (names.DATABASE_UP, 1),
            (names.HOST_CPU, 0.2),
            (names.HOST_MEMORY, 0.4),
        ):
            stored(other, at, value if other is name else good)
        for folder in ("data", "backups"):
            stored(names.HOST_DISK, at, value if label == folder else 0.3, label=folder)
        stored(names.REQUEST_SECONDS, at, *[0.1] * 60)
        stored(names.QUERY_TIME, at, *[0.01] * 60)

    return add


def besides(name, *values, label=""):
    """A fault that is counted, or measured besides what is well."""

    def add(stored, at):
        fine(stored, at)
        stored(name, at, *values, label=label)

    return add


FAULTS = [
    ("application_down", gauge(names.PROBE_SUCCESS, 0)),
    ("database_failures", gauge(names.DATABASE_UP, 0)),
    ("database_failures", besides(names.DATABASE_FAILURES, 1, 1, 1)),
    ("security_breach", besides(names.TOKENS_REUSED, 1)),
    ("security_breach", besides(names.LOCKOUTS, *[1] * 5)),
    ("security_breach", besides(names.PRIVILEGES_CHANGED, 1, label="off_hours")),
    ("error_rate_critical", besides(names.SERVER_ERRORS, *[1] * 7)),  # of 60: 11.7 %
    ("error_rate", besides(names.SERVER_ERRORS, *[1] * 4)),  # of 60: 6.7 %
    ("response_time", besides(names.REQUEST_SECONDS, *[29.0] * 13)),  # 5.2 s on average
    ("disk", gauge(names.HOST_DISK, 0.81, "backups")),
    ("disk_critical", gauge(names.HOST_DISK, 0.91, "data")),
    ("processor", gauge(names.HOST_CPU, 0.81)),
    ("database_load", besides(names.QUERY_TIME, *[10.0] * 30)),
    ("database_load", besides(names.DATABASE_CONNECTIONS_RATIO, 0.91)),
]


@pytest.fixture
def proved(clock):
    """A backup that is proved, so that one alert less is heard."""
    return proved_backup(clock.now)


def proved_backup(at):
    common = {"outcome": "complete", "file_name": f"{at}", "engine": "x", "sha256": "x"}
    return BackupRun.objects.create(started_at=at, finished_at=at, verified_at=at, **common)


@pytest.mark.parametrize(("alert", "fault"), FAULTS)
def test_alert_fires_within_two_minutes_and_clears(desk, clock, stored, proved, alert, fault):
    for before in (2, 1, 0):
        fine(stored, clock.now - before * MINUTE)
    assert alert not in round_at(clock.now).firing
    # The fault begins just after the round of this minute.
    begun, firing = clock.now, []
    while alert not in firing:
        fault(stored, clock.now)
        firing = round_at(clock.forward(minutes=1)).firing
        assert clock.now - begun <= TWO_MINUTES

    incident = Incident.objects.get(alert=alert)
    assert incident.tier == rules().alerts[alert].tier.name
    assert incident.status == "open"
    clock.forward(minutes=12)  # past every window the fault lies in
    for _round in range(2):
        clock.forward(minutes=5)
        for before in (2, 1, 0):
            fine(stored, clock.now - before * MINUTE)
        round_at(clock.now)
    incident.refresh_from_db()
    assert incident.status == "resolved"
    assert incident.timeline.first().what == "opened"
    assert "cleared" in [event.what for event in incident.timeline.all()]
    assert AlertState.objects.get(alert=alert).phase == "clear"


def test_backup_alert(clock):
    assert "backup" in round_at(clock.now).firing  # none at all
    run = proved_backup(clock.now - dt.timedelta(hours=25))
    assert "backup" in round_at(clock.forward(minutes=1)).firing  # fine, not yet for long enough
    assert "backup" not in round_at(clock.forward(minutes=2)).firing
    BackupRun.objects.filter(pk=run.pk).update(removed_at=clock.now)
    assert "backup" in round_at(clock.forward(minutes=1)).firing


@pytest.mark.parametrize(
    ("hours", "value", "holds"),
    [(None, None, True), (25.9, 25.9, False), (26, 26, False), (26.1, 26.1, True)],
)
def test_age_of_the_newest_proved_backup(clock, hours, value, holds):
    if hours is not None:
        proved_backup(clock.now - dt.timedelta(hours=hours))

    said = evaluate(clock.now).alerts["backup"]

    assert said.value == (None if value is None else pytest.approx(value))
    assert said.holds is holds


def test_adoption_fires_and_clears(clock):
    course = TrainingCourse.objects.create(code="c", name_en="C", role="engineer")
    people = [User.objects.create(username=f"p{n}") for n in range(10)]
    for person in people:
        TrainingRecord.objects.create(
            course=course, person=person, taken_at=clock.now, correct=1, total=1, is_passed=True
        )

    def log_in(number):
        pks = [person.pk for person in people[:number]]
        User.objects.filter(pk__in=pks).update(last_login=timezone.now())

    log_in(8)
    assert "adoption" not in round_at(clock.now).firing  # not yet for an hour
    assert "adoption" in round_at(clock.forward(minutes=60)).firing
    log_in(9)
    round_at(clock.forward(minutes=1))
    assert "adoption" not in round_at(clock.forward(minutes=60)).firing


def test_trend_fires_in_the_silent_band_and_clears(clock, stored, proved):
    def look(minutes, usage):
        clock.forward(minutes=minutes)
        for before in (2, 1, 0):
            gauge(names.HOST_DISK, usage, "data")(stored, clock.now - before * MINUTE)
        for before in range(3, 17):
            stored(names.HOST_CPU, clock.now - before * MINUTE, 0.2)
        return round_at(clock.now).firing

    assert look(0, 0.75) == []
    assert look(14, 0.75) == []
    assert look(1, 0.75) == ["performance_trend"]  # for a quarter of an hour, and no more urgent
    assert look(60, 0.3) == ["performance_trend"]
    assert look(59, 0.3) == ["performance_trend"]
    assert look(1, 0.3) == []  # fine for an hour


BURNS = [
    # Alert, minutes of history, and the share of requests that fails on the limit.
    ("burn_fast", 60, 14.4 * 0.005),
    ("burn_steady", 360, 6 * 0.005),
    ("burn_slow", 4320, 0.005),
]


@pytest.mark.parametrize(("alert", "minutes", "share"), BURNS)
@pytest.mark.parametrize(("times", "holds"), [(0.9, False), (1.2, True)])
def test_burn_rates(clock, stored, alert, minutes, share, times, holds):
    long, short = rules().alerts[alert].any[0].windows
    assert long == minutes
    for back in range(1, minutes + 1, short // 5):
        at = clock.now - back * MINUTE
        stored(names.REQUEST_SECONDS, at, *[0.1] * 1000)
        stored(names.SERVER_ERRORS, at, *[1] * round(share * times * 1000))

    assert evaluate(clock.now).alerts[alert].holds is holds


def test_burn_needs_the_short_window_too(clock, stored):
    for back in range(6, 61):
        stored(names.REQUEST_SECONDS, clock.now - back * MINUTE, *[0.1] * 20)
        stored(names.SERVER_ERRORS, clock.now - back * MINUTE, *[1] * 20)
    for back in range(1, 6):
        stored(names.REQUEST_SECONDS, clock.now - back * MINUTE, *[0.1] * 20)

    assert evaluate(clock.now).alerts["burn_fast"].holds is False


def test_too_little_traffic_says_nothing_and_the_probe_speaks(clock, stored):
    for back in range(1, 61):
        stored(names.REQUEST_SECONDS, clock.now - back * MINUTE, 0.1) if back % 5 == 0 else None
        stored(names.SERVER_ERRORS, clock.now - back * MINUTE, 1) if back == 5 else None
    assert evaluate(clock.now).alerts["burn_fast"].holds is None
    assert evaluate(clock.now).alerts["error_rate_critical"].holds is None
    for back in range(1, 61):
        stored(names.PROBE_SUCCESS, clock.now - back * MINUTE, 0)
    assert evaluate(clock.now).alerts["burn_fast"].holds is True


def test_no_data_is_unknown_and_clears_nothing(desk, clock, stored, proved):
    stored(names.HOST_DISK, clock.now, 0.85, label="data")
    assert "disk" in round_at(clock.now).firing
    clock.forward(minutes=30)

    fired = round_at(clock.now)

    assert fired.firing == ["disk"]
    assert Incident.objects.get(alert="disk").status == "open"
    assert {one.state for one in evaluate(clock.now).metrics.values()} == {"unknown"}


@pytest.mark.parametrize(
    ("alert", "silence", "is_heard"),
    [
        ("disk", "disk", False),
        ("disk", "", False),
        ("disk", "processor", True),
        ("security_breach", "", True),
        ("security_breach", "security_breach", False),
    ],
)
def test_silences(desk, clock, stored, alert, silence, is_heard):
    Silence.objects.create(
        alert=silence,
        starts_at=clock.now,
        ends_at=clock.now + 5 * MINUTE,
        comment="Disks are changed.",
    )
    stored(names.HOST_DISK, clock.now, 0.85, label="data")
    stored(names.TOKENS_REUSED, clock.now, 1)

    fired = round_at(clock.now)

    assert alert in fired.firing
    assert Incident.objects.filter(alert=alert).exists() is is_heard
    stored(names.HOST_DISK, clock.now + 5 * MINUTE, 0.85, label="data")
    round_at(clock.forward(minutes=5))
    assert Incident.objects.filter(alert=alert).exists()  # a silence that ends hides nothing
