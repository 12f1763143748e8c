"""Figures no counter has: how many of those who were trained work, and how old the backup is."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q
from django.utils import timezone

from apps.accounts.models import User
from apps.operations.models import BackupRun
from apps.support.models import TrainingRecord


def active_and_trained(since: dt.datetime, now: dt.datetime) -> tuple[int, int]:
    """How many trained people logged in since then, and how many are trained."""
    valid = TrainingRecord.objects.valid(timezone.localdate(now))
    people = User.objects.filter(is_active=True, pk__in=valid.values("person"))
    active = Count("pk", filter=Q(last_login__gte=since))
    found = people.order_by().aggregate(active=active, trained=Count("pk"))
    return found["active"], found["trained"]


def adoption(since: dt.datetime, now: dt.datetime) -> float | None:
    """The share of trained people who logged in since then; None while nobody is trained."""
    active, trained = active_and_trained(since, now)
    return active / trained if trained else None


def backup_age(now: dt.datetime) -> float | None:
    """Hours since the newest backup that was restored and compared was made; None without one."""
    proved = BackupRun.objects.filter(verified_at__isnull=False, removed_at=None)
    newest = proved.order_by("-started_at").values_list("started_at", flat=True).first()
    return None if newest is None else max(0.0, (now - newest).total_seconds() / 3600)
