"""Incidents: opened by an alert, moved by a table as every document is, one open per alert."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.common import events, numbering, workflow
from apps.common.errors import NotPermittedError, TransitionError
from apps.common.workflow import Table, Transition
from apps.operations import policies
from apps.operations.alerting import notices, timeline
from apps.operations.alerting.rules import AlertRule, Tier, rules
from apps.operations.models import Incident

KIND, PREFIX = "incident", "INC"
OPEN = frozenset({Incident.Status.OPEN, Incident.Status.ACKNOWLEDGED})
FLAPPING = dt.timedelta(minutes=30)  # firing again within it is the same incident

Status = Incident.Status


def start_clock(incident: Incident, tier: Tier, now: dt.datetime) -> None:
    """Begin to count, or begin anew, at level 1. The caller saves it."""
    incident.clock_started_at = now
    incident.response_due_at = now + dt.timedelta(minutes=tier.response_minutes)
    incident.level, incident.level_due_at = 1, incident.response_due_at


def open_for(
    rule: AlertRule, *, now: dt.datetime, value: float | None, limit: str
) -> Incident | None:
    """Open an incident for an alert; None when one is open already.

    Two monitors may come here at once: the database lets one of them pass.
    """
    if Incident.objects.filter(alert=rule.name, status__in=OPEN).exists():
        return None
    recent = Incident.objects.filter(
        alert=rule.name, status=Status.RESOLVED, resolved_at__gt=now - FLAPPING
    )
    before = recent.order_by("-resolved_at").first()
    try:
        with transaction.atomic():
            if before is not None:
                return _fire_again(before, rule, now)
            return _open(rule, now, value, limit)
    except (IntegrityError, ValidationError, TransitionError):  # somebody was faster
        if Incident.objects.filter(alert=rule.name, status__in=OPEN).exists():
            return None
        raise


def _open(rule: AlertRule, now: dt.datetime, value: float | None, limit: str) -> Incident:
    incident = Incident(
        number=numbering.take(KIND, PREFIX),
        alert=rule.name,
        tier=rule.tier.name,
        value=value,
        limit=limit,
        opened_at=now,
    )
    start_clock(incident, rule.tier, now)
    # Whether it is the only one is the database's to judge, for those who come at the same time.
    incident.full_clean(validate_constraints=False)
    incident.save(force_insert=True)
    events.record(*events.created([incident], "incident.opened"))
    timeline.add(incident, "opened", at=now)
    _tell(incident, notices.OPENED, now)
    return incident


def _fire_again(before: Incident, rule: AlertRule, now: dt.datetime) -> Incident:
    incident = workflow.run(TABLE["fire_again"], before, by=None, changes={"tier": rule.tier.name})
    start_clock(incident, rule.tier, now)
    incident.save()
    timeline.add(incident, "reopened", at=now)
    _tell(incident, notices.REOPENED, now)
    return incident


def clear(incident: Incident, now: dt.datetime) -> Incident:
    """The alert is fine again: nobody has to come any more."""
    end = {"resolved_at": max(now, incident.opened_at), "level_due_at": None}
    done = workflow.run(TABLE["clear"], incident, by=None, changes=end)
    timeline.add(done, "cleared", at=now)
    notices.tell(done, notices.RESOLVED, now)
    return done


def _acknowledge(incident: Incident, *, by: Any, comment: str) -> None:
    """Somebody answers: nobody else is woken."""
    now = timezone.now()
    incident.acknowledged_at, incident.acknowledged_by = now, by
    incident.level_due_at = None
    timeline.add(incident, "acknowledged", at=now, by=by, text=comment)


def _resolve(incident: Incident, *, by: Any, comment: str) -> None:
    now = timezone.now()
    incident.resolved_at = max(now, incident.opened_at)
    incident.level_due_at = None
    timeline.add(incident, "resolved", at=now, by=by, text=comment)
    notices.tell(incident, notices.RESOLVED, now)


def _forget_end(incident: Incident, *, by: Any, comment: str) -> None:
    incident.resolved_at = incident.acknowledged_at = incident.acknowledged_by = None
    incident.occurrences += 1


def _reopen(incident: Incident, *, by: Any, comment: str) -> None:
    now = timezone.now()
    _forget_end(incident, by=by, comment=comment)
    start_clock(incident, rules().tiers[incident.tier], now)
    timeline.add(incident, "reopened", at=now, by=by, text=comment)
    _tell(incident, notices.REOPENED, now)


def _tell(incident: Incident, event: str, now: dt.datetime) -> None:
    """Tell level 1; that nobody could be told is written down."""
    if not notices.tell(incident, event, now):
        timeline.add(incident, "unheard", at=now)


def _is_monitor(user: Any, _incident: Incident) -> bool:
    """Only the monitor acts without a person."""
    return user is None


TABLE = Table.of(
    KIND,
    (
        Transition(
            "acknowledge",
            _("Acknowledge"),
            frozenset({Status.OPEN}),
            Status.ACKNOWLEDGED,
            policies.may_work_on_incident,
            effect=_acknowledge,
            tone="primary",
        ),
        Transition(
            "resolve",
            _("Resolve"),
            OPEN,
            Status.RESOLVED,
            policies.may_work_on_incident,
            effect=_resolve,
            needs_reason=True,
        ),
        Transition(
            "reopen",
            _("Reopen"),
            frozenset({Status.RESOLVED}),
            Status.OPEN,
            policies.may_work_on_incident,
            effect=_reopen,
            needs_reason=True,
        ),
        Transition("clear", _("Fine again"), OPEN, Status.RESOLVED, _is_monitor, offered=False),
        Transition(
            "fire_again",
            _("Fired again"),
            frozenset({Status.RESOLVED}),
            Status.OPEN,
            _is_monitor,
            effect=_forget_end,
            offered=False,
        ),
    ),
)


def move(
    name: str,
    incident: Incident,
    *,
    by: Any,
    comment: str = "",
    expected_version: int | None = None,
) -> Incident:
    """Make one of a person's moves: acknowledge, resolve, reopen.

    Raises TransitionError, NotPermittedError, StaleVersionError, InvalidInputError.
    """
    return workflow.run(
        TABLE[name], incident, by=by, comment=comment, expected_version=expected_version
    )


@transaction.atomic
def write_post_mortem(incident: Incident, text: str, *, by: Any) -> Incident:
    """Keep what was learned, once it is over. Raises NotPermittedError, TransitionError."""
    fresh = workflow.lock(incident)
    if not policies.may_work_on_incident(by, fresh):
        raise NotPermittedError
    if fresh.status != Status.RESOLVED:
        raise TransitionError(_("A post-mortem is written once the incident is resolved."))
    before, fresh.post_mortem = fresh.post_mortem, text
    workflow.save(fresh, by=by)
    change = {"post_mortem": (before, text)}
    action = events.Action.UPDATE
    events.record(events.Record(fresh, action, "incident.post_mortem", change, actor=by))
    return fresh
