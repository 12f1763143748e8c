"""Questions to those who asked: while one is open, the step's clock stands still."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.approvals import notices, policies, registry
from apps.approvals.models import ApprovalClarification, ApprovalStep
from apps.approvals.services import board, clock, texts
from apps.approvals.services.history import recording
from apps.approvals.states import StepStatus
from apps.common import events
from apps.common.errors import ConflictError, NotPermittedError, TransitionError


@transaction.atomic
def ask(step: ApprovalStep, *, by: Any, question: str) -> ApprovalClarification:
    """Ask those who submitted the document; whoever may decide may ask.

    Raises NotPermittedError, TransitionError, ConflictError when a question is open already, and
    InvalidInputError for an empty one.
    """
    message = _("Write a question.")
    question = texts.required(question, "question", "question_required", message)
    fresh = _lock(step.pk)
    if fresh.status != StepStatus.ACTIVE:
        raise TransitionError(_("This step is not being decided."), code="already_decided")
    if not policies.may_ask(by, fresh):
        raise NotPermittedError
    if fresh.clarifications.filter(answered_at=None).exists():
        raise ConflictError(
            _("A question is already waiting for its answer."), code="open_question"
        )
    row = ApprovalClarification(step=fresh, asked_by=by, question=question)
    row.save(force_insert=True)
    with recording(by):
        events.record(*events.created([row], "approvalclarification.asked"))
    notices.of_clarification(notices.ASKED, row)
    return row


@transaction.atomic
def answer(clarification: ApprovalClarification, *, by: Any, answer: str) -> ApprovalClarification:
    """Answer a question; the time the step waited is added to the time it has.

    Raises NotPermittedError, TransitionError when it is answered or decided already, and
    InvalidInputError for an empty answer.
    """
    text = texts.required(answer, "answer", "answer_required", _("Write an answer."))
    step = _lock(clarification.step_id)
    row = ApprovalClarification.objects.select_for_update().get(pk=clarification.pk)
    row.step = step
    if not policies.may_answer(by, row):
        raise NotPermittedError
    if row.answered_at is not None or step.status != StepStatus.ACTIVE:
        raise TransitionError(_("This question is answered or no longer open."), code="answered")
    now = timezone.now()
    row.answer, row.answered_by, row.answered_at = text, by, now
    row.save(update_fields=("answer", "answered_by", "answered_at"))
    _give_back_time(row, step)
    with recording(by):
        _record(row)
    notices.of_clarification(notices.ANSWERED, row)
    return row


def _lock(step_pk: int) -> ApprovalStep:
    """The step read fresh under the locks of its document and its request."""
    rows = ApprovalStep.objects.filter(pk=step_pk)
    name, pk = rows.values_list("request__document_kind", "request__document_id").get()
    board.lock(registry.get(name), pk)
    return (
        rows.select_related("request")
        .defer("request__content")
        .select_for_update(of=("self", "request"))
        .get()
    )


def _give_back_time(row: ApprovalClarification, step: ApprovalStep) -> None:
    if step.due_at is None or row.answered_at is None:
        return
    step.due_at = clock.wait_over(step.due_at, row.asked_at, row.answered_at)
    step.save(update_fields=("due_at",))


def _record(row: ApprovalClarification) -> None:
    changes = {"answer": ("", row.answer), "answered_at": (None, row.answered_at)}
    event = "approvalclarification.answered"
    events.record(events.Record(row, events.Action.UPDATE, event, changes))
