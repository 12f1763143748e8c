"""Several metrics over a long span by one statement: what trends are drawn from."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Sum

from apps.operations.buckets import HOUR, Bucket, begins_at
from apps.operations.metrics.names import Metric
from apps.operations.models import Sample

type Hours = dict[dt.datetime, Sums]


@dataclass
class Sums:
    """How many measurements there are, and what they add up to."""

    count: int = 0
    total: float = 0.0

    def add(self, other: Sums) -> None:
        """Take in another span."""
        self.count += other.count
        self.total += other.total

    @property
    def average(self) -> float | None:
        """The mean, or None when nothing was measured."""
        return self.total / self.count if self.count else None


def hourly(metrics: Iterable[Metric], since: dt.datetime, until: dt.datetime) -> dict[str, Hours]:
    """By metric, what was measured in each hour (UTC) that has a measurement."""
    wanted = [metric.name for metric in metrics]
    rows = (
        Sample.objects.filter(series__metric__in=wanted, series__label="")
        .filter(minute__gte=since, minute__lt=until)
        .order_by()
        .values_list("series__metric", Bucket("minute", HOUR))
        .annotate(number=Sum("count"), whole=Sum("total"))
    )
    found: dict[str, Hours] = {name: {} for name in wanted}
    for name, key, number, whole in rows:
        found[name][begins_at(key)] = Sums(int(number), float(whole))
    return found


def by_day(hours: Mapping[dt.datetime, Sums], zone: dt.tzinfo) -> dict[dt.date, Sums]:
    """The hours of each local day together; an hour belongs to the day it begins on."""
    days: dict[dt.date, Sums] = defaultdict(Sums)
    for moment, sums in hours.items():
        days[moment.astimezone(zone).date()].add(sums)
    return days
