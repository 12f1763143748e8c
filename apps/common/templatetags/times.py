"""Spans of time on pages, in one unit people can compare: `{% load times %}`."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import ngettext

register = template.Library()
HOUR, DAY = 60, 24 * 60


@register.filter
def duration(minutes: int) -> str:
    """Minutes in the largest unit that says it exactly: 15 minutes, 4 hours, 3 days."""
    if minutes and minutes % DAY == 0:
        count = minutes // DAY
        words = ngettext("%(count)d day", "%(count)d days", count)
    elif minutes and minutes % HOUR == 0:
        count = minutes // HOUR
        words = ngettext("%(count)d hour", "%(count)d hours", count)
    else:
        count = minutes
        words = ngettext("%(count)d minute", "%(count)d minutes", count)
    return words % {"count": count}


@register.filter
def distance(moment: datetime) -> str:
    """How far a moment is from now, before or after: whole days, then hours, then minutes."""
    minutes = int(abs((timezone.now() - moment).total_seconds()) // 60)
    unit = DAY if minutes >= DAY else HOUR if minutes >= HOUR else 1
    return duration(minutes - minutes % unit)
