"""Twenty figures against those worked out by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from apps.operations.dashboards import business, executive, technical
from apps.operations.dashboards.days import last_days, today
from apps.operations.metrics import gauges, names
from apps.operations.models import MonitorLease
from apps.requisitions.models import Requisition
from tests.operations import story
from tests.operations.story import NOW, at

pytestmark = pytest.mark.django_db
DASHBOARDS = [(executive, story.EXECUTIVE), (technical, story.TECHNICAL)]
each = pytest.mark.parametrize(("dashboard", "expected"), DASHBOARDS, ids=["business", "technical"])


def found(dashboard, user):
    return {tile.key: tile for tile in dashboard.tiles(user, NOW)}


def test_twenty_tiles_are_what_was_counted_by_hand(told, boss):
    for dashboard, expected in DASHBOARDS:
        tiles = found(dashboard, boss)

        assert {key: (tile.value, tile.state) for key, tile in tiles.items()} == expected
        assert list(tiles) == list(expected)
        for tile in tiles.values():  # how it is computed, its past, where it leads
            assert len(tile.formula) > 20
            assert tile.trend.said
            assert tile.link is not None
            assert tile.link.url.startswith("/")
        with translation.override("zh-hans"):
            shown = dashboard.tiles(boss, NOW)
            words = [text for t in shown for text in (t.label, t.formula, t.trend.caption)]
            assert [text for text in words if text.isascii()] == []


def test_prometheus_reads_the_same_two_figures_of_the_work(told):
    assert gauges.of_work(NOW) == pytest.approx((10.0, 1 / 3))


@each
def test_nothing_measured_is_no_data_and_never_zero(clock, boss, dashboard, expected):
    tiles = found(dashboard, boss)

    counted = {"transactions", "created", "approved", "orders"}  # none made is a figure
    for key, tile in tiles.items():
        if key not in counted:
            assert (tile.value, tile.state, tile.shown) == (None, "unknown", "no data yet"), key
    assert {tile.state for key, tile in tiles.items() if key in counted} <= {None}


def test_as_many_statements_for_one_as_for_many(told, boss):
    def statements():
        counts = []
        for dashboard, _expected in DASHBOARDS:
            with CaptureQueriesContext(connection) as queries:
                dashboard.tiles(boss, NOW)
            counts.append(len(queries))
        return counts

    statements()  # the first asks for the rights of the person
    one = statements()
    story.write_documents(3)

    assert statements() == one
    assert max(one) <= 25


MIDNIGHTS = [
    # The day of the viewer: in Shanghai, in London, on both sides of a change of clocks in Berlin.
    ("Asia/Shanghai", at(19, 15, 59, 59), at(18, 16), 24),
    ("Asia/Shanghai", at(19, 16), at(19, 16), 24),
    ("Europe/London", at(19, 16), at(19, 0), 24),
    ("Asia/Kolkata", at(19, 18, 30), at(19, 18, 30), 24),
    ("Europe/Berlin", at(25, 12, month=10), at(24, 22, month=10), 25),
]


@pytest.mark.parametrize(("zone", "now", "since", "hours"), MIDNIGHTS)
def test_today_begins_at_local_midnight(zone, now, since, hours):
    with timezone.override(zone):
        span = today(now)

    assert span.since == since
    assert span.until - span.since.astimezone(dt.UTC) == dt.timedelta(hours=hours)
    assert span.since <= now < span.until


def test_figures_of_today_follow_the_viewers_midnight(told):
    for zone, created, approved in (("Asia/Shanghai", 2, 2), ("UTC", 1, 1), ("Asia/Kolkata", 1, 2)):
        with timezone.override(zone):
            span = today(NOW)
            assert (business.created(span), business.approved(span)) == (created, approved), zone
            assert business.volume(NOW).requisitions[-1] == created, zone
            assert business.approvals(NOW, last_days(NOW)).numbers[-1] == approved, zone


def test_days_of_half_hours_are_right_to_the_minute(db, clock):
    department = story.make.make_department()
    for minute in (29, 30):  # local midnight in Kolkata is 18:30
        requisition = story.make.make_requisition(department)
        Requisition.objects.filter(pk=requisition.pk).update(created_at=at(19, 18, minute))

    with timezone.override("Asia/Kolkata"):
        assert business.volume(NOW).requisitions[-2:] == [1, 1]


BASELINES = [
    # The first document so many days ago, and what is usual then: 60 documents in 30 days.
    (29, None),
    (30, 2.0),
    (45, 2.0),
]


@pytest.mark.parametrize(("age", "usual"), BASELINES)
def test_baseline_is_there_after_thirty_days_and_not_before(db, clock, boss, age, usual):
    department = story.make.make_department()
    moments = [NOW - dt.timedelta(days=min(age, 1 + place % 30)) for place in range(59)]
    moments.append(NOW - dt.timedelta(days=age if age < 31 else 30))
    if age > 30:
        moments.append(NOW - dt.timedelta(days=age))  # before the thirty days: counts for the age
    moments.append(NOW)  # today is not over and counts for nothing
    for moment in moments:
        requisition = story.make.make_requisition(department)
        Requisition.objects.filter(pk=requisition.pk).update(created_at=moment)

    with timezone.override(story.ZONE):
        volume = business.volume(NOW)
        note = found(executive, boss)["transactions"].note

    assert volume.baseline == usual
    assert note == (
        "Usual: 2.0 requisitions and orders a day." if usual else "Baseline not yet: day 30 of 30."
    )


STATES = [
    ({}, "Healthy", "good"),
    ({"backup": "firing"}, "Healthy, with remarks", "off_target"),
    ({"disk": "firing", "backup": "firing"}, "Degraded", "warning"),
    ({"disk": "firing", "disk_critical": "firing"}, "Disrupted", "critical"),
    ({"disk": "pending"}, "Healthy", "good"),
    ({"application_down": "unknown"}, None, "unknown"),
    ({"application_down": "unknown", "disk_critical": "firing"}, "Disrupted", "critical"),
    ({"processor": "unknown"}, "Healthy", "good"),
]


@pytest.mark.parametrize(("phases", "value", "state"), STATES)
def test_status_is_that_of_the_most_urgent_alert(db, clock, boss, phases, value, state):
    story.look(**phases)

    tile = found(executive, boss)["status"]

    assert (tile.value, tile.state) == (value, state)


def test_a_dead_monitor_leaves_no_good_word_standing(db, clock, boss):
    story.look()
    MonitorLease.objects.update(beat_at=NOW - dt.timedelta(minutes=6))

    tile = found(executive, boss)["status"]

    assert (tile.value, tile.state) == (None, "unknown")
    assert "looked last" in tile.note


def test_a_file_has_no_limit_of_connections(db, clock, boss, stored):
    stored(names.DATABASE_CONNECTIONS, NOW, 1)

    tile = found(technical, boss)["connections"]

    assert (tile.value, tile.state, tile.share) == ("1", None, None)
    assert tile.note == "A file has no limit of connections."
