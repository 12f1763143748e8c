"""Working time: Monday to Friday, 9 to 18 o'clock where the installation is, without holidays.

The calendar's entries move days both ways: a holiday takes a day off, a make-up day puts a weekend
day on. All functions take the moment from the caller, so that a clock can be tested.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from django.conf import settings

OPENS = dt.time(9)
CLOSES = dt.time(18)
WORKDAYS = frozenset(range(5))
LONGEST_DAYS = 3660  # a calendar without any working day must not search for ever

# True: worked, False: off; a day that is not there goes by its weekday.
Calendar = Mapping[dt.date, bool]


def zone() -> ZoneInfo:
    """Where the installation is."""
    return ZoneInfo(settings.USER_TIME_ZONE)


def is_working_day(day: dt.date, calendar: Calendar) -> bool:
    """Whether people are at work on a day."""
    return calendar.get(day, day.weekday() in WORKDAYS)


def add(start: dt.datetime, amount: dt.timedelta, calendar: Calendar) -> dt.datetime:
    """The moment when so much working time has passed since the start."""
    left = amount
    end = start
    for opens, closes in _windows(start, calendar):
        begins = max(opens, start)
        end = closes
        if closes - begins >= left:
            return (begins + left).astimezone(dt.UTC)
        left -= closes - begins
    return end.astimezone(dt.UTC)


def between(start: dt.datetime, end: dt.datetime, calendar: Calendar) -> dt.timedelta:
    """How much working time lies between two moments; none when the end is not after the start."""
    total = dt.timedelta()
    for opens, closes in _windows(start, calendar):
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, start), dt.timedelta())
    return total


def _windows(start: dt.datetime, calendar: Calendar) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Opening hours from the start's day on, in UTC, without those already over."""
    here = zone()
    first = start.astimezone(here).date()
    for offset in range(LONGEST_DAYS):
        day = first + dt.timedelta(days=offset)
        if not is_working_day(day, calendar):
            continue
        opens = dt.datetime.combine(day, OPENS, here).astimezone(dt.UTC)
        closes = dt.datetime.combine(day, CLOSES, here).astimezone(dt.UTC)
        if closes > start:
            yield opens, closes
