"""What rules and dashboards ask for is there: in the list of metrics, and on the page itself."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from apps.accounts.models import User
from apps.operations.alerting import lease
from apps.operations.metrics import measure, names
from apps.operations.metrics.names import METRICS, Kind
from apps.operations.models import BackupRun
from apps.requisitions.models import Requisition
from apps.support.models import TrainingCourse, TrainingRecord
from tests.deploy.programs import find, needs, run
from tests.operations.metrics.conftest import _empty_tally, stored  # noqa: F401  # fixtures
from tests.operations.prometheus import queries
from tests.procurement import factories as make

GIVEN = {"up", "ALERTS"}  # by Prometheus itself
ON_POSTGRES = {"erp_database_connections_limit", "erp_database_connections_ratio"}
ALL = [*queries.of_rules(), *queries.of_dashboards()]

READ = [
    ('max by (job) (erp_a{job="erp x"})', {"erp_a"}),
    ('sum by (job) ((a{x="y"} unless a{x="y"} offset 5m) and on (job) (up offset 5m == 1))',
     {"a", "up"}),
    ("rate(erp_b_total[5m]) / 2.5e3 > 14.4 * (1 - 0.995)", {"erp_b_total"}),
    ('label_replace(job:c:d5m and e >= 50, "of", "requests", "", "")', {"job:c:d5m", "e"}),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), READ)
def test_names_are_read_out_of_a_query(query, expected):
    assert queries.names_in(query) == expected


def series_of(metric: names.Metric) -> set[str]:
    """How a metric is called on the page."""
    if metric.kind is Kind.HISTOGRAM:
        return {f"{metric.name}_{part}" for part in ("bucket", "sum", "count")}
    return {metric.name}


def test_every_query_reads_metrics_that_exist():
    known = {name for metric in METRICS.values() for name in series_of(metric)}
    known |= GIVEN | queries.recorded()

    unknown = {
        (place, name)
        for place, query in ALL
        for name in queries.names_in(query)
        if name not in known
    }
    assert unknown == set()
    assert len(ALL) > 150


def test_every_query_names_the_job_of_the_rules():
    """Rules are for one job; without it they would add up what is not ours."""
    bare = [
        (place, query)
        for place, query in queries.of_rules()
        for name in queries.names_in(query)
        if name.startswith(("erp_", "up")) and f'{name}{{job="erp"' not in query
    ]
    assert bare == []


@needs("promtool")
def test_dashboards_ask_in_proper_promql(tmp_path: Path):
    rules = [
        {"record": f"check:panel:n{number}", "expr": query}
        for number, (_place, query) in enumerate(queries.of_dashboards())
    ]
    file = tmp_path / "dashboards.json"
    file.write_text(json.dumps({"groups": [{"name": "dashboards", "rules": rules}]}))

    result = run([str(find("promtool")), "check", "rules", str(file)])

    assert result.returncode == 0, result.stdout
    assert f"{len(rules)} rules found" in result.stdout


def everything_happens(store) -> None:
    """Each thing that is counted happens once, and everything there is to look at is there."""
    for metric in METRICS.values():
        labels = ["x"] * len(metric.labels)
        if metric.kind is Kind.COUNTER:
            measure.count(metric, *labels)
        elif metric.kind is Kind.HISTOGRAM:
            measure.observe(metric, 0.1, *labels)
        elif metric.per_process:
            measure.stand(metric, 1.0)
    now = timezone.now()
    for metric in (names.PROBE_SUCCESS, names.PROBE_SECONDS):
        store(metric.name, now.replace(second=0, microsecond=0), 1.0)
    lease.take("monitor", now)
    lease.beat("monitor", now)
    BackupRun.objects.create(
        outcome="complete", engine="sqlite", app_version="0.1.0", file_name="x.backup",
        sha256="0" * 64, started_at=now, finished_at=now, verified_at=now,
    )  # fmt: skip
    approved = make.make_requisition(make.make_department(), "approved")
    hour = timedelta(hours=1)
    Requisition.objects.filter(pk=approved.pk).update(
        submitted_at=now - 30 * hour, approved_at=now - 28 * hour
    )
    person = User.objects.create(username="trained", last_login=now)
    course = TrainingCourse.objects.create(code="c", name_en="C", role="engineer")
    TrainingRecord.objects.create(
        course=course, person=person, taken_at=now, correct=1, total=1, is_passed=True
    )


@pytest.mark.django_db(transaction=True)
def test_every_query_reads_what_the_page_has(stored):  # noqa: F811  # the fixture
    everything_happens(stored)

    page = Client().get("/metrics").content.decode()

    there = {
        sample.name for family in text_string_to_metric_families(page) for sample in family.samples
    }
    asked = {name for _place, query in ALL for name in queries.names_in(query)}
    asked -= GIVEN | queries.recorded()
    if connection.vendor == "sqlite":
        asked -= ON_POSTGRES
    assert asked - there == set()
    assert len(asked) > 40
