"""Deciding: one person, one step, under the document's lock, on exactly the content they saw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Required, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from apps.approvals import hashing, registry
from apps.approvals.models import (
    ApprovalAssignment,
    ApprovalDecision,
    ApprovalRequest,
    ApprovalStep,
)
from apps.approvals.registry import ApprovableKind
from apps.approvals.services import board, outcomes, texts
from apps.approvals.services.board import STANDING_IN, Board
from apps.approvals.services.history import attempts_recorded, recording
from apps.approvals.states import Verdict
from apps.common import events
from apps.common.errors import (
    ConflictError,
    InvalidInputError,
    StaleVersionError,
    TransitionError,
)


class Ruling(TypedDict, total=False):
    """What somebody decides: the verdict, why, and on which version they looked at."""

    verdict: Required[str]
    comment: str
    rejected_lines: Sequence[int]
    expected_version: int | None
    content_hash: str | None


class Written(NamedTuple):
    """A ruling that was read and may be written down."""

    verdict: Verdict
    comment: str
    rejected_lines: list[int]


def decide(step: ApprovalStep | int, *, by: Any, **ruling: Unpack[Ruling]) -> ApprovalRequest:
    """Decide a step and, when it was the last one, let the document make its move.

    Raises SegregationOfDutiesError, NotPermittedError, TransitionError (not this step's turn),
    StaleVersionError (other content than seen), ConflictError (content changed while pending) and
    InvalidInputError. Nothing is written then.
    """
    pk = step if isinstance(step, int) else step.pk
    with attempts_recorded(by), transaction.atomic():
        name, document_pk = ApprovalStep.objects.values_list(
            "request__document_kind", "request__document_id"
        ).get(pk=pk)
        return _decide(registry.get(name), document_pk, by=by, step_pk=pk, ruling=ruling)[0]


def decide_document(document: Any, *, by: Any, **ruling: Unpack[Ruling]) -> Any:
    """Decide the step a document is waiting in; returns the document as it is then.

    Raises what `decide` raises.
    """
    kind = registry.kind_of(document)
    with attempts_recorded(by), transaction.atomic():
        return _decide(kind, document.pk, by=by, step_pk=None, ruling=ruling)[1]


def _decide(
    kind: ApprovableKind, pk: int, *, by: Any, step_pk: int | None, ruling: Ruling
) -> tuple[ApprovalRequest, Any]:
    verdict = read_verdict(ruling["verdict"])
    comment = _comment(verdict, ruling)
    document = board.lock(kind, pk, expected_version=ruling.get("expected_version"))
    found = board.load(kind, pk, by=by)
    if found is None or (step_pk is not None and found.active.pk != step_pk):
        raise TransitionError(_("Nobody waits for this decision any more."), code="already_decided")
    found.check_duties()
    seat = found.seat()
    _check_content(kind, document, found, ruling.get("content_hash"))
    lines = _lines(kind, found, verdict, ruling.get("rejected_lines") or ())
    with recording(by):
        decision = _record(found, seat, Written(verdict, comment, lines))
        document = outcomes.follow(kind, document, found, decision)
    return found.request, document


def read_verdict(value: str) -> Verdict:
    """The verdict somebody named. Raises InvalidInputError."""
    if value not in Verdict.values:
        message = _("Approve, reject or return.")
        raise InvalidInputError(message, code="invalid_verdict", errors={"decision": [message]})
    return Verdict(value)


def _comment(verdict: Verdict, ruling: Ruling) -> str:
    comment = ruling.get("comment", "")
    if verdict == Verdict.APPROVE and not ruling.get("rejected_lines"):
        return texts.optional(comment, "comment")
    return texts.required(comment, "comment", "reason_required", _("Give a reason."))


def _check_content(kind: ApprovableKind, document: Any, found: Board, seen: str | None) -> None:
    """What is approved is what was submitted and what the approver looked at, to the letter."""
    if seen and seen != found.request.content_hash:
        raise StaleVersionError
    if hashing.content_hash(kind.content(document)) != found.request.content_hash:
        raise ConflictError(
            _("The document changed after it was submitted. It has to be submitted again."),
            code="content_changed",
        )


def _lines(
    kind: ApprovableKind, found: Board, verdict: Verdict, numbers: Sequence[int]
) -> list[int]:
    """The lines taken out. Raises InvalidInputError for lines that are not there, or for all."""
    if not numbers:
        return []
    if verdict != Verdict.APPROVE or kind.lines_rejected is None:
        raise _wrong_lines(
            "lines_with_approval_only", _("Single lines are rejected by approving the others.")
        )
    there = {row["line_no"] for row in found.request.content.get("lines", ())}
    left = there - board.lines_without(found.steps)
    if not set(numbers) <= left:
        raise _wrong_lines("unknown_lines", _("Some of these lines are not there (any more)."))
    if set(numbers) == left:
        raise _wrong_lines("all_lines_rejected", _("To reject all lines, reject the document."))
    return sorted(set(numbers))


def _wrong_lines(code: str, message: str) -> InvalidInputError:
    return InvalidInputError(message, code=code, errors={"rejected_lines": [message]})


def _record(found: Board, seat: ApprovalAssignment, written: Written) -> ApprovalDecision:
    stands_in = board.rank(seat, found.by) == STANDING_IN
    decision = ApprovalDecision(
        step=found.active,
        assignment=seat,
        actor=found.by,
        on_behalf_of=seat.user if stands_in else None,
        requester_id=found.request.requester_id,
        actor_name=found.by.display_name[:150],
        verdict=written.verdict,
        comment=written.comment,
        rejected_lines=written.rejected_lines,
        content_hash=found.request.content_hash,
    )
    decision.save(force_insert=True)
    events.record(*events.created([decision], f"approvaldecision.{written.verdict}"))
    return decision
