"""How moments, times, figures and the way to a runbook look on the pages of operation."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.support.services import runbooks

HOUR, DAY = 3600, 86400


def moment(at: dt.datetime | None) -> str:
    """A moment as people write it, in the reader's time."""
    return "–" if at is None else date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


def seconds_of(seconds: float) -> str:
    """A time as one would say it."""
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": number_format(round(seconds, 1), decimal_pos=1)}
    if seconds < HOUR:
        minutes, rest = divmod(round(seconds), 60)
        return _("%(minutes)d min %(seconds)02d s") % {"minutes": minutes, "seconds": rest}
    hours, minutes = divmod(round(seconds / 60), 60)
    return _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}


def figure(value: float | None) -> str:
    """A measured figure without digits nobody measured."""
    return (
        "–"
        if value is None
        else number_format(f"{value:.4g}" if abs(value) < 1e4 else round(value))
    )


def runbook_link(slug: str) -> SafeString:
    """The way to a runbook, by its title in the reader's language."""
    page = runbooks.find(slug, address=str)
    address = reverse("support:runbook", args=[slug])
    return format_html('<a href="{}">{}</a>', address, page.title if page else slug)
