"""Reminders and escalation: nothing lies about because somebody is slow, away or gone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Department
from apps.approvals import business_hours, notices, registry
from apps.approvals.approvers import substitutes
from apps.approvals.matching import ancestry
from apps.approvals.models import (
    ApprovalAssignment,
    ApprovalClarification,
    ApprovalStep,
    Holiday,
)
from apps.approvals.services import board
from apps.approvals.services.history import recording
from apps.approvals.services.opening import assignment as new_assignment
from apps.approvals.states import RequestStatus, StepStatus
from apps.approvals.words import Phrase
from apps.common import events

ADMINISTRATORS = "admin"
REMIND_IN_LAST = 4  # the last quarter of the hours a step has


@dataclass
class Chased:
    """What one run did, by primary key of the step."""

    reminded: list[int]
    escalated: list[int]
    stuck: list[int]


def remind_and_escalate(*, now: dt.datetime | None = None, dry_run: bool = False) -> Chased:
    """Remind once shortly before the hours are over, escalate once afterwards.

    A step whose people have all left is escalated at once; one with an open question is left alone.
    Each step is its own transaction. `stuck` are steps nobody could be found for.
    """
    now = now or timezone.now()
    chased = Chased([], [], [])
    for step in _to_escalate(now):
        done = dry_run or _escalate(step.pk, now)
        (chased.escalated if done else chased.stuck).append(step.pk)
    calendar = Holiday.objects.calendar()
    for step in _to_remind(now):
        if _is_close(step, now, calendar) and (dry_run or _remind(step.pk, now)):
            chased.reminded.append(step.pk)
    return chased


def _running() -> QuerySet[ApprovalStep]:
    """Active steps whose clock runs."""
    question = ApprovalClarification.objects.filter(step=OuterRef("pk"), answered_at=None)
    rows = ApprovalStep.objects.filter(~Exists(question), status=StepStatus.ACTIVE)
    return rows.order_by("due_at", "pk")


def _to_escalate(now: dt.datetime) -> QuerySet[ApprovalStep]:
    still_here = ApprovalAssignment.objects.filter(
        Q(user__is_active=True) | Q(group__isnull=False), step=OuterRef("pk"), is_open=True
    )
    return _running().filter(Q(due_at__lt=now) | ~Exists(still_here), escalated_at=None)


def _to_remind(now: dt.datetime) -> QuerySet[ApprovalStep]:
    return _running().filter(due_at__gte=now, reminded_at=None)


def _is_close(step: ApprovalStep, now: dt.datetime, calendar: business_hours.Calendar) -> bool:
    if step.due_at is None:
        return False
    left = business_hours.between(now, step.due_at, calendar)
    return left * REMIND_IN_LAST <= dt.timedelta(hours=step.hours)


def _lock(rows: QuerySet[ApprovalStep], pk: int) -> ApprovalStep | None:
    """The step read fresh under its locks, if it still is what the run came for."""
    name, document_pk = ApprovalStep.objects.values_list(
        "request__document_kind", "request__document_id"
    ).get(pk=pk)
    board.lock(registry.get(name), document_pk)
    return (
        rows.filter(pk=pk, request__status=RequestStatus.PENDING)
        .select_related("request__department")
        .defer("request__content")
        .select_for_update(of=("self",))
        .first()
    )


@transaction.atomic
def _remind(pk: int, now: dt.datetime) -> bool:
    step = _lock(_to_remind(now), pk)
    if step is None:
        return False
    step.reminded_at = now
    step.save(update_fields=("reminded_at",))
    events.record(_event(step, "approvalstep.reminded", "reminded_at", now))
    notices.to_approvers(notices.REMINDER, [step])
    return True


@transaction.atomic
def _escalate(pk: int, now: dt.datetime) -> bool:
    """Ask one more: the next head up the tree, or the administrators. The step stays active."""
    step = _lock(_to_escalate(now), pk)
    if step is None:
        return False
    who = _next_up(step)
    if who is None:
        return False
    new = new_assignment(step, **who, is_escalation=True)
    new.save(force_insert=True)
    step.escalated_at = now
    step.save(update_fields=("escalated_at",))
    with recording(None):
        events.record(_event(step, "approvalstep.escalated", "escalated_at", now))
        events.record(*events.created([new], "approvalassignment.created"))
    notices.to_approvers(notices.ESCALATED, [step], assignment=new.pk)
    return True


def _event(step: ApprovalStep, event: str, field: str, now: dt.datetime) -> events.Record:
    return events.Record(step, events.Action.UPDATE, event, {field: (None, now)})


def _next_up(step: ApprovalStep) -> dict[str, Any] | None:
    """The first head above those asked already who may decide, else the administrators' group."""
    asked = step.assignments.filter(is_open=True)
    people = set(asked.filter(user__isnull=False).values_list("user", flat=True))
    groups = asked.filter(group__isnull=False).values("group")  # NOT IN with a NULL finds nothing
    apart = set(step.request.exclusions.values_list("user", flat=True))
    apart |= substitutes(apart)
    rows = {row.pk: row for row in Department.objects.select_related("head").order_by()}
    chain = ancestry(step.request.department_id, {pk: row.parent_id for pk, row in rows.items()})
    for row in _above(chain, rows, people):
        if row.head and row.head.is_active and row.head.pk not in people | apart:
            why = Phrase(_("escalated to the head of %(department)s"), {"department": row})
            return {"user": row.head, "why": why}
    group = Group.objects.filter(name=ADMINISTRATORS).exclude(pk__in=groups).first()
    if group is None or not group.user_set.filter(is_active=True).exclude(pk__in=apart).exists():
        return None
    return {"group": group, "why": _("escalated to the administrators")}


def _above(chain: list[int], rows: dict[int, Department], people: set[int]) -> list[Department]:
    """Departments above the highest one whose head is asked already; all when no head is."""
    heads = [index for index, pk in enumerate(chain) if rows[pk].head_id in people]
    return [rows[pk] for pk in chain[(heads[-1] + 1) if heads else 0 :]]
