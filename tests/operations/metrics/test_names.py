"""The list of metrics: names that last, units that are said."""

import re

import pytest

from apps.operations.metrics.names import METRICS, QUERY_SECONDS, SECONDS, Kind
from apps.operations.models import Series


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_name_says_what_it_is(metric):
    assert re.fullmatch(r"erp_[a-z][a-z0-9_]*", metric.name)
    assert metric.name.endswith("_total") is (metric.kind is Kind.COUNTER)
    assert metric.help.endswith(".")
    assert bool(metric.buckets) is (metric.kind is Kind.HISTOGRAM)
    assert list(metric.buckets) == sorted(set(metric.buckets))
    assert len(metric.name) <= Series._meta.get_field("metric").max_length
    assert not metric.by or metric.by in metric.labels
    units = {"seconds": "_seconds", "bytes": "_bytes", "ratio": "_ratio", "bytes/s": "_per_second"}
    assert metric.name.endswith(units.get(metric.unit, ""))


def test_thresholds_of_the_document_are_edges():
    assert {0.3, 1.0, 2.5, 3.0, 5.0} <= set(SECONDS)
    assert {1.0, 2.0, 5.0} <= set(QUERY_SECONDS)
