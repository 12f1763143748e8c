"""The timeline of an incident, and the post-mortem written from it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.operations.alerting.titles import ALERTS
from apps.operations.models import Incident, IncidentEvent

WORDS = {
    "opened": gettext_lazy("opened"),
    "acknowledged": gettext_lazy("acknowledged"),
    "escalated": gettext_lazy("gone to the next level"),
    "unheard": gettext_lazy("nobody could be told"),
    "resolved": gettext_lazy("resolved"),
    "cleared": gettext_lazy("fine again by itself"),
    "reopened": gettext_lazy("fired again"),
    "moved": gettext_lazy("the clock went back; times start anew"),
}


def add(incident: Incident, what: str, *, at: dt.datetime, by: Any = None, text: str = "") -> None:
    """Write one line."""
    line = IncidentEvent(
        incident=incident, at=at, what=what, level=incident.level, by=by, text=text
    )
    line.full_clean()
    line.save()


def lines(incident: Incident) -> list[str]:
    """The timeline as text, in the reader's language and time."""
    return [_line(event) for event in incident.timeline.select_related("by")]


def post_mortem(incident: Incident) -> str:
    """The page to fill in after an incident: what is known is there, what is not is asked."""
    ended = incident.resolved_at or timezone.now()
    minutes = max(0, int((ended - incident.opened_at).total_seconds() // 60))
    title = str(ALERTS.get(incident.alert, incident.alert))
    parts = [
        f"# {incident.number}: {title}",
        _("Tier: %(tier)s. Lasted %(minutes)d minutes. Level reached: %(level)d.")
        % {
            "tier": incident.get_tier_display(),
            "minutes": minutes,
            "level": incident.level,
        },
        _section(_("Timeline"), "\n".join(f"- {line}" for line in lines(incident))),
        _section(_("Impact"), _("Who could not work, for how long? Was data lost?")),
        _section(_("Cause"), _("Which change or fault began it? Why was it not held up earlier?")),
        _section(_("What went well, what did not"), _("Was it seen in time? Did the page help?")),
        _section(_("What will be done"), _("Each with a name and a date.")),
    ]
    return "\n\n".join(parts) + "\n"


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n{text}"


def _line(event: IncidentEvent) -> str:
    when = date_format(timezone.localtime(event.at), "DATETIME_FORMAT")
    words = f"{when} · {WORDS.get(event.what, event.what)}"
    more = [str(event.by) if event.by else "", event.text]
    return " · ".join([words, *(one for one in more if one)])
