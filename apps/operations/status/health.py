"""How the system stands, as the monitor saw it last: one word for dashboards and status page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from apps.operations.alerting.evaluating import State
from apps.operations.alerting.rules import rules
from apps.operations.models import AlertState, MonitorLease

FRESH = dt.timedelta(minutes=5)  # an older look says nothing about now
ESSENTIAL = ("application_down", "database_failures")
OF_TIER = {"critical": State.CRITICAL, "warning": State.WARNING, "info": State.OFF_TARGET}

Phase = AlertState.Phase


@dataclass(frozen=True)
class Health:
    """The whole in one state, and the alerts it comes from, the most urgent one first."""

    state: State
    looked_at: dt.datetime | None
    firing: tuple[str, ...] = ()
    phases: tuple[tuple[str, str], ...] = ()

    @property
    def phase_of(self) -> dict[str, str]:
        """The phase of each alert; nothing when nobody has looked lately."""
        return dict(self.phases)


def health(now: dt.datetime) -> Health:
    """What the monitor's last round says. Without a fresh round, or a sure answer, it is unknown.

    A monitor that is dead must not leave the last good word standing.
    """
    beat = MonitorLease.objects.values_list("beat_at", flat=True).first()
    if beat is None or now - beat > FRESH:
        return Health(State.UNKNOWN, beat)
    known = rules().alerts
    rows = AlertState.objects.order_by("alert").values_list("alert", "phase")
    phases = tuple((alert, phase) for alert, phase in rows if alert in known)
    fires = [alert for alert, phase in phases if phase == Phase.FIRING]
    firing = tuple(sorted(fires, key=lambda alert: known[alert].tier.response_minutes))
    found = {OF_TIER[known[alert].tier.name] for alert in firing}
    for state in (State.CRITICAL, State.WARNING):
        if state in found:
            return Health(state, beat, firing, phases)
    sure = {alert for alert, phase in phases if phase != Phase.UNKNOWN}
    if not {*ESSENTIAL} <= sure:
        return Health(State.UNKNOWN, beat, firing, phases)
    return Health(State.OFF_TARGET if found else State.GOOD, beat, firing, phases)
