"""Who is told when nobody answers, and the run that tells them at the exact minute.

The rule, from the seed's levels (15 min, 30 min, 1 h, 2 h): an unacknowledged issue stays with a
level for that level's time. Level 1 has the response time of the contact matrix. An emergency
climbs all levels: to level 2 after its response time (15 min), to level 3 another 30 min later
(45 min), to level 4 another hour later (1 h 45 min), where it stays; after two more hours
(3 h 45 min) everybody on level 4 is told once more. Other issues go to the matrix's escalation
contact when their response time is over, and no further: nobody wakes the executives for a
question about training. A critical issue is an emergency whatever its type, and level 1 answers it
within level 1's own time at the latest.

A moment that is reached is over. Times run on from when they were due, not from when a run
noticed: a monitor that was down catches up on all levels at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.common import events, workflow
from apps.support.models import IssueType, SupportContact, SupportIssue, SupportLevel
from apps.support.services import notices, oncall
from apps.support.states import Severity, Status


@dataclass
class Escalated:
    """What one run did, by primary key of the issue; `unheard` have nobody who can be told."""

    escalated: list[int] = field(default_factory=list)
    breached: list[int] = field(default_factory=list)
    unheard: list[int] = field(default_factory=list)


def escalation_of(
    issue_type: IssueType,
    level: int,
    *,
    at: dt.datetime | None = None,
    is_emergency: bool | None = None,
) -> list[SupportContact]:
    """Who is told about a type of issue at a level, each once; nobody where it does not climb.

    `is_emergency` overrules the type's own word, for a critical issue of any type.
    """
    at = at or timezone.now()
    climbs = issue_type.is_emergency if is_emergency is None else is_emergency
    steps = issue_type.escalation_steps.select_related("contact__user", "level")
    contacts = [step.contact for step in steps if step.level.number == level]
    if level == 1:
        contacts.insert(0, issue_type.primary_contact)
    elif climbs:
        found = {row.number: row for row in oncall.levels()}
        contacts += _of_level(found.get(level), at)
    return _unique(person for contact in contacts for person in oncall.people_of(contact, at))


def is_emergency(issue: SupportIssue) -> bool:
    """Whether an issue climbs all levels."""
    return issue.severity == Severity.CRITICAL or issue.issue_type.is_emergency


def response_minutes(issue: SupportIssue, levels: Iterable[SupportLevel]) -> int:
    """How long level 1 has: the contact matrix's time, or its own when that is shorter."""
    minutes = issue.issue_type.response_minutes
    first = next((level for level in levels if level.number == 1), None)
    if issue.severity == Severity.CRITICAL and first is not None:
        return min(minutes, first.response_minutes)
    return minutes


def start_clock(issue: SupportIssue, now: dt.datetime) -> None:
    """Start the clock of an issue, or start it anew. The caller saves it."""
    minute = dt.timedelta(minutes=1)
    wait = response_minutes(issue, oncall.levels())
    issue.clock_started_at = now
    issue.response_due_at = now + wait * minute
    issue.resolution_due_at = now + issue.issue_type.resolution_minutes * minute
    issue.level, issue.level_due_at = 1, issue.response_due_at


def escalate_due(now: dt.datetime | None = None) -> Escalated:
    """Bring every unanswered issue to the level it has reached by now, and mark broken promises.

    For a timer, once a minute. Each issue is its own transaction, read afresh under its lock.
    """
    now = now or timezone.now()
    done = Escalated()
    for pk in SupportIssue.objects.newly_late(now).order_by("pk").values_list("pk", flat=True):
        if _mark(pk, now):
            done.breached.append(pk)
    due = SupportIssue.objects.to_escalate(now).order_by("level_due_at", "pk")
    for pk in due.values_list("pk", flat=True):
        told = _escalate(pk, now)
        if told is None:
            continue
        (done.escalated if told else done.unheard).append(pk)
    return done


def mark_late(issue: SupportIssue, now: dt.datetime) -> list[str]:
    """Note on an issue in hand which promises are broken by now. The caller saves it."""
    marked = []
    if issue.status == Status.NEW and issue.response_due_at <= now:
        marked.append("is_response_breached")
    if issue.resolution_due_at <= now:
        marked.append("is_resolution_breached")
    new = [name for name in marked if not getattr(issue, name)]
    for name in new:
        setattr(issue, name, True)
    return new


@transaction.atomic
def _mark(pk: int, now: dt.datetime) -> bool:
    issue = _lock(SupportIssue.objects.newly_late(now), pk)
    if issue is None:
        return False
    new = mark_late(issue, now)
    workflow.save(issue, by=None)
    _record(issue, "supportissue.breached", dict.fromkeys(new, (False, True)))
    if "is_resolution_breached" in new:
        notices.put(notices.LATE, issue, notices.helpers_of(issue, now))
    return True


@transaction.atomic
def _escalate(pk: int, now: dt.datetime) -> bool | None:
    """Climb as far as the time allows. Whether anybody was told; None when somebody was faster."""
    issue = _lock(SupportIssue.objects.to_escalate(now), pk)
    if issue is None:
        return None
    levels = {level.number: level for level in oncall.levels()}
    heard = False
    while issue.level_due_at is not None and issue.level_due_at <= now:
        before = issue.level
        _climb(issue, levels)
        people = escalation_of(
            issue.issue_type, issue.level, at=now, is_emergency=is_emergency(issue)
        )
        notices.put(notices.ESCALATED, issue, people)
        heard = heard or bool(people)
        _record(issue, "supportissue.escalated", {"level": (before, issue.level)})
    workflow.save(issue, by=None)
    return heard


def _climb(issue: SupportIssue, levels: dict[int, SupportLevel]) -> None:
    """One level up. The last one is told a second time when its own time is over, then no more."""
    top = max(levels, default=1) if is_emergency(issue) else 2
    after = levels.get(issue.level + 1)
    if issue.level >= top or after is None:
        issue.level_due_at = None
        return
    issue.level += 1
    # Issues that do not climb stay with the escalation contact, told once.
    stays = issue.level >= top and not is_emergency(issue)
    due: Any = issue.level_due_at
    issue.level_due_at = None if stays else due + dt.timedelta(minutes=after.response_minutes)


def _lock(rows: Any, pk: int) -> SupportIssue | None:
    """The issue read fresh under its lock, if it still is what the run came for."""
    found: SupportIssue | None = (
        rows.filter(pk=pk)
        .select_related("issue_type__primary_contact", "assignee", "reporter")
        .select_for_update(of=("self",))
        .first()
    )
    return found


def _of_level(level: SupportLevel | None, at: dt.datetime) -> list[SupportContact]:
    person = oncall.person_of(level, at) if level is not None else None
    return [person] if person is not None else []


def _unique(contacts: Iterable[SupportContact]) -> list[SupportContact]:
    return list({contact.pk: contact for contact in contacts}.values())


def _record(issue: SupportIssue, event: str, changes: dict[str, Any]) -> None:
    events.record(events.Record(issue, events.Action.UPDATE, event, changes))
