"""What the store answers, against figures worked out by hand."""

import datetime as dt

import pytest

from apps.operations.metrics import names, reading
from apps.operations.metrics.names import PROBE_SUCCESS, REQUEST_SECONDS, SERVER_ERRORS
from tests.operations.metrics.conftest import NOON

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
UNTIL = NOON + 10 * MINUTE


@pytest.fixture
def ten_minutes(stored):
    """Requests of 0.2, 0.4 … in minutes 0, 1, 2, 9; one before and one after the span."""
    stored(REQUEST_SECONDS, NOON - MINUTE, 100.0)
    stored(REQUEST_SECONDS, NOON, 0.2, 0.4)
    stored(REQUEST_SECONDS, NOON + MINUTE, 2.6)
    stored(REQUEST_SECONDS, NOON + 2 * MINUTE, 3.5, 6.0)
    stored(REQUEST_SECONDS, NOON + 9 * MINUTE, 0.3)
    stored(REQUEST_SECONDS, UNTIL, 100.0)
    stored(SERVER_ERRORS, NOON + MINUTE, 1)
    stored(SERVER_ERRORS, NOON + 2 * MINUTE, 1, 1)
    stored(REQUEST_SECONDS, NOON, 0.2, label="/b")
    stored(REQUEST_SECONDS, NOON, 0.4, 2.6, label="/a")


def test_sums(ten_minutes):
    assert reading.count(REQUEST_SECONDS, NOON, UNTIL) == 6
    assert reading.total(REQUEST_SECONDS, NOON, UNTIL) == pytest.approx(13.0)
    assert reading.average(REQUEST_SECONDS, NOON, UNTIL) == pytest.approx(13.0 / 6)
    assert reading.maximum(REQUEST_SECONDS, NOON, UNTIL) == 6.0
    assert reading.ratio(SERVER_ERRORS, REQUEST_SECONDS, NOON, UNTIL) == pytest.approx(0.5)
    assert reading.average(REQUEST_SECONDS.name, NOON, UNTIL, label="/a") == pytest.approx(1.5)


QUANTILES = [
    # Sorted: 0.2 | 0.3 | 0.4 | 2.6 | 3.5 | 6.0, in the buckets up to 0.2, 0.3, 0.5, 3, 5 and 10.
    (1 / 6, 0.2),
    (2 / 6, 0.3),
    (0.5, 0.5),
    (4 / 6, 3.0),
    (4.5 / 6, 4.0),
    (5 / 6, 5.0),
    (0.95, 5.0 + 5.0 * 0.7),
    (1.0, 10.0),
]


@pytest.mark.parametrize(("share", "expected"), QUANTILES)
def test_quantile_lies_straight_inside_its_bucket(ten_minutes, share, expected):
    assert reading.quantile(REQUEST_SECONDS, share, NOON, UNTIL) == pytest.approx(expected)


def test_quantile_beyond_the_last_edge_is_the_last_edge(stored):
    stored(REQUEST_SECONDS, NOON, 500.0)

    assert reading.quantile(REQUEST_SECONDS, 0.5, NOON, UNTIL) == REQUEST_SECONDS.buckets[-1]


@pytest.mark.parametrize(
    ("edge", "expected"), [(0.3, 4 / 6), (2.5, 3 / 6), (5.0, 1 / 6), (10.0, 0)]
)
def test_share_above_an_edge_is_exact(ten_minutes, edge, expected):
    assert reading.share_above(REQUEST_SECONDS, edge, NOON, UNTIL) == pytest.approx(expected)


def test_what_has_no_buckets_or_edge_is_refused():
    with pytest.raises(ValueError, match="no histogram"):
        reading.quantile(names.HOST_CPU, 0.5, NOON, UNTIL)
    with pytest.raises(ValueError, match="not in"):
        reading.share_above(REQUEST_SECONDS, 0.123, NOON, UNTIL)
    with pytest.raises(KeyError):
        reading.average("erp_misspelt", NOON, UNTIL)


def test_nothing_measured_is_unknown_and_not_zero():
    unknown = [
        reading.average(REQUEST_SECONDS, NOON, UNTIL),
        reading.maximum(REQUEST_SECONDS, NOON, UNTIL),
        reading.quantile(REQUEST_SECONDS, 0.95, NOON, UNTIL),
        reading.share_above(REQUEST_SECONDS, 3.0, NOON, UNTIL),
        reading.ratio(SERVER_ERRORS, REQUEST_SECONDS, NOON, UNTIL),
        reading.latest(REQUEST_SECONDS, now=NOON),
        reading.uptime(NOON, UNTIL),
    ]

    assert unknown == [None] * len(unknown)
    assert reading.total(SERVER_ERRORS, NOON, UNTIL) == 0
    assert reading.coverage(REQUEST_SECONDS, NOON, UNTIL) == 0


def test_series_has_a_point_for_every_step(ten_minutes):
    points = reading.series(REQUEST_SECONDS, NOON, UNTIL, 3 * MINUTE)

    assert [p.at for p in points] == [NOON + n * 3 * MINUTE for n in range(4)]
    assert [p.count for p in points] == [5, 0, 0, 1]
    assert [p.maximum for p in points] == [6.0, None, None, 0.3]
    assert points[0].average == pytest.approx(12.7 / 5)
    assert points[1].average is None


def test_labels(ten_minutes):
    points = reading.labels(REQUEST_SECONDS, NOON, UNTIL)

    assert [(p.label, p.count, p.maximum) for p in points] == [("/a", 2, 2.6), ("/b", 1, 0.2)]


@pytest.mark.parametrize(
    ("after", "expected"), [(0, 0.7), (4, 0.7), (5, 0.7), (6, None), (-1, None)]
)
def test_latest_is_recent_or_unknown(stored, after, expected):
    stored(names.HOST_CPU, NOON - MINUTE, 0.1)
    stored(names.HOST_CPU, NOON, 0.7)
    if after < 0:
        stored(names.HOST_CPU, NOON, 0.7)
        after, expected = 600, None

    found = reading.latest(names.HOST_CPU, now=NOON + after * MINUTE)

    assert (found.average if found else None) == expected


def test_uptime_and_how_much_of_it_was_measured(stored):
    for minute, is_up in enumerate([1, 1, 1, 0]):
        stored(PROBE_SUCCESS, NOON + minute * MINUTE, is_up)

    assert reading.uptime(NOON, UNTIL) == 0.75
    recent = dt.datetime.now(dt.UTC).replace(second=0, microsecond=0) - 60 * MINUTE
    for minute in range(0, 60, 2):
        stored(PROBE_SUCCESS, recent + minute * MINUTE, 1)
    assert reading.coverage(PROBE_SUCCESS, recent, recent + 60 * MINUTE) == 0.5


def test_hour_that_was_thinned_covers_its_minutes(stored):
    old = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    stored(PROBE_SUCCESS, old, *[1] * 60)

    assert reading.coverage(PROBE_SUCCESS, old, old + 120 * MINUTE) == 0.5
