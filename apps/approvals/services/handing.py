"""Giving a step to somebody else."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.approvals import notices, policies, registry
from apps.approvals.approvers import substitutes
from apps.approvals.models import ApprovalAssignment, ApprovalDecision
from apps.approvals.services import board, texts
from apps.approvals.services.history import recording
from apps.approvals.services.opening import assignment as new_assignment
from apps.approvals.states import OPEN_STEPS, RequestStatus
from apps.approvals.words import Phrase
from apps.common import events
from apps.common.errors import InvalidInputError, NotPermittedError, TransitionError


@transaction.atomic
def reassign(
    assignment: ApprovalAssignment, *, to: User, by: Any, comment: str
) -> ApprovalAssignment:
    """Give an assignment to another person, who sees from whom and why.

    Raises NotPermittedError, TransitionError when it is decided already, and InvalidInputError for
    a person who may not decide on this document.
    """
    reason = texts.required(comment, "comment", "reason_required", _("Give a reason."))
    old = _lock(assignment)
    if not policies.may_reassign(by, old):
        raise NotPermittedError
    _check_open(old)
    _check_target(old, to, by)
    old.is_open = False
    old.save(update_fields=("is_open",))
    values = {"person": by.display_name, "reason": reason}
    new = new_assignment(
        old.step,
        user=to,
        why=Phrase(gettext_lazy("given by %(person)s: %(reason)s"), values),
        reassigned_from=old,
        is_escalation=old.is_escalation,
    )
    new.save(force_insert=True)
    with recording(by):
        _record(old, new, reason)
    notices.to_approvers(notices.ASSIGNED, [old.step], assignment=new.pk)
    return new


def _lock(assignment: ApprovalAssignment) -> ApprovalAssignment:
    """The assignment read fresh under the locks of its document, request and step."""
    rows = ApprovalAssignment.objects.filter(pk=assignment.pk)
    name, pk = rows.values_list("step__request__document_kind", "step__request__document_id").get()
    board.lock(registry.get(name), pk)
    return (
        rows.select_related("step__request", "user", "group")
        .defer("step__request__content")
        .select_for_update(of=("self", "step", "step__request"))
        .get()
    )


def _check_open(row: ApprovalAssignment) -> None:
    is_open = (
        row.is_open
        and row.step.status in OPEN_STEPS
        and row.step.request.status == RequestStatus.PENDING
    )
    if not is_open or row.decisions.exists():
        raise TransitionError(
            _("This is decided or was given away already."), code="already_decided"
        )


def _check_target(row: ApprovalAssignment, to: User, by: Any) -> None:
    """Nobody takes a decision for themselves, and duties stay apart whoever passes them on."""
    if to.pk == by.pk:
        raise _refused("reassign_to_self", _("You cannot take a decision for yourself."))
    if not to.is_active:
        raise _refused("approver_inactive", _("This person has left."))
    excluded = set(row.step.request.exclusions.values_list("user", flat=True))
    if to.pk in excluded or to.pk in substitutes(excluded):
        raise _refused(
            "approver_kept_apart",
            _("This person asked for or edited the document, or stands in for somebody who did."),
        )
    asked = row.step.assignments.filter(user=to, is_open=True)
    if asked.exists() or ApprovalDecision.objects.filter(step=row.step, actor=to).exists():
        raise _refused("already_asked", _("This person is asked in this step already."))


def _refused(code: str, message: str) -> InvalidInputError:
    return InvalidInputError(message, code=code, errors={"to": [message]})


def _record(old: ApprovalAssignment, new: ApprovalAssignment, reason: str) -> None:
    closed = events.Record(
        old,
        events.Action.UPDATE,
        "approvalassignment.reassigned",
        {"is_open": (True, False)},
        comment=reason,
    )
    events.record(closed, *events.created([new], "approvalassignment.created"))
