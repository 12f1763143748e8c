"""Times on pages of the help centre: `{% load support %}`."""

from __future__ import annotations

from django import template
from django.utils.translation import ngettext

register = template.Library()
HOUR, DAY = 60, 24 * 60


@register.filter
def duration(minutes: int) -> str:
    """Minutes in the largest unit that says it exactly: 15 minutes, 4 hours, 3 days."""
    if minutes % DAY == 0:
        count = minutes // DAY
        words = ngettext("%(count)d day", "%(count)d days", count)
    elif minutes % HOUR == 0:
        count = minutes // HOUR
        words = ngettext("%(count)d hour", "%(count)d hours", count)
    else:
        count = minutes
        words = ngettext("%(count)d minute", "%(count)d minutes", count)
    return words % {"count": count}
