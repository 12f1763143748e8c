"""Days and months as the viewer has them: they begin at local midnight."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

DAYS = 30  # what trends by day, means and shares of the business look back on


@dataclass(frozen=True)
class Span:
    """From a moment to another, which is not part of it."""

    since: dt.datetime
    until: dt.datetime


def day(date: dt.date) -> Span:
    """A local day; those of a change of clocks are an hour longer or shorter."""
    return Span(_midnight(date), _midnight(date + dt.timedelta(days=1)))


def today(now: dt.datetime) -> Span:
    """The local day of a moment."""
    return day(timezone.localdate(now))


def month(now: dt.datetime) -> Span:
    """The local month so far."""
    return Span(_midnight(timezone.localdate(now).replace(day=1)), now)


def last_days(now: dt.datetime, number: int = DAYS) -> list[dt.date]:
    """So many local days, the last one being today."""
    last = timezone.localdate(now)
    return [last - dt.timedelta(days=back) for back in reversed(range(number))]


def _midnight(date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date, dt.time.min, timezone.get_current_timezone())
