"""The parts of the product as its users know them, and how each stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from apps.operations.metrics import names
from apps.operations.metrics.latest import latest
from apps.operations.models import AlertState
from apps.operations.status.health import Health, health

LATE_JOBS, LATE_MESSAGES = 300, 900  # seconds, as the doctor has it


class Standing(StrEnum):
    """How a part stands, in the words of a status page."""

    OPERATIONAL = "operational"
    DEGRADED = "degraded"
    OUTAGE = "outage"
    UNKNOWN = "unknown"


WORDS: dict[Standing, StrOrPromise] = {
    Standing.OPERATIONAL: _("operational"),
    Standing.DEGRADED: _("degraded"),
    Standing.OUTAGE: _("outage"),
    Standing.UNKNOWN: _("not known"),
}
TONES = {
    Standing.OPERATIONAL: "success",
    Standing.DEGRADED: "warning",
    Standing.OUTAGE: "danger",
    Standing.UNKNOWN: "neutral",
}
WORST = (Standing.OUTAGE, Standing.DEGRADED, Standing.UNKNOWN, Standing.OPERATIONAL)


@dataclass(frozen=True)
class Part:
    """A part, and the alerts that tell of it; the first one that stops it has to be known."""

    key: str
    label: StrOrPromise
    stops: tuple[str, ...]
    slows: tuple[str, ...]


PARTS = (
    Part(
        "pages",
        _("Workspace, back office and API"),
        ("application_down", "error_rate_critical"),
        ("error_rate", "response_time", "burn_fast", "burn_steady"),
    ),
    Part("data", _("Data"), ("database_failures",), ("database_load", "disk_critical")),
)
BACKGROUND = Part("background", _("Messages and background work"), (), ())


def part_of(alert: str) -> Part | None:
    """The part an alert is about; there is none for what only concerns operators."""
    return next((part for part in PARTS if alert in (*part.stops, *part.slows)), None)


def standings(now: dt.datetime) -> list[tuple[Part, Standing]]:
    """All parts, by four statements; what nobody has looked at lately is not known."""
    found = health(now)
    return [*((part, _standing(part, found)) for part in PARTS), (BACKGROUND, _background(now))]


def worst(found: list[tuple[Part, Standing]]) -> Standing:
    """How the whole stands: as its worst part."""
    seen = {standing for _part, standing in found}
    return next(standing for standing in WORST if standing in seen)


def _standing(part: Part, found: Health) -> Standing:
    phases = found.phase_of
    if not {*part.stops}.isdisjoint(found.firing):
        return Standing.OUTAGE
    if not {*part.slows}.isdisjoint(found.firing):
        return Standing.DEGRADED
    unknown = AlertState.Phase.UNKNOWN
    is_sure = phases.get(part.stops[0], unknown) != unknown
    return Standing.OPERATIONAL if is_sure else Standing.UNKNOWN


def _background(now: dt.datetime) -> Standing:
    waits = latest((names.TASKS_OLDEST, names.OUTBOX_OLDEST), now)
    jobs = waits.get(names.TASKS_OLDEST.name)
    messages = waits.get(names.OUTBOX_OLDEST.name)
    if jobs is None or messages is None:
        return Standing.UNKNOWN
    is_late = jobs > LATE_JOBS or messages > LATE_MESSAGES
    return Standing.DEGRADED if is_late else Standing.OPERATIONAL
