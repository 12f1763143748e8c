"""What is looked at: the database, the jobs that wait, and what one process sees of itself.

Everything here is read on a short connection; a database that hangs must not hang its watcher.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import psutil
from auditlog import get_logentry_model
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import Error, connection
from django.db.models import Count, Min
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from apps.accounts.models import ApiSession
from apps.common.models import OutboxMessage
from apps.operations.alerting.people_and_backups import adoption, backup_age
from apps.operations.alerting.rules import rules
from apps.operations.dashboards import business
from apps.operations.dashboards.days import last_days
from apps.operations.metrics import names, reading
from apps.operations.metrics.names import Metric
from apps.operations.models import MonitorLease
from apps.operations.short_connection import short_transaction

FRESH = dt.timedelta(minutes=3)  # an older probe says nothing about now

OF_WORK = "operations.figuresof_work"
OF_WORK_SECONDS = 300  # they look at a month of documents, and every process is asked

type Figure = tuple[Metric, float]
type Reading = tuple[Metric, str, float]  # with the label


def of_database(now: dt.datetime | None = None) -> list[Reading]:
    """Everything the database can tell; only that it is down when it is down."""
    try:
        with short_transaction() as wrapper:
            found = [*_server(wrapper), *_waiting(now or timezone.now()), *_log_ins()]
    except Error:
        return [(names.DATABASE_UP, "", 0.0)]
    return [(names.DATABASE_UP, "", 1.0), *((metric, "", float(value)) for metric, value in found)]


def of_records(now: dt.datetime | None = None) -> list[Reading]:
    """What the monitor, backups and trainings wrote down: for Prometheus, never stored again.

    Every process tells the same, so the probe is there wherever the monitor runs.
    """
    now = now or timezone.now()
    try:
        with short_transaction():
            return [(metric, "", value) for metric, value in _recorded(now) if value is not None]
    except Error:
        return []


def _recorded(now: dt.datetime) -> Iterator[tuple[Metric, float | None]]:
    for metric in (names.PROBE_SUCCESS, names.PROBE_SECONDS):
        point = reading.latest(metric, within=FRESH, now=now)
        yield metric, None if point is None else point.average
    hours = next(
        (one.hours for rule in rules().alerts.values() for one in rule.any if one.hours), 24
    )
    yield names.ADOPTION, adoption(now - dt.timedelta(hours=hours), now)
    age = backup_age(now)
    yield names.BACKUP_AGE, None if age is None else age * 3600
    found = cache.get_or_set(OF_WORK, lambda: of_work(now), OF_WORK_SECONDS) or (None, None)
    yield names.APPROVAL_HOURS, found[0]
    yield names.ORDERED_IN_TIME, found[1]


def of_work(now: dt.datetime) -> tuple[float | None, float | None]:
    """The two figures of the executive dashboard that are no counts, as that one has them."""
    days = last_days(now, 1)
    return business.approvals(now, days).mean, business.efficiency(now, days).share


def of_process() -> Iterator[Figure]:
    """The pool of this process, when it has one, and its memory."""
    yield names.PROCESS_BYTES, float(psutil.Process().memory_info().rss)
    pool = getattr(connection, "_connection_pools", {}).get(connection.alias)
    if pool is not None:
        state = pool.get_stats()
        yield names.POOL_SIZE, float(state.get("pool_size", 0))
        yield names.POOL_FREE, float(state.get("pool_available", 0))
        yield names.POOL_WAITING, float(state.get("requests_waiting", 0))


def _server(wrapper: Any) -> Iterator[Figure]:
    """Connections and size; a file has one user at a time and no limit."""
    with wrapper.cursor() as cursor:
        if wrapper.vendor != "postgresql":
            cursor.execute(
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            )
            yield names.DATABASE_BYTES, cursor.fetchone()[0]
            yield names.DATABASE_CONNECTIONS, 1
            return
        cursor.execute(
            "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),"
            " current_setting('max_connections')::int, pg_database_size(current_database())"
        )
        used, limit, size = cursor.fetchone()
    yield names.DATABASE_CONNECTIONS, used
    yield names.DATABASE_CONNECTIONS_LIMIT, limit
    yield names.DATABASE_CONNECTIONS_RATIO, used / limit
    yield names.DATABASE_BYTES, size


def _waiting(now: dt.datetime) -> Iterator[Figure]:
    """Jobs and messages."""
    tasks = DBTaskResult.objects
    due = tasks.ready().aggregate(number=Count("pk"), oldest=Min("enqueued_at"))
    yield names.TASKS_WAITING, due["number"]
    yield names.TASKS_OLDEST, _age(due["oldest"], now)
    yield names.TASKS_RUNNING, tasks.running().count()
    yield names.TASKS_FAILED, tasks.failed().count()
    messages, status = OutboxMessage.objects, OutboxMessage.Status
    unsent = messages.filter(status=status.PENDING, available_at__lte=now)
    found = unsent.aggregate(number=Count("pk"), oldest=Min("created_at"))
    yield names.OUTBOX_WAITING, found["number"]
    yield names.OUTBOX_OLDEST, _age(found["oldest"], now)
    yield names.OUTBOX_FAILED, messages.filter(status=status.FAILED).count()


def _log_ins() -> Iterator[Figure]:
    """Who is in, and how far the audit has come."""
    now = timezone.now()
    yield names.SESSIONS, Session.objects.filter(expire_date__gt=now).count()
    of_api = ApiSession.objects.filter(expires_at__gt=now, revoked_at=None)
    yield names.API_SESSIONS, of_api.count()
    newest = get_logentry_model().objects.order_by("-id").values_list("id", flat=True).first()
    yield names.AUDIT_NEWEST, newest or 0
    beat = MonitorLease.objects.values_list("beat_at", flat=True).first()
    if beat is not None:
        yield names.MONITOR_AGE, _age(beat, now)


def _age(since: dt.datetime | None, now: dt.datetime) -> float:
    """Seconds since then; nothing waits when there is no then."""
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
