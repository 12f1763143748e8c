"""From what the rules say to how each alert stands, and from there to incidents.

A clock that jumps back leaves moments in the future behind: they are brought to now, so no duration
is negative and nothing waits for a time that was never right.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction

from apps.operations.alerting import incidents, silencing
from apps.operations.alerting.evaluating import Evaluation, Said
from apps.operations.alerting.rules import AlertRule, Rules, rules
from apps.operations.models import AlertState, Incident

Phase = AlertState.Phase


@dataclass
class Fired:
    """What one round did: alerts that fire now, those silenced, incidents opened and cleared."""

    firing: list[str] = field(default_factory=list)
    silenced: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)


def apply(evaluation: Evaluation, by: Rules | None = None) -> Fired:
    """Bring every alert to what was found, each in its own transaction."""
    done, now = Fired(), evaluation.at
    for name, rule in (by or rules()).alerts.items():
        with transaction.atomic():
            phase = _advance(rule, evaluation.alerts[name], now)
            if phase == Phase.FIRING:
                done.firing.append(name)
                _fire(rule, evaluation.alerts[name], now, done)
            elif phase == Phase.CLEAR:
                _clear(name, now, done)
    return done


def _advance(rule: AlertRule, said: Said, now: dt.datetime) -> str:
    """The next phase of an alert."""
    state, _new = AlertState.objects.select_for_update().get_or_create(
        alert=rule.name, defaults={"since": now, "evaluated_at": now}
    )
    state.since = min(state.since, now)
    state.fine_since = None if state.fine_since is None else min(state.fine_since, now)
    phase = _phase(state, rule, said, now)
    if phase != state.phase:
        state.phase, state.since = phase, now
    state.value, state.limit, state.evaluated_at = said.value, said.limit, now
    state.full_clean(validate_constraints=False)
    state.save()
    return state.phase


def _phase(state: AlertState, rule: AlertRule, said: Said, now: dt.datetime) -> str:
    if said.holds:
        state.fine_since = None
        return _past_limit(state, rule, now)
    if state.phase == Phase.FIRING:
        return _stays_firing(state, rule, said, now)
    return Phase.UNKNOWN if said.holds is None else Phase.CLEAR


def _past_limit(state: AlertState, rule: AlertRule, now: dt.datetime) -> str:
    if state.phase == Phase.FIRING:
        return Phase.FIRING
    waited = now - state.since if state.phase == Phase.PENDING else dt.timedelta()
    return Phase.FIRING if waited >= dt.timedelta(seconds=rule.for_seconds) else Phase.PENDING


def _stays_firing(state: AlertState, rule: AlertRule, said: Said, now: dt.datetime) -> str:
    """Fires until it has been fine for long enough; unknown is not fine."""
    if said.holds is None:
        state.fine_since = None
        return Phase.FIRING
    state.fine_since = state.fine_since or now
    is_long = now - state.fine_since >= dt.timedelta(seconds=rule.clear_seconds)
    if is_long:
        state.fine_since = None
    return Phase.CLEAR if is_long else Phase.FIRING


def _fire(rule: AlertRule, said: Said, now: dt.datetime, done: Fired) -> None:
    if silencing.is_silent(rule, now):
        done.silenced.append(rule.name)
    elif said.holds and not _was_just_resolved(rule, now):
        opened = incidents.open_for(rule, now=now, value=said.value, limit=said.limit)
        if opened is not None:
            done.opened.append(opened.number)


def _was_just_resolved(rule: AlertRule, now: dt.datetime) -> bool:
    """Somebody said it is solved while it still fires: they get the tier's time to be right.

    The alert that has fired anew since is another matter.
    """
    last = Incident.objects.filter(alert=rule.name).order_by("-opened_at", "-pk").first()
    if last is None or last.resolved_at is None:
        return False
    state = AlertState.objects.get(alert=rule.name)
    grace = dt.timedelta(minutes=rule.tier.response_minutes)
    return state.since <= last.resolved_at and now - grace < last.resolved_at <= now


def _clear(name: str, now: dt.datetime, done: Fired) -> None:
    incident = Incident.objects.filter(alert=name, status__in=incidents.OPEN).first()
    if incident is not None:
        done.cleared.append(incidents.clear(incident, now).number)
