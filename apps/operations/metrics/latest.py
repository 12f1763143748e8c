"""The newest look at several gauges by one statement, where it is fresh enough to say something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from apps.operations.metrics.names import Metric
from apps.operations.models import Sample

FRESH = dt.timedelta(minutes=3)  # as for alerts
MINUTE = dt.timedelta(minutes=1)


def latest(
    metrics: Iterable[Metric], now: dt.datetime, *, within: dt.timedelta = FRESH
) -> dict[str, float]:
    """By metric, the mean of its newest minute; one that was not looked at lately is missing."""
    rows = Sample.objects.filter(
        series__metric__in=[metric.name for metric in metrics],
        series__label="",
        minute__gte=now - within,
        minute__lt=now + MINUTE,
        count__gt=0,
    )
    found = rows.order_by("minute").values_list("series__metric", "total", "count")
    return {name: total / number for name, total, number in found}
