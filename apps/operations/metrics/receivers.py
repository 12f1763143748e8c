"""Listening to requests and to business events, and counting them."""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from functools import partial
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from apps.common.events import Record
from apps.common.measuring import Measured
from apps.operations.alerting.rules import rules
from apps.operations.metrics import measure, names
from apps.operations.metrics.instruments import child

REASONS = {
    400: "validation",
    422: "validation",
    401: "authentication",
    403: "permission",
    404: "not_found",
    409: "conflict",
    412: "conflict",
    428: "conflict",
    413: "too_large",
    429: "throttled",
}
EVENTS = {
    "requisition.created": names.REQUISITIONS_CREATED,
    "requisition.submit": names.REQUISITIONS_SUBMITTED,
    "requisition.approve": names.REQUISITIONS_APPROVED,
    "purchaseorder.created": names.ORDERS_CREATED,
    "purchaseorder.converted": names.ORDERS_CREATED,
    "purchaseorder.issue": names.ORDERS_ISSUED,
    "user.login": names.LOGINS,
    "user.login_failed": names.LOGINS_FAILED,
    "user.locked_out": names.LOCKOUTS,
    "user.refresh_reused": names.TOKENS_REUSED,
}
DECISION = "approvaldecision."
GIVEN_OR_TAKEN = frozenset({"post_add", "post_remove", "pre_clear"})


def on_begun(sender: Any, **_kwargs: Any) -> None:
    """A request came in."""
    child(names.IN_FLIGHT.name, ()).inc()


def on_measured(sender: Any, measured: Measured, **_kwargs: Any) -> None:
    """A request is done. What watches is counted nowhere: it would drown the few who work."""
    child(names.IN_FLIGHT.name, ()).dec()
    if measured.is_watching:
        return
    route, status = measured.route, measured.status
    measure.observe(names.REQUEST_SECONDS, measured.seconds, route)
    measure.count(names.REQUESTS, measured.method, route, str(status))
    measure.observe(names.REQUEST_QUERIES, len(measured.query_seconds))
    for seconds in measured.query_seconds:
        measure.observe(names.QUERY_TIME, seconds)
    if status >= 500:
        measure.count(names.SERVER_ERRORS, route)
    elif status >= 400:
        measure.count(names.CLIENT_ERRORS, REASONS.get(status, "other"))
    if measured.seconds * 1000 >= settings.OPERATING.slow_request_ms:
        measure.count(names.SLOW_REQUESTS)


def on_exception(sender: Any, **_kwargs: Any) -> None:
    """A request failed with an exception; those of the database are told apart."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        measure.count(names.DATABASE_FAILURES)


def on_recorded(sender: Any, records: list[Record], **_kwargs: Any) -> None:
    """Services said what happened; it counts when it is committed."""
    found = Counter(record.event for record in records if is_counted(record.event))
    for event, times in found.items():
        transaction.on_commit(partial(count_event, event, times), robust=True)


def is_counted(event: str) -> bool:
    """Whether there is a metric for this event."""
    return event in EVENTS or event.startswith(DECISION)


def count_event(event: str, times: int) -> None:
    """Count a business event."""
    if event.startswith(DECISION):
        measure.count(names.APPROVALS_DECIDED, event.removeprefix(DECISION), times=times)
    else:
        measure.count(EVENTS[event], times=times)


def on_rights_changed(sender: Any, action: str, **_kwargs: Any) -> None:
    """Somebody got or lost a role or a right, through whichever door."""
    if action in GIVEN_OR_TAKEN:
        transaction.on_commit(partial(count_rights, timezone.now()), robust=True)


def count_rights(at: dt.datetime) -> None:
    """Count a change of rights under the hours it was made in."""
    is_open = rules().office.is_open(timezone.localtime(at))
    measure.count(names.PRIVILEGES_CHANGED, "office_hours" if is_open else "off_hours")
