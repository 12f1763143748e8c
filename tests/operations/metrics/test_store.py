"""The embedded store: exact sums, whoever writes at the same time, and small after a long time."""

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, connection, connections
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from apps.operations.metrics import heartbeat, names, reading, store
from apps.operations.metrics.collecting import prune
from apps.operations.metrics.tally import MOST_ROWS, Row, Tally, tally
from apps.operations.models import Sample
from tests.operations.metrics.conftest import NOON

pytestmark = pytest.mark.django_db
SECONDS = names.REQUEST_SECONDS
COUNTER = names.LOGINS
AT = int(NOON.timestamp())


def row(*values, edges=()):
    made = Row()
    for value in values:
        made.add(value, edges)
    return made


def test_row_puts_a_value_on_an_edge_below_it():
    assert row(0.01, 0.3, 0.300001, 99, edges=SECONDS.buckets).buckets == [
        *[1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0],
        1,
    ]


@pytest.mark.parametrize(
    ("first", "second"), [((), (3.0, 1.0)), ((3.0, 1.0), ()), ((5.0,), (-2.0, 7.0))]
)
def test_rows_merge_like_one(first, second):
    merged = row(*first, edges=SECONDS.buckets)
    merged.merge(row(*second, edges=SECONDS.buckets))

    assert merged == row(*first, *second, edges=SECONDS.buckets)


def test_tally_keeps_whole_by_minute_and_routes_by_hour():
    own = Tally()
    own.add(SECONDS, 1.0, "/a", now=AT + 61)
    own.add(SECONDS, 3.0, "/b", now=AT + 119)

    taken = own.take()
    assert {key: made.count for key, made in taken.items()} == {
        (SECONDS.name, "", AT + 60): 2,
        (SECONDS.name, "/a", AT): 1,
        (SECONDS.name, "/b", AT): 1,
    }
    assert own.take() == {}


def test_tally_of_a_long_outage_loses_the_oldest_only():
    own = Tally()
    for minute in range(MOST_ROWS + 10):
        own.add(COUNTER, 1, now=AT + 60 * minute)

    kept = own.take()
    assert len(kept) == MOST_ROWS
    assert min(key[2] for key in kept) == AT + 600


def test_adding_adds_to_what_is_there():
    key = (SECONDS.name, "", AT)
    for values in ((1.0, 2.0), (0.5,), (40.0,)):
        store.add({key: row(*values, edges=SECONDS.buckets)})

    sample = Sample.objects.get()
    assert store.row_of(sample) == row(1.0, 2.0, 0.5, 40.0, edges=SECONDS.buckets)
    assert sample.minute == NOON


def test_a_minute_is_written_with_four_statements():
    store.add({(name, "", AT - 60): row(1.0) for name in names.METRICS})
    rows = {(name, "", AT): row(1.0) for name in names.METRICS}

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert store.add(rows) == len(rows)

    data = [q for q in queries if q["sql"].startswith(("INSERT", "SELECT", "UPDATE"))]
    assert len(data) == 4


@pytest.mark.django_db(transaction=True)
def test_processes_that_write_one_minute_lose_nothing():
    """Eight writers, each with its own connection, the same rows in opposite orders."""
    keys = [(name, "", AT) for name in list(names.METRICS)[:6]]
    errors = []

    def write(number):
        try:
            for _round in range(10):
                ordered = keys if number % 2 else list(reversed(keys))
                store.add({key: row(1.0, 2.0, edges=(1.5,)) for key in ordered})
        except DatabaseError as error:
            errors.append(error)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert errors == []
    for sample in Sample.objects.all():
        assert (sample.count, sample.total, sample.buckets) == (160, 240.0, [80, 80])
    assert Sample.objects.count() == len(keys)


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_written_is_written_later():
    tally.add(COUNTER, 1, now=AT)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE operations_sample RENAME TO operations_sample_away")
    try:
        assert heartbeat.flush() == 0
        tally.add(COUNTER, 1, now=AT)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE operations_sample_away RENAME TO operations_sample")

    assert heartbeat.flush() == 1
    assert Sample.objects.get().total == 2
    assert heartbeat.flush() == 0


def days(number):
    return dt.timedelta(days=number)


def test_pruning_thins_after_a_week_and_forgets_after_ninety_days(stored):
    old, thin, fresh = NOON - days(91), NOON - days(8), NOON - days(1)
    for start in (old, thin, fresh):
        for minute in range(0, 120, 10):
            at = start + dt.timedelta(minutes=minute)
            stored(SECONDS, at, 0.2, 4.0)
            stored(SECONDS, at, 1.0, label="/a")
    since, until = NOON - days(30), NOON
    before = reading.quantile(SECONDS, 0.9, since, until), reading.average(SECONDS, since, until)

    thinned, forgotten = prune(NOON)

    assert (thinned, forgotten) == (20, 24)
    assert Sample.objects.filter(minute__lt=NOON - days(90)).count() == 0
    hours = Sample.objects.filter(minute__lt=NOON - days(7), series__label="").order_by("minute")
    assert [(s.minute - thin, s.count, s.total) for s in hours] == [
        (dt.timedelta(), 12, pytest.approx(25.2)),
        (dt.timedelta(hours=1), 12, pytest.approx(25.2)),
    ]
    assert Sample.objects.filter(minute__gte=fresh, series__label="").count() == 12
    after = reading.quantile(SECONDS, 0.9, since, until), reading.average(SECONDS, since, until)
    assert after == pytest.approx(before)
    assert prune(NOON) == (0, 0)


def test_pruning_does_not_depend_on_the_zone_of_the_machine(stored, settings):
    from django.utils import timezone

    stored(COUNTER, NOON - days(8), 1)
    stored(COUNTER, NOON - days(8) + dt.timedelta(minutes=30), 1)
    with timezone.override("Asia/Kolkata"):  # half an hour aside
        assert prune(NOON) == (1, 0)

    assert Sample.objects.get().minute == NOON - days(8)


def test_pruning_in_pieces_keeps_the_sums(stored, monkeypatch):
    monkeypatch.setattr("apps.operations.metrics.collecting.MOST_AT_ONCE", 7)
    for minute in range(100):
        stored(COUNTER, NOON - days(8) + dt.timedelta(minutes=minute), 1)

    prune(NOON)

    assert Sample.objects.aggregate(whole=Sum("total"))["whole"] == 100
    assert Sample.objects.count() == 2
