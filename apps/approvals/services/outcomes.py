"""What follows from a decision: the step goes on, the next one begins, or the document moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from apps.approvals import notices
from apps.approvals.conclusion import concluding
from apps.approvals.models import ApprovalDecision, ApprovalStep
from apps.approvals.registry import ApprovableKind
from apps.approvals.services import clock
from apps.approvals.services.board import Board
from apps.approvals.services.opening import move
from apps.approvals.states import RequestStatus, StepStatus, Verdict
from apps.common import events

_ENDS = {
    Verdict.REJECT: (StepStatus.REJECTED, RequestStatus.REJECTED, notices.REJECTED),
    Verdict.RETURN: (StepStatus.RETURNED, RequestStatus.RETURNED, notices.RETURNED),
}


def follow(kind: ApprovableKind, document: Any, found: Board, decision: ApprovalDecision) -> Any:
    """Carry a decision out; returns the document as it is afterwards."""
    if decision.verdict != Verdict.APPROVE:
        return _end(kind, document, found, decision)
    document = _without_lines(kind, document, decision)
    if found.approvals + 1 < found.active.required_count:
        return document
    finish([found.active], StepStatus.APPROVED)
    if found.following is not None:
        begin(found.following)
        return document
    return _approve(kind, document, found, decision)


def finish(steps: Sequence[ApprovalStep], status: StepStatus) -> None:
    """End steps with one statement."""
    if not steps:
        return
    now = timezone.now()
    before = {step.pk: step.status for step in steps}
    ApprovalStep.objects.filter(pk__in=before).update(status=status, decided_at=now)
    for step in steps:
        step.status, step.decided_at = status, now
    events.record(*(_moved(step, before[step.pk]) for step in steps))


def begin(step: ApprovalStep, now: dt.datetime | None = None) -> None:
    """Start a step's clock and tell its people."""
    before = step.status
    clock.start(step, now or timezone.now())
    step.save(update_fields=("status", "activated_at", "due_at"))
    events.record(_moved(step, before))
    notices.to_approvers(notices.ASSIGNED, [step])


def _moved(step: ApprovalStep, before: str) -> events.Record:
    event = f"approvalstep.{step.status}"
    return events.Record(step, events.Action.UPDATE, event, {"status": (before, str(step.status))})


def _without_lines(kind: ApprovableKind, document: Any, decision: ApprovalDecision) -> Any:
    if not decision.rejected_lines or kind.lines_rejected is None:
        return document
    with concluding(kind.kind, document.pk):
        kind.lines_rejected(
            document, decision.rejected_lines, by=decision.actor, comment=decision.comment
        )
    return kind.model._default_manager.get(pk=document.pk)


def _approve(kind: ApprovableKind, document: Any, found: Board, decision: ApprovalDecision) -> Any:
    events.record(move(found.request, RequestStatus.APPROVED, "approved"))
    notices.to_owners(notices.APPROVED, found.request)
    return _carry_over(kind.approved, kind, document, found, decision)


def _end(kind: ApprovableKind, document: Any, found: Board, decision: ApprovalDecision) -> Any:
    step_status, request_status, notice = _ENDS[Verdict(decision.verdict)]
    finish([found.active], step_status)
    finish(found.waiting, StepStatus.SKIPPED)
    events.record(move(found.request, request_status, notice))
    notices.to_owners(notice, found.request)
    outcome = kind.rejected if decision.verdict == Verdict.REJECT else kind.returned
    return _carry_over(outcome, kind, document, found, decision)


def _carry_over(
    outcome: Any, kind: ApprovableKind, document: Any, found: Board, decision: ApprovalDecision
) -> Any:
    """Let the document make the move that was decided, by whoever decided it last."""
    with concluding(kind.kind, document.pk):
        moved = outcome(
            document, by=decision.actor, comment=decision.comment, request=found.request
        )
    if isinstance(moved, kind.model):
        return moved
    return kind.model._default_manager.get(pk=document.pk)
