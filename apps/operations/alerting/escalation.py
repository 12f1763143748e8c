"""Unanswered incidents climb the support levels at the exact minute, each level once.

Level 1 has the time of the tier. A critical incident climbs all levels, each with its own time:
15 min, then 30 min, then 1 h. Others go to level 2 when their time is over, and no further. Times
run on from when they were due, not from when a round noticed: a monitor that was down catches up.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction

from apps.common import events, workflow
from apps.operations.alerting import notices, silencing, timeline
from apps.operations.alerting.rules import Rules, Tier, rules
from apps.operations.models import Incident
from apps.support.models import SupportLevel
from apps.support.services import oncall


@dataclass
class Escalated:
    """Numbers of incidents that climbed, and of those nobody could be told of."""

    escalated: list[str] = field(default_factory=list)
    unheard: list[str] = field(default_factory=list)


def escalate_due(now: dt.datetime, by: Rules | None = None) -> Escalated:
    """Bring every unanswered incident to the level it has reached by now."""
    said, done = by or rules(), Escalated()
    unanswered = Incident.objects.filter(status=Incident.Status.OPEN)
    for pk in unanswered.filter(clock_started_at__gt=now).values_list("pk", flat=True):
        _start_anew(pk, now, said)
    for pk in (
        unanswered.filter(level_due_at__lte=now)
        .order_by("level_due_at")
        .values_list("pk", flat=True)
    ):
        _escalate(pk, now, said, done)
    return done


@transaction.atomic
def _start_anew(pk: int, now: dt.datetime, said: Rules) -> None:
    """The clock went back behind the start: the level it is on gets its time from now."""
    incident = _lock(pk)
    if incident is None or incident.clock_started_at <= now:
        return
    levels = {level.number: level for level in oncall.levels()}
    wait = _minutes(incident.level, said.tiers[incident.tier], levels)
    incident.clock_started_at = now
    incident.response_due_at = min(incident.response_due_at, now + wait)
    if incident.level_due_at is not None:
        incident.level_due_at = min(incident.level_due_at, now + wait)
    incident.opened_at = min(incident.opened_at, now)
    workflow.save(incident, by=None)
    timeline.add(incident, "moved", at=now)


@transaction.atomic
def _escalate(pk: int, now: dt.datetime, said: Rules, done: Escalated) -> None:
    incident = _lock(pk)
    rule = None if incident is None else said.alerts.get(incident.alert)
    if incident is None or (rule is not None and silencing.is_silent(rule, now)):
        return
    levels = {level.number: level for level in oncall.levels()}
    while incident.level_due_at is not None and incident.level_due_at <= now:
        before = incident.level
        if not _climb(incident, said.tiers[incident.tier], levels):
            continue
        heard = notices.tell(incident, notices.ESCALATED, now)
        timeline.add(incident, "escalated" if heard else "unheard", at=now)
        (done.escalated if heard else done.unheard).append(incident.number)
        change = {"level": (before, incident.level)}
        action = events.Action.UPDATE
        events.record(events.Record(incident, action, "incident.escalated", change))
    workflow.save(incident, by=None)


def _climb(incident: Incident, tier: Tier, levels: dict[int, SupportLevel]) -> bool:
    """One level up, if there is one."""
    top = max(levels, default=1) if tier.climbs else min(2, max(levels, default=1))
    due = incident.level_due_at
    if incident.level >= top or due is None:
        incident.level_due_at = None
        return False
    incident.level += 1
    is_last = incident.level >= top
    incident.level_due_at = None if is_last else due + _minutes(incident.level, tier, levels)
    return True


def _minutes(number: int, tier: Tier, levels: dict[int, SupportLevel]) -> dt.timedelta:
    """How long a level has."""
    level = levels.get(number)
    own = number > 1 and level is not None
    return dt.timedelta(minutes=level.response_minutes if own and level else tier.response_minutes)


def _lock(pk: int) -> Incident | None:
    rows = Incident.objects.select_for_update(of=("self",))
    return rows.filter(pk=pk, status=Incident.Status.OPEN).first()
