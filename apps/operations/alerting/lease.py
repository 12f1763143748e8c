"""One monitor leads: a lease in the database, renewed each round, that ends by itself."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from apps.operations.models import MonitorLease

LENGTH = dt.timedelta(seconds=90)  # a dead leader is followed within the two minutes of an alert


def take(holder: str, now: dt.datetime) -> bool:
    """Take or renew the lease; False while another monitor holds it.

    One that ends later than any lease lasts was given by a clock that has gone back since.
    """
    row = {"holder": "", "expires_at": now}
    MonitorLease.objects.get_or_create(pk=1, defaults=row)
    is_free = Q(holder=holder) | Q(expires_at__lte=now) | Q(expires_at__gt=now + LENGTH)
    free = MonitorLease.objects.filter(is_free, pk=1)
    return bool(free.update(holder=holder, expires_at=now + LENGTH))


def beat(holder: str, now: dt.datetime) -> None:
    """A round is done: the sign of life others look at."""
    MonitorLease.objects.filter(pk=1, holder=holder).update(beat_at=now)


def release(holder: str, now: dt.datetime) -> None:
    """Let the next one lead at once."""
    MonitorLease.objects.filter(pk=1, holder=holder).update(expires_at=now)


def is_pruning_due(now: dt.datetime) -> bool:
    """Once a day; a day in the future was written by a clock that has gone back."""
    last = MonitorLease.objects.filter(pk=1).values_list("pruned_at", flat=True).first()
    return last is None or last > now or now - last >= dt.timedelta(days=1)


def pruned(now: dt.datetime) -> None:
    """Remember that it was done."""
    MonitorLease.objects.filter(pk=1).update(pruned_at=now)
