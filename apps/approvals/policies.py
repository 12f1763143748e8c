"""Who may do what in approvals. Duties are kept apart before anything else, superuser or not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apps.accounts.models import Delegation
from apps.approvals import registry
from apps.approvals.conclusion import is_concluding
from apps.approvals.models import (
    ApprovalAssignment,
    ApprovalClarification,
    ApprovalExclusion,
    ApprovalRequest,
    ApprovalStep,
)

CHANGE = "approvals.change_approvalrequest"
_OWNERS = (
    ApprovalExclusion.Reason.REQUESTER,
    ApprovalExclusion.Reason.ON_BEHALF_OF,
    ApprovalExclusion.Reason.SUBMITTER,
)


def is_known(user: Any) -> bool:
    """Somebody who is logged in and has not left."""
    return bool(user and user.is_authenticated and user.is_active)


def may_decide(user: Any, document: Any) -> bool:
    """Whose turn it is on this document, as themselves or standing in, unless kept apart."""
    if not is_known(user) or document.pk is None:
        return False
    return bool(decidable(user, registry.kind_of(document).kind, [document.pk]))


def decidable(user: Any, kind: str, pks: Iterable[int]) -> set[int]:
    """Which of these documents the person may decide on now, in one statement for a page."""
    if not is_known(user):
        return set()
    return set(
        ApprovalStep.objects.inbox(user)
        .filter(request__document_kind=kind, request__document_id__in=list(pks))
        .order_by()
        .values_list("request__document_id", flat=True)
    )


def may_conclude(user: Any, document: Any) -> bool:
    """For the document's own move: only while the approvals carry over what was decided."""
    return is_known(user) and is_concluding(document)


def may_view(user: Any, request: ApprovalRequest) -> bool:
    """Those who asked, those who decide, and those with the right to see all approvals."""
    return bool(ApprovalRequest.objects.visible_to(user).filter(pk=request.pk).exists())


def may_ask(user: Any, step: ApprovalStep) -> bool:
    """Whoever may decide may ask first."""
    return bool(ApprovalStep.objects.inbox(user).filter(pk=step.pk).exists())


def may_answer(user: Any, clarification: ApprovalClarification) -> bool:
    """Those who asked for the document, for whom it is, or who submitted it."""
    if not is_known(user):
        return False
    people = ApprovalExclusion.objects.filter(
        request=clarification.step.request_id, user=user, reason__in=_OWNERS
    )
    return bool(people.exists())


def may_reassign(user: Any, assignment: ApprovalAssignment) -> bool:
    """The person asked, for themselves; for others whoever looks after approvals.

    Never somebody kept apart: who asked for a thing does not choose who decides on it.
    """
    if not is_known(user) or is_kept_apart(user, assignment.step.request_id):
        return False
    return assignment.user_id == user.pk or bool(user.has_perm(CHANGE))


def is_kept_apart(user: Any, request_pk: int) -> bool:
    """Whether the person, or somebody they stand in for, asked for or edited the document."""
    absent = Delegation.objects.current().filter(delegate=user).values("delegator")
    excluded = ApprovalExclusion.objects.filter(request=request_pk)
    return excluded.filter(user=user).exists() or excluded.filter(user__in=absent).exists()
