"""Reading the embedded store: what thresholds, alerts, reports and dashboards ask.

Metrics are named by `names.py` (the object, or its name as text); `since` is part of a span,
`until` is not. A span without a single measurement has no answer: None, never 0. Whoever decides on
it has to say what unknown means.

    average(m, since, until)            mean of all measurements (seconds of requests, CPU share)
    total(m, since, until)              how often a counter counted; the sum of anything else; 0.0
                                        when nothing was counted
    count(m, since, until)              how many measurements there are
    maximum(m, since, until)            the largest one
    ratio(part, whole, since, until)    total(part) / measurements of whole; None without any whole
    quantile(m, 0.95, since, until)     of a histogram, straight inside its bucket, as Prometheus
    share_above(m, edge, since, until)  share of a histogram above an edge of its buckets, exact
    series(m, since, until, step)       one Point for each step, in order, also for empty steps
    latest(m)                           the newest Point, when it is not older than `within`
    labels(m, since, until)             one Point for each label (route, reason, folder), by label
    uptime(since, until)                share of synthetic probes that were answered
    coverage(m, since, until)           share of the minutes with a measurement: how sure one may be

Every function takes `label=` where a metric is kept by a label as well: histograms of routes by
hour, gauges and counters by minute. A minute is complete about two seconds after its end. After
seven days only hours are left, so a span that begins inside of an hour begins with the next one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone

from apps.operations.metrics import names
from apps.operations.metrics.names import Kind, Metric, metric
from apps.operations.metrics.store import row_of
from apps.operations.metrics.tally import Row
from apps.operations.models import Sample

type Name = Metric | str

MINUTE = dt.timedelta(minutes=1)
FIGURES = ("count", "total", "minimum", "maximum")
IN_MINUTES = dt.timedelta(days=7)
NOT_OLDER = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Point:
    """What was measured in one step, or under one label."""

    at: dt.datetime
    count: int
    total: float
    minimum: float | None
    maximum: float | None
    label: str = ""

    @property
    def average(self) -> float | None:
        """The mean, or None when nothing was measured."""
        return self.total / self.count if self.count else None


def average(name: Name, since: dt.datetime, until: dt.datetime, *, label: str = "") -> float | None:
    """The mean of all measurements."""
    number, whole = _sums(name, since, until, label)
    return whole / number if number else None


def total(name: Name, since: dt.datetime, until: dt.datetime, *, label: str = "") -> float:
    """The sum of all measurements; for a counter, how often it counted."""
    return _sums(name, since, until, label)[1]


def count(name: Name, since: dt.datetime, until: dt.datetime, *, label: str = "") -> int:
    """How many measurements there are."""
    return _sums(name, since, until, label)[0]


def maximum(name: Name, since: dt.datetime, until: dt.datetime, *, label: str = "") -> float | None:
    """The largest measurement."""
    found = _rows(name, since, until, label).filter(count__gt=0)
    value: float | None = found.aggregate(value=Max("maximum"))["value"]
    return value


def ratio(part: Name, whole: Name, since: dt.datetime, until: dt.datetime) -> float | None:
    """How much of the whole the part is, such as errors of all requests."""
    number = count(whole, since, until)
    return total(part, since, until) / number if number else None


def quantile(
    name: Name, share: float, since: dt.datetime, until: dt.datetime, *, label: str = ""
) -> float | None:
    """The value this share of all measurements stays below; the last edge for what lies beyond."""
    row = _merged(name, since, until, label)
    if not row.count:
        return None
    edges, rank, below = metric(name).buckets, share * row.count, 0
    for place, number in enumerate(row.buckets):
        if number and below + number >= rank:
            if place >= len(edges):
                return edges[-1]
            lower = edges[place - 1] if place else 0.0
            return lower + (edges[place] - lower) * max(0.0, rank - below) / number
        below += number
    return edges[-1]


def share_above(
    name: Name, edge: float, since: dt.datetime, until: dt.datetime, *, label: str = ""
) -> float | None:
    """The share of measurements above an edge of the buckets. Raises ValueError for others."""
    place = metric(name).buckets.index(edge)
    row = _merged(name, since, until, label)
    return sum(row.buckets[place + 1 :]) / row.count if row.count else None


def series(
    name: Name, since: dt.datetime, until: dt.datetime, step: dt.timedelta, *, label: str = ""
) -> list[Point]:
    """One point for each step from `since` on; steps without a measurement have count 0."""
    steps: dict[int, Row] = defaultdict(Row)
    for minute, *figures in _rows(name, since, until, label).values_list("minute", *FIGURES):
        steps[(minute - since) // step].merge(Row(*figures))
    number = -((since - until) // step)
    return [_point(since + step * place, steps.get(place, Row())) for place in range(number)]


def latest(
    name: Name, *, label: str = "", within: dt.timedelta = NOT_OLDER, now: dt.datetime | None = None
) -> Point | None:
    """The newest minute with a measurement, unless it is too old to say anything about now."""
    now = now or timezone.now()
    found = _rows(name, now - within, now + MINUTE, label).filter(count__gt=0)
    newest = found.order_by("-minute").first()
    return None if newest is None else _point(newest.minute, row_of(newest))


def labels(name: Name, since: dt.datetime, until: dt.datetime) -> list[Point]:
    """One point for each label of the span, by label."""
    found = (
        _all_rows(name, since, until).exclude(series__label="").order_by("series__label", "minute")
    )
    rows: dict[str, Row] = defaultdict(Row)
    for label, *figures in found.values_list("series__label", *FIGURES):
        rows[label].merge(Row(*figures))
    return [_point(since, row, label) for label, row in rows.items()]


def uptime(since: dt.datetime, until: dt.datetime) -> float | None:
    """The share of synthetic probes that were answered."""
    return average(names.PROBE_SUCCESS, since, until)


def coverage(name: Name, since: dt.datetime, until: dt.datetime, *, label: str = "") -> float:
    """The share of the span that was measured: by minute, and by hour where only hours are left."""
    span = (until - since) // MINUTE
    if span <= 0:
        return 0.0
    border = min(max(timezone.now() - IN_MINUTES, since), until)
    is_recent = Q(minute__gte=border)
    rows = _rows(name, since, until, label).filter(count__gt=0)
    seen = rows.aggregate(recent=Count("pk", filter=is_recent), old=Count("pk", filter=~is_recent))
    return float(seen["recent"] + min(seen["old"] * 60, (border - since) // MINUTE)) / span


def _all_rows(name: Name, since: dt.datetime, until: dt.datetime) -> QuerySet[Sample]:
    rows = Sample.objects.filter(series__metric=metric(name).name)
    return rows.filter(minute__gte=since, minute__lt=until)


def _rows(name: Name, since: dt.datetime, until: dt.datetime, label: str) -> QuerySet[Sample]:
    return _all_rows(name, since, until).filter(series__label=label).order_by("minute")


def _sums(name: Name, since: dt.datetime, until: dt.datetime, label: str) -> tuple[int, float]:
    rows = _rows(name, since, until, label)
    sums = rows.aggregate(number=Sum("count", default=0), whole=Sum("total", default=0.0))
    return int(sums["number"]), float(sums["whole"])


def _merged(name: Name, since: dt.datetime, until: dt.datetime, label: str) -> Row:
    if metric(name).kind is not Kind.HISTOGRAM:
        raise ValueError(f"{metric(name).name} is no histogram")
    row = Row()
    for figures in _rows(name, since, until, label).values_list(*FIGURES, "buckets"):
        row.merge(Row(*figures))
    return row


def _point(at: dt.datetime, row: Row, label: str = "") -> Point:
    least, most = (row.minimum, row.maximum) if row.count else (None, None)
    return Point(at, row.count, row.total, least, most, label)
