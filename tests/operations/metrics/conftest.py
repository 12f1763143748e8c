"""An empty tally and figures one can compare."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from apps.operations.metrics import store
from apps.operations.metrics.exposition import exposition
from apps.operations.metrics.names import metric
from apps.operations.metrics.tally import Row, tally

NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _empty_tally() -> Iterator[None]:
    """Figures of other tests are not ours."""
    tally.take()
    yield
    tally.take()


def exposed() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """What Prometheus would get now, read by the strict parser of the format."""
    text, _content_type = exposition("")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def value(figures: dict, name: str, **labels: str) -> float:
    """One figure, 0 when it is not there yet."""
    return figures.get((name, frozenset(labels.items())), 0.0)


@pytest.fixture
def stored() -> Callable[..., None]:
    """Store measurements under a minute."""

    def add(name: str, at: dt.datetime, *values: float, label: str = "") -> None:
        row = Row()
        for one in values:
            row.add(one, metric(name).buckets)
        store.add({(metric(name).name, label, int(at.timestamp())): row})

    return add
