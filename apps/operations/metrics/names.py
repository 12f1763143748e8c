"""Every metric there is: the one list. Names are a contract with rules, dashboards and alerts.

Counters and histograms are added up from what happens; gauges are looked at. `stored` says what the
embedded store keeps: the whole by minute, and where `by` names a label, that label too (by minute
for gauges, by hour for histograms).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a metric behaves."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True)
class Metric:
    """One metric: what it says, in which unit, split by which labels."""

    name: str
    kind: Kind
    help: str
    unit: str = ""
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    by: str = ""
    per_process: bool = False


def counter(name: str, help_text: str, *labels: str, by: str = "") -> Metric:
    """Something that happens."""
    return Metric(f"erp_{name}_total", Kind.COUNTER, help_text, labels=labels, by=by)


def gauge(
    name: str, help_text: str, unit: str = "", *, by: str = "", per_process: bool = False
) -> Metric:
    """Something that stands at a value."""
    labels = (by,) if by else ()
    full = f"erp_{name}"
    return Metric(full, Kind.GAUGE, help_text, unit, labels, by=by, per_process=per_process)


# The thresholds of the readiness document are edges, so that a share above one is exact.
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 2.5, 3.0, 5.0, 10.0, 30.0)
QUERY_SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.3, 1.0, 2.0, 2.5, 3.0, 5.0, 10.0)
QUERIES = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0)

REQUEST_SECONDS = Metric(
    "erp_http_request_duration_seconds",
    Kind.HISTOGRAM,
    "How long requests took, by route; probes and static files are not among them.",
    "seconds",
    ("route",),
    SECONDS,
    by="route",
)
REQUEST_QUERIES = Metric(
    "erp_http_request_queries",
    Kind.HISTOGRAM,
    "How many statements a request sent to the database.",
    buckets=QUERIES,
)
QUERY_TIME = Metric(
    "erp_database_query_duration_seconds",
    Kind.HISTOGRAM,
    "How long one statement took, as the application waited for it.",
    "seconds",
    buckets=QUERY_SECONDS,
)
REQUESTS = counter(
    "http_requests", "Requests, by method, route and status.", "method", "route", "status"
)
SERVER_ERRORS = counter("http_server_errors", "Requests answered with 5xx.", "route")
CLIENT_ERRORS = counter(
    "http_client_errors",
    "Requests answered with 4xx, by what was wrong.",
    "reason",
    by="reason",
)
SLOW_REQUESTS = counter("http_slow_requests", "Requests slower than ERP_SLOW_REQUEST_MS.")
IN_FLIGHT = gauge("http_requests_in_flight", "Requests being worked on now.", per_process=True)

DATABASE_FAILURES = counter(
    "database_failures", "Requests that failed because the database did not serve them."
)
DATABASE_UP = gauge("database_up", "1 when the database answers, 0 when it does not.")
DATABASE_CONNECTIONS = gauge("database_connections", "Connections to the database server.")
DATABASE_CONNECTIONS_LIMIT = gauge(
    "database_connections_limit", "Connections the server allows (max_connections)."
)
DATABASE_CONNECTIONS_RATIO = gauge(
    "database_connections_ratio", "Connections as a share of those allowed.", "ratio"
)
DATABASE_BYTES = gauge("database_size_bytes", "Size of the database.", "bytes")
POOL_SIZE = gauge("database_pool_size", "Connections in the pools.", per_process=True)
POOL_FREE = gauge("database_pool_available", "Connections nobody uses.", per_process=True)
POOL_WAITING = gauge(
    "database_pool_waiting", "Requests waiting for a connection of the pool.", per_process=True
)

TASKS_WAITING = gauge("tasks_waiting", "Background jobs that are due and not begun.")
TASKS_RUNNING = gauge("tasks_running", "Background jobs being worked on.")
TASKS_FAILED = gauge("tasks_failed", "Background jobs that failed and are still kept.")
TASKS_OLDEST = gauge("tasks_oldest_seconds", "How long the oldest due job has waited.", "seconds")
OUTBOX_WAITING = gauge("outbox_waiting", "Messages that are due and not sent.")
OUTBOX_FAILED = gauge("outbox_failed", "Messages given up after all attempts.")
OUTBOX_OLDEST = gauge("outbox_oldest_seconds", "How long the oldest due message waits.", "seconds")
SESSIONS = gauge("sessions_active", "Log-ins of people that have not ended.")
API_SESSIONS = gauge("api_sessions_active", "Log-ins over the API that have not ended.")
AUDIT_NEWEST = gauge("audit_newest_entry", "Number of the newest audit entry; it only grows.")

REQUISITIONS_CREATED = counter("requisitions_created", "Requisitions made.")
REQUISITIONS_SUBMITTED = counter("requisitions_submitted", "Requisitions submitted.")
REQUISITIONS_APPROVED = counter("requisitions_approved", "Requisitions approved.")
ORDERS_CREATED = counter("orders_created", "Purchase orders made.")
ORDERS_ISSUED = counter("orders_issued", "Purchase orders issued to suppliers.")
APPROVALS_DECIDED = counter(
    "approvals_decided", "Decisions of approvers, by verdict.", "verdict", by="verdict"
)
APPROVAL_HOURS = gauge(
    "approval_hours_mean", "Mean hours from submission to approval, last 30 days.", "hours"
)
ORDERED_IN_TIME = gauge(
    "ordered_in_time_ratio",
    "Share of the requisitions of the last 30 days that had an order within 24 hours.",
    "ratio",
)
LOGINS = counter("logins", "Log-ins.")
LOGINS_FAILED = counter("logins_failed", "Log-ins with a wrong name or password.")
LOCKOUTS = counter("lockouts", "Log-ins locked after too many failures.")
TOKENS_REUSED = counter("refresh_tokens_reused", "Refresh tokens shown again: two hold one log-in.")
PRIVILEGES_CHANGED = counter(
    "privilege_changes", "Rights given or taken, in office hours or off them.", "hours", by="hours"
)

HOST_CPU = gauge("host_cpu_ratio", "Share of processor time in use.", "ratio")
HOST_LOAD = gauge("host_load1", "Processes that want to run, over the last minute.")
HOST_MEMORY = gauge("host_memory_ratio", "Share of memory in use.", "ratio")
HOST_DISK = gauge("host_disk_ratio", "Share of a disk in use.", "ratio", by="folder")
HOST_DISK_FREE = gauge("host_disk_free_bytes", "Room left on a disk.", "bytes", by="folder")
HOST_DISK_BUSY = gauge("host_disk_busy_ratio", "Share of time the disks were busy.", "ratio")
HOST_DISK_READ = gauge("host_disk_read_bytes_per_second", "Read from disks.", "bytes/s")
HOST_DISK_WRITTEN = gauge("host_disk_written_bytes_per_second", "Written to disks.", "bytes/s")
HOST_NETWORK_IN = gauge("host_network_received_bytes_per_second", "Received.", "bytes/s")
HOST_NETWORK_OUT = gauge("host_network_sent_bytes_per_second", "Sent.", "bytes/s")
HOST_NETWORK = gauge(
    "host_network_ratio",
    "Traffic as a share of what the fastest link carries; 1 Gbit/s where it does not say.",
    "ratio",
)
PROCESS_BYTES = gauge(
    "process_resident_bytes", "Memory of the application's processes.", "bytes", per_process=True
)

PROBE_SUCCESS = gauge("probe_success", "1 when the synthetic probe was answered, 0 when not.")
PROBE_SECONDS = gauge("probe_duration_seconds", "How long its answer took.", "seconds")
MONITOR_AGE = gauge(
    "monitor_beat_age_seconds", "How long ago the monitor did its last round.", "seconds"
)
ADOPTION = gauge(
    "trained_people_active_ratio", "Share of trained people who logged in of late.", "ratio"
)
BACKUP_AGE = gauge(
    "backup_proved_age_seconds",
    "How old the newest backup is that was restored and compared.",
    "seconds",
)

METRICS = {
    metric.name: metric for metric in tuple(globals().values()) if isinstance(metric, Metric)
}


def metric(name: str | Metric) -> Metric:
    """The metric of this name. Raises KeyError."""
    return name if isinstance(name, Metric) else METRICS[name]
