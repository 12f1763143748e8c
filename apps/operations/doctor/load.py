"""Whether the database is too busy: connections, pools, locks, statements that take long."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.operations.doctor.answers import Answer, check, fault, warn, well
from apps.operations.metrics import names, reading

MANY, TOO_MANY = 0.80, 0.90  # shares of the connections allowed, as in the readiness document
LONG_SECONDS = 5
WINDOW = timedelta(minutes=15)
RUNBOOK = "docs/en/operations/runbooks/database.md"
CONNECTIONS = """
    SELECT count(*), current_setting('max_connections')::int
         - current_setting('superuser_reserved_connections')::int
    FROM pg_stat_activity WHERE backend_type = 'client backend'"""
WAITING = """
    SELECT pid, (pg_blocking_pids(pid))[1],
           extract(epoch FROM clock_timestamp() - query_start)::float
    FROM pg_stat_activity
    WHERE cardinality(pg_blocking_pids(pid)) > 0 ORDER BY query_start LIMIT 5"""
RUNNING = """
    SELECT pid, state, extract(epoch FROM clock_timestamp() - xact_start)::float
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND backend_type = 'client backend' AND xact_start IS NOT NULL
      AND clock_timestamp() - xact_start > make_interval(secs => %s)
    ORDER BY xact_start LIMIT 5"""


@check("database.connections", "database", "slow", label=gettext_lazy("connections"))
def connections() -> Answer:
    """How many of the connections the server allows are taken."""
    if connection.vendor != "postgresql":
        return well(_("A file has no limit of connections."))
    with connection.cursor() as cursor:
        cursor.execute(CONNECTIONS)
        used, limit = cursor.fetchone()
    share = used / limit
    figures = {"used": used, "limit": limit, "share": round(share, 3)}
    said = _("%(used)d of %(limit)d connections are taken.") % figures
    if share >= TOO_MANY:
        return fault("connections_near_limit", said, RUNBOOK, **figures)
    if share >= MANY:
        return warn("connections_near_limit", said, RUNBOOK, **figures)
    return well(said, **figures)


@check("database.pool", "database", "slow", label=gettext_lazy("the pool of connections"))
def pool() -> Answer:
    """Whether requests wait for a connection, as the web processes told the store."""
    configured = settings.DATABASES["default"].get("OPTIONS", {}).get("pool") or {}
    figures = {"size": configured.get("max_size", 0)}
    waiting = reading.latest(names.POOL_WAITING)
    if waiting is not None and waiting.maximum:
        figures["waiting"] = int(waiting.maximum)
        said = _("Requests wait for a connection: the pool of %(size)d is too small or held.")
        return fault("pool_exhausted", said % figures, f"ERP_DATABASE_POOL; {RUNBOOK}", **figures)
    if not configured:
        return well(_("No pool of our own is used."), **figures)
    return well(_("Nobody waits for one of the %(size)d connections.") % figures, **figures)


@check("database.locks", "database", "slow", label=gettext_lazy("locks"))
def locks() -> Answer:
    """Whether one session holds up others."""
    if connection.vendor != "postgresql":
        return well(_("A file has one writer at a time; nobody is held up now."))
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        rows = cursor.fetchall()
    if not rows:
        return well(_("Nobody waits for a lock."))
    _waits, holds, seconds = rows[0]
    said = _("Session %(holds)d holds a lock that %(count)d others wait for.")
    step = f'psql -X -d erp -c "SELECT pg_terminate_backend({holds})"'
    figures = {"holder": holds, "waiting": len(rows), "seconds": round(seconds or 0, 1)}
    return fault("locks_waiting", said % {"holds": holds, "count": len(rows)}, step, **figures)


@check("database.long", "database", "slow", label=gettext_lazy("transactions that take long"))
def long_transactions() -> Answer:
    """What has been open for seconds, at work or forgotten."""
    if connection.vendor != "postgresql":
        return well(_("The database does not list what is running."))
    with connection.cursor() as cursor:
        cursor.execute(RUNNING, [LONG_SECONDS])
        rows = cursor.fetchall()
    if not rows:
        return well(_("No transaction has been open for long."))
    holder, state, seconds = rows[0]
    said = _("Session %(pid)d has had a transaction open for %(seconds)d s (%(state)s).")
    step = f'psql -X -d erp -c "SELECT pg_cancel_backend({holder})"'
    figures = {"pid": holder, "state": state, "seconds": round(seconds, 1), "count": len(rows)}
    return warn("transaction_long", said % figures, step, **figures)


@check("slow.statements", "slow", label=gettext_lazy("slow statements"))
def statements() -> Answer:
    """What the log of slow statements would show, as figures of the last quarter of an hour."""
    now = timezone.now()
    found = {
        "longest_seconds": reading.maximum(names.QUERY_TIME, now - WINDOW, now),
        "share_above_1s": reading.share_above(names.QUERY_TIME, 1.0, now - WINDOW, now),
    }
    figures = {name: round(value, 3) for name, value in found.items() if value is not None}
    if not figures:
        return well(_("No statement was measured in the last 15 minutes."))
    if figures["longest_seconds"] >= settings.OPERATING.slow_query_ms / 1000:
        said = _("Statements are slow: the longest took %(longest_seconds).1f s.") % figures
        step = "journalctl -u erp-web --since -15min --grep 'slow.query'"
        return warn("slow_statements", said, step, **figures)
    return well(_("No slow statement in the last 15 minutes."), **figures)


@check("slow.requests", "slow", label=gettext_lazy("slow requests"))
def requests() -> Answer:
    """How long requests took in the last quarter of an hour."""
    now = timezone.now()
    average = reading.average(names.REQUEST_SECONDS, now - WINDOW, now)
    if average is None:
        return well(_("No request was measured in the last 15 minutes."))
    figures = {
        "average_seconds": round(average, 3),
        "slow": int(reading.total(names.SLOW_REQUESTS, now - WINDOW, now)),
    }
    said = _("Requests took %(average_seconds).2f s on average; %(slow)d were slow.") % figures
    if average > 2.5:
        step = "journalctl -u erp-web --since -1h --grep 'slow.request'"
        return warn("slow_requests", said, step, **figures)
    return well(said, **figures)
