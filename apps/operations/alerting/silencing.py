"""Whether an alert may wake anybody now."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from apps.operations.alerting.rules import AlertRule
from apps.operations.models import Silence


def is_silent(rule: AlertRule, now: dt.datetime) -> bool:
    """By a silence of its own; by a maintenance window, unless it is about security."""
    whose = Q(alert=rule.name) if rule.is_security else Q(alert=rule.name) | Q(alert="")
    return Silence.objects.filter(whose, starts_at__lte=now, ends_at__gt=now).exists()
