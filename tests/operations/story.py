"""A week of work one can count by hand, in Shanghai: it is Friday, 20 November, 20:00 there."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from apps.accounts.models import User
from apps.operations.alerting.rules import rules
from apps.operations.metrics import names
from apps.operations.models import AlertState, MonitorLease
from apps.procurement.models import Allocation, PurchaseOrder
from apps.requisitions.models import Requisition
from apps.support.models import TrainingCourse, TrainingRecord
from tests.procurement import factories as make

ZONE = "Asia/Shanghai"
MINUTE = dt.timedelta(minutes=1)


def at(day: int, hour: int, minute: int = 0, second: int = 0, month: int = 11) -> dt.datetime:
    """A moment in UTC; the local day begins at 16:00 of the day before."""
    return dt.datetime(2026, month, day, hour, minute, second, tzinfo=dt.UTC)


NOW = at(20, 12, 0, 5)
# Each requisition: its state, when it was made, submitted, approved, and ordered.
REQUISITIONS = (
    # Made a second before midnight, approved after 4 hours; its 24 hours are not over.
    ("approved", at(19, 15, 59, 59), at(19, 16), at(19, 20), at(20, 10)),
    # Made at midnight.
    ("draft", at(19, 16), None, None, None),
    # Made and approved today, after 1 hour.
    ("approved", at(20, 10), at(20, 10), at(20, 11), None),
    # Approved after 10 hours, ordered after 23: in time.
    ("approved", at(10, 0), at(10, 0), at(10, 10), at(10, 23)),
    # Approved after 25 hours, ordered after 26: late.
    ("approved", at(10, 2), at(10, 2), at(11, 3), at(11, 4)),
    # Answered with no: nobody owes it an order.
    ("rejected", at(12, 0), at(12, 0), None, None),
    # Waits for its approval for a week.
    ("pending_approval", at(13, 0), at(13, 0), None, None),
    # Longer ago than a month, and therefore in no figure.
    ("approved", at(1, 0, month=10), at(1, 0, month=10), at(3, 0, month=10), at(3, 1, month=10)),
)
EXECUTIVE = {
    "status": ("Healthy", "good"),
    "active_users": ("3/4 (75%)", "off_target"),
    "transactions": ("2 requisitions", None),
    "response": ("2.10 s", "good"),
    "uptime": ("99.80%", "good"),
    "created": ("2", None),
    "approved": ("2", None),
    "orders": ("1", None),
    "approval_time": ("10.0 hours", "good"),  # (4 + 1 + 10 + 25) / 4
    "efficiency": ("33%", "critical"),  # one of three
}
TECHNICAL = {
    "processor": ("45%", "good"),
    "memory": ("82%", "off_target"),
    "disk_busy": ("25%", "good"),
    "network": ("85%", "warning"),
    "connections": ("48/50", "critical"),
    "response_time": ("2.03 s", "good"),
    "query_time": ("800 ms", "good"),
    "error_rate": ("1.2%", "good"),
    "sessions": ("23", None),
    "jobs": ("5 running", None),
}


def tell(stored: Any) -> None:
    """All of it: documents, people, measurements, and a monitor that has just looked."""
    write_documents()
    train(4, logged_in=3)
    look()
    measure(stored)


def write_documents(times: int = 1) -> None:
    """The requisitions above and their orders, and an order by hand from before midnight."""
    department = make.make_department()
    buyer = make.make_buyer(department)
    for _time in range(times):
        for state, made, submitted, approved, ordered in REQUISITIONS:
            requisition = make.make_requisition(department, state)
            line = make.make_line(requisition, "10")
            stamps = {"created_at": made, "submitted_at": submitted, "approved_at": approved}
            Requisition.objects.filter(pk=requisition.pk).update(**stamps)
            if ordered is not None:
                order(department, buyer, ordered, line)
        order(department, buyer, at(19, 15, 59, 59))


def order(department: Any, buyer: User, moment: dt.datetime, line: Any = None) -> None:
    """An order of a moment, for a line of a requisition or for none."""
    made = make.make_order(buyer, department)
    PurchaseOrder.objects.filter(pk=made.pk).update(created_at=moment)
    if line is not None:
        entry = Allocation.objects.create(
            requisition_line=line,
            order_line=made.lines.get(),
            quantity=Decimal(1),
            created_by=buyer,
        )
        Allocation.objects.filter(pk=entry.pk).update(created_at=moment)


def train(number: int, *, logged_in: int) -> None:
    """So many people with a valid training; the others logged in more than a day ago."""
    course = TrainingCourse.objects.create(code="BASICS", name="Basics", role="engineer")
    for place in range(number):
        hours = 1 if place < logged_in else 25
        person = make.make_user(last_login=NOW - dt.timedelta(hours=hours))
        TrainingRecord.objects.create(
            course=course, person=person, taken_at=at(1, 0), correct=1, total=1, is_passed=True
        )


def look(phase: str = "clear", **others: str) -> None:
    """What the monitor saw a moment ago: every alert clear, but for those that are named."""
    MonitorLease.objects.update_or_create(
        pk=1, defaults={"holder": "one", "expires_at": NOW, "beat_at": NOW - MINUTE}
    )
    for alert in rules().alerts:
        AlertState.objects.update_or_create(
            alert=alert,
            defaults={
                "phase": others.get(alert, phase),
                "since": NOW - 10 * MINUTE,
                "evaluated_at": NOW - MINUTE,
            },
        )


def measure(stored: Any) -> None:
    """What was measured lately, and what lies outside of every span."""
    hour = dt.timedelta(hours=1)
    stored(names.REQUEST_SECONDS, NOW - 25 * hour, 100.0)
    stored(names.REQUEST_SECONDS, NOW - 23 * hour, *[2.1514705882352941] * 340)
    stored(names.REQUEST_SECONDS, NOW - 2 * MINUTE, *[2.03] * 250)
    stored(names.SERVER_ERRORS, NOW - 2 * MINUTE, 1, 1, 1)
    stored(names.QUERY_TIME, NOW - 3 * MINUTE, 0.7, 0.9)
    stored(names.PROBE_SUCCESS, at(31, 15, 59, month=10), *[0.0] * 100)
    stored(names.PROBE_SUCCESS, at(31, 16, month=10), 0.0, *[1.0] * 499)
    stored(names.PROBE_SUCCESS, NOW - MINUTE, 0.0, *[1.0] * 499)
    stored(names.LOGINS, NOW - hour, 1, 1, 1)
    stored(names.HOST_CPU, NOW - 2 * MINUTE, 0.99)
    for metric, value in (
        (names.HOST_CPU, 0.45),
        (names.HOST_MEMORY, 0.82),
        (names.HOST_DISK_BUSY, 0.25),
        (names.HOST_NETWORK, 0.85),
        (names.DATABASE_CONNECTIONS, 48),
        (names.DATABASE_CONNECTIONS_LIMIT, 50),
        (names.DATABASE_CONNECTIONS_RATIO, 0.96),
        (names.SESSIONS, 20),
        (names.API_SESSIONS, 3),
        (names.TASKS_RUNNING, 5),
        (names.TASKS_WAITING, 2),
        (names.TASKS_OLDEST, 0),
        (names.OUTBOX_OLDEST, 0),
    ):
        stored(metric, NOW - MINUTE, value)
