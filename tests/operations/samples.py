"""Measurements as the monitor would have stored them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from apps.operations.metrics import store
from apps.operations.metrics.names import metric
from apps.operations.metrics.tally import Row


def store_samples(name: Any, at: dt.datetime, *values: float, label: str = "") -> None:
    """Store values of a metric under the minute of a moment."""
    row = Row()
    for one in values:
        row.add(one, metric(name).buckets)
    seconds = int(at.timestamp())
    store.add({(metric(name).name, label, seconds - seconds % 60): row})
