"""What the monitor does for the store: look once a minute, keep it small, and ask as a user would.

collect(now)   reads every gauge and writes one row each; call it once a minute
prune(now)     thins minutes to hours after a week, forgets after 90 days; call it once a day
probe(url)     asks an address over HTTP and records whether it answered, and how fast
"""

from __future__ import annotations

import datetime as dt
import time
import urllib.error
import urllib.request
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from apps.operations.metrics import gauges, names, store
from apps.operations.metrics.host import Host
from apps.operations.metrics.tally import HOUR, MINUTE, Key, Row
from apps.operations.models import Sample, Series

KEPT = dt.timedelta(days=90)
IN_MINUTES = dt.timedelta(days=7)
MOST_AT_ONCE = 5000
PROBE_SECONDS = 10.0

_host = Host()


@dataclass(frozen=True)
class Probed:
    """What came of asking."""

    is_up: bool
    seconds: float
    status: int | None


def collect(now: dt.datetime) -> dict[str, float]:
    """Look at host, database, jobs and log-ins, and store what is seen under this minute.

    Gives the figures by name, with `name{label}` where a metric is split by a label. When the
    database is down they cannot be stored; they are given all the same, and `erp_database_up` is 0.
    """
    readings = [*_host.readings(), *gauges.of_database(now)]
    seen = {(f"{m.name}{{{label}}}" if label else m.name): value for m, label, value in readings}
    if seen[names.DATABASE_UP.name]:
        rows: dict[Key, Row] = defaultdict(Row)
        for metric, label, value in readings:
            rows[metric.name, label, _beginning(now, MINUTE)].add(value, metric.buckets)
        store.add(rows)
    return seen


def prune(now: dt.datetime) -> tuple[int, int]:
    """Thin and forget; gives how many rows were put together and how many were forgotten."""
    forgotten, _by_model = Sample.objects.filter(minute__lt=now - KEPT).delete()
    border = dt.datetime.fromtimestamp(_beginning(now - IN_MINUTES, HOUR), dt.UTC)
    thinned = 0
    for series in Series.objects.all():
        thinned += _thin(series, border)
    return thinned, forgotten


def probe(url: str, *, seconds: float = PROBE_SECONDS, now: dt.datetime | None = None) -> Probed:
    """Ask an address over HTTP as a user would, and record the outcome under this minute.

    Anything but an answer below 400 is a failure: refused, too late, wrong certificate, 503.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError(f"a probe asks http:// or https://, not {url!r}")
    started = time.perf_counter()
    status = _status_of(url, seconds)
    took = time.perf_counter() - started
    is_up = status is not None and status < 400
    rows: dict[Key, Row] = {}
    for metric, value in ((names.PROBE_SUCCESS, float(is_up)), (names.PROBE_SECONDS, took)):
        row = rows[metric.name, "", _beginning(now or dt.datetime.now(dt.UTC), MINUTE)] = Row()
        row.add(value, metric.buckets)
    store.add(rows)
    return Probed(is_up, took, status)


def _status_of(url: str, seconds: float) -> int | None:
    try:
        with urllib.request.urlopen(url, timeout=seconds) as answer:  # noqa: S310  # http(s) only, see probe
            answer.read(1)
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return int(error.code)
    except OSError:  # refused, reset, too late, unknown name, wrong certificate
        return None


def _thin(series: Series, border: dt.datetime) -> int:
    """Put the minutes of each hour into its first row, oldest first and a piece at a time.

    A piece moves in one transaction, so sums are the same at every moment, cut off or not.
    """
    put_together = 0
    while True:
        minutes = _not_yet_hours(series, border)
        if not minutes:
            return put_together
        rows: dict[Key, Row] = defaultdict(Row)
        for sample in minutes:
            hour = _beginning(sample.minute, HOUR)
            rows[series.metric, series.label, hour].merge(store.row_of(sample))
        with transaction.atomic():
            Sample.objects.filter(pk__in=[sample.pk for sample in minutes]).delete()
            store.add(rows)
        put_together += len(minutes)


def _not_yet_hours(series: Series, border: dt.datetime) -> list[Sample]:
    with timezone.override(dt.UTC):  # hours begin elsewhere in some zones
        found = Sample.objects.filter(series=series, minute__lt=border).exclude(minute__minute=0)
        return list(found.order_by("minute")[:MOST_AT_ONCE])


def _beginning(moment: dt.datetime, span: int) -> int:
    seconds = int(moment.timestamp())
    return seconds - seconds % span
