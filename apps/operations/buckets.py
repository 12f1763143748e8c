"""Grouping by time and measuring time inside the database, the quick way on both of them.

Django's own functions for dates are written in Python on SQLite and called once per row; what a
dashboard groups are tens of thousands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.db.models import Count, Func

HOUR, TEN_MINUTES = 13, 15  # how many signs of 2026-11-20 12:34 are alike inside of one
LENGTHS = {HOUR: 3600, TEN_MINUTES: 600}  # seconds

type Key = str | int  # as the database names a bucket


class Bucket(Func):
    """The hour, or the ten minutes, a moment lies in, in UTC; `begins_at` reads what comes back.

    Ten minutes fit into the days of every zone whose offset is a multiple of them, half hours
    included; hours are what the store of measurements keeps after a week.
    """

    output_field = models.CharField()

    def __init__(self, expression: Any, signs: int) -> None:
        super().__init__(expression, signs=int(signs))

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Moments are text there."""
        template = "substr(%(expressions)s, 1, %(signs)s)"
        return super().as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Seconds of the epoch the bucket begins at: writing dates for each row would be slow."""
        length = LENGTHS[self.extra["signs"]]
        template = f"floor(date_part('epoch', %(expressions)s) / {length})::bigint * {length}"
        return super().as_sql(compiler, connection, template=template, **more)


class HoursBetween(Func):
    """How many hours lie between two moments, the later one first."""

    output_field = models.FloatField()
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Days of the Julian calendar, exact to a millisecond."""
        return self._between(compiler, connection, "(julianday({}) - julianday({})) * 24.0")

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """An interval, in seconds."""
        return self._between(compiler, connection, "extract(epoch FROM ({} - {}))::float8 / 3600")

    def _between(self, compiler: Any, connection: Any, template: str) -> Any:
        parts = [compiler.compile(one) for one in self.get_source_expressions()]
        sql = template.format(*(text for text, _params in parts))
        return sql, tuple(param for _text, params in parts for param in params)


def begins_at(key: Key) -> dt.datetime:
    """The moment a bucket begins at."""
    if isinstance(key, int):
        return dt.datetime.fromtimestamp(key, dt.UTC)
    return dt.datetime.fromisoformat(f"{key}:00" if len(key) == HOUR else f"{key}0").replace(
        tzinfo=dt.UTC
    )


def signs_for(days: list[dt.date], zone: dt.tzinfo) -> int:
    """Hours where the zone's days begin with one, which are six times fewer; else ten minutes."""
    offsets = [dt.datetime.combine(day, dt.time.min, zone).utcoffset() for day in days]
    is_whole = all(not offset or not offset % dt.timedelta(hours=1) for offset in offsets)
    return HOUR if is_whole else TEN_MINUTES


def per_day(rows: Any, field: str, days: list[dt.date], zone: dt.tzinfo) -> list[int]:
    """How many rows have this moment on each of the local days, by one statement."""
    found = dict.fromkeys(days, 0)
    buckets = rows.order_by().values_list(Bucket(field, signs_for(days, zone)))
    for day, number in local(buckets.annotate(number=Count("pk")), zone):
        if day in found:
            found[day] += number
    return list(found.values())


def local(rows: Iterable[tuple[Key, int]], zone: dt.tzinfo) -> Iterator[tuple[dt.date, int]]:
    """Each bucket's local day with what is in it."""
    for key, number in rows:
        yield begins_at(key).astimezone(zone).date(), number
