"""What a digest looks back on: the last complete day or week of the site, and what came before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings

from apps.operations.dashboards.days import Span
from apps.operations.models import DigestRun

WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Look:
    """A complete day or week, and the seven days before it to compare with."""

    period: str
    first: dt.date
    days: int
    span: Span
    before: Span

    @property
    def last(self) -> dt.date:
        """The last day of it."""
        return self.first + dt.timedelta(days=self.days - 1)


def look(period: str, now: dt.datetime) -> Look:
    """Yesterday, or the last week from Monday to Sunday, as the site has its days."""
    zone = ZoneInfo(settings.USER_TIME_ZONE)
    today = now.astimezone(zone).date()
    if period == DigestRun.Period.DAILY:
        first, end = today - DAY, today
    else:
        end = today - dt.timedelta(days=today.weekday())
        first = end - WEEK
    span = Span(_midnight(first, zone), _midnight(end, zone))
    before = Span(_midnight(first - WEEK, zone), span.since)
    return Look(period, first, (end - first).days, span, before)


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, zone)
