"""Saying that something happened: once, for Prometheus and for the store."""

from __future__ import annotations

from apps.operations.metrics.heartbeat import heartbeat
from apps.operations.metrics.instruments import child
from apps.operations.metrics.names import Metric
from apps.operations.metrics.tally import tally


def count(metric: Metric, *labels: str, times: int = 1) -> None:
    """Something happened."""
    child(metric.name, labels).inc(times)
    for _time in range(times):
        tally.add(metric, 1, labels[0] if metric.by and labels else "")
    heartbeat.ensure()


def observe(metric: Metric, value: float, *labels: str) -> None:
    """Something took this long, or had this size."""
    child(metric.name, labels).observe(value)
    tally.add(metric, value, labels[0] if metric.by and labels else "")
    heartbeat.ensure()


def stand(metric: Metric, value: float) -> None:
    """Something of this process stands at a value now."""
    child(metric.name, ()).set(value)
    tally.add(metric, value)
