"""When the product was launched last: what the calendar says about the watch after a release."""

from __future__ import annotations

import datetime as dt

from apps.operations.dashboards.limits import limits
from apps.support.models import CalendarEntry
from apps.support.states import EntryKind


def last_launch(now: dt.datetime) -> dt.datetime | None:
    """The beginning of the newest launch watch of the calendar; None without one."""
    begun = CalendarEntry.objects.filter(kind=EntryKind.WATCH, starts_at__lte=now)
    return begun.order_by("-starts_at").values_list("starts_at", flat=True).first()


def days_since_launch(now: dt.datetime) -> int | None:
    """The day after the launch, counted from 1, while the launch is recent."""
    launched = last_launch(now)
    if launched is None or now - launched > dt.timedelta(days=limits().recent_days):
        return None
    return (now - launched).days + 1
