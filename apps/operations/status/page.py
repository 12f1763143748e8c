"""What the public page shows: nothing in it names a machine, a person or a version."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from apps.operations.metrics import names
from apps.operations.metrics.hourly import by_day, hourly
from apps.operations.models import Incident, Silence
from apps.operations.status import components
from apps.operations.status.components import TONES, WORDS, Standing

DAYS = 90
KEPT = 30  # seconds one answer serves everybody
RECENT = dt.timedelta(days=7)  # how long a solved incident stays on the page
KEY = "operations.status"
GOOD, FAIR = 0.999, 0.99

type Plain = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """One day of the row of bars."""

    day: dt.date
    share: float | None

    @property
    def tone(self) -> str:
        """Its colour."""
        if self.share is None:
            return "neutral"
        return "success" if self.share >= GOOD else "warning" if self.share >= FAIR else "danger"


def status(now: dt.datetime) -> Plain:
    """How everything stands, the same for everybody and for half a minute."""
    found: Plain | None = cache.get(KEY)
    if found is None:
        found = look(now)
        cache.set(KEY, found, KEPT)
    return found


def look(now: dt.datetime) -> Plain:
    """Read it anew, without words of any language."""
    parts = components.standings(now)
    days = uptime_by_day(now)
    measured = [(share, number) for _day, share, number in days if share is not None]
    whole = sum(number for _share, number in measured)
    return {
        "at": now,
        "whole": components.worst(parts).value,
        "parts": [(part.key, standing.value) for part, standing in parts],
        "incidents": incidents(now),
        "maintenance": maintenance(now),
        "days": [(day, share) for day, share, _number in days],
        "uptime": sum(s * n for s, n in measured) / whole if whole else None,
    }


def uptime_by_day(now: dt.datetime) -> list[tuple[dt.date, float | None, int]]:
    """Share of probes that were answered on each of the last 90 days, in the site's time zone."""
    zone = ZoneInfo(settings.USER_TIME_ZONE)
    last = now.astimezone(zone).date()
    days = [last - dt.timedelta(days=back) for back in reversed(range(DAYS))]
    since = dt.datetime.combine(days[0], dt.time.min, zone)
    metric = names.PROBE_SUCCESS
    found = by_day(hourly([metric], since, now)[metric.name], zone)
    return [
        (day, found[day].average, found[day].count) if day in found else (day, None, 0)
        for day in days
    ]


def incidents(now: dt.datetime) -> list[Plain]:
    """Those somebody has published: open ones, and solved ones of the last week."""
    published = Incident.objects.filter(public_updates__isnull=False).distinct()
    open_ones = published.exclude(status=Incident.Status.RESOLVED)
    recent = published.filter(status=Incident.Status.RESOLVED, resolved_at__gte=now - RECENT)
    rows = (open_ones | recent).order_by("-opened_at", "-pk").prefetch_related("public_updates")
    return [
        {
            "alert": row.alert,
            "began": row.opened_at,
            "ended": row.resolved_at,
            "updates": [_update(one) for one in row.public_updates.all()],
        }
        for row in rows
    ]


def _update(one: Any) -> Plain:
    return {"at": one.at, "en": one.text_en or "", "zh": one.text_zh_hans or ""}


def maintenance(now: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    """Windows that run or are announced for the next week; why is nobody else's concern."""
    windows = Silence.objects.filter(alert="", ends_at__gt=now, starts_at__lt=now + RECENT)
    return list(windows.order_by("starts_at").values_list("starts_at", "ends_at"))


def blind(now: dt.datetime) -> Plain:
    """What is said while the database does not answer: that it does not, and nothing else."""
    parts = [
        (part.key, (Standing.OUTAGE if part.key == "data" else Standing.UNKNOWN).value)
        for part in (*components.PARTS, components.BACKGROUND)
    ]
    return {
        "at": now,
        "whole": Standing.OUTAGE.value,
        "parts": parts,
        "incidents": [],
        "maintenance": [],
        "days": [],
        "uptime": None,
    }


def shown(found: Plain, language: str) -> Plain:
    """The same for a page, in the language that is active."""
    labels = {part.key: part.label for part in (*components.PARTS, components.BACKGROUND)}
    whole = Standing(found["whole"])
    return {
        "at": found["at"],
        "tone": TONES[whole],
        "headline": headline(whole),
        "parts": [
            (labels[key], WORDS[Standing(value)], TONES[Standing(value)])
            for key, value in found["parts"]
        ],
        "incidents": [_shown_incident(one, language) for one in found["incidents"]],
        "maintenance": found["maintenance"],
        "bars": [Bar(day, share) for day, share in found["days"]],
        "uptime": found["uptime"],
    }


def headline(whole: Standing) -> str:
    """The one sentence most come for."""
    return {
        Standing.OPERATIONAL: _("Everything works"),
        Standing.DEGRADED: _("It works, with restrictions"),
        Standing.OUTAGE: _("There is an outage"),
        Standing.UNKNOWN: _("It is not known how things stand"),
    }[whole]


def as_json(found: Plain) -> Plain:
    """For programs: no words that are translated."""
    return {
        "status": found["whole"],
        "at": found["at"].isoformat(),
        "components": dict(found["parts"]),
        "incidents": [
            {
                "component": part.key if (part := components.part_of(one["alert"])) else None,
                "began": one["began"].isoformat(),
                "ended": one["ended"] and one["ended"].isoformat(),
                "updates": [{**said, "at": said["at"].isoformat()} for said in one["updates"]],
            }
            for one in found["incidents"]
        ],
        "maintenance": [
            {"from": begins.isoformat(), "until": ends.isoformat()}
            for begins, ends in found["maintenance"]
        ],
        "uptime": found["uptime"],
        "uptime_by_day": {day.isoformat(): share for day, share in found["days"]},
    }


def _shown_incident(one: Plain, language: str) -> Plain:
    part = components.part_of(one["alert"])
    first, second = ("zh", "en") if language.startswith("zh") else ("en", "zh")
    updates = [(said["at"], said[first] or said[second]) for said in reversed(one["updates"])]
    title = part.label if part else _("Operation")
    return {"title": title, "began": one["began"], "ended": one["ended"], "updates": updates}
