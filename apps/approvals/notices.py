"""What people are told about approvals, by mail, in their own language, after the commit.

A notice is one row of the outbox with the primary keys; who gets it and what it says is worked out
when it is sent. Links only open a page: nothing is ever decided by following one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts.models import Delegation, User
from apps.approvals import registry, words
from apps.approvals.models import (
    ApprovalAssignment,
    ApprovalClarification,
    ApprovalDecision,
    ApprovalExclusion,
    ApprovalRequest,
    ApprovalStep,
)
from apps.approvals.states import StepStatus
from apps.common import documents, outbox

TOPIC = "approvals.notice"
ASSIGNED, REMINDER, ESCALATED = "assigned", "reminder", "escalated"
APPROVED, REJECTED, RETURNED = "approved", "rejected", "returned"
ASKED, ANSWERED = "asked", "answered"
_TO_APPROVERS = frozenset({ASSIGNED, REMINDER, ESCALATED})
_OWNERS = (
    ApprovalExclusion.Reason.REQUESTER,
    ApprovalExclusion.Reason.ON_BEHALF_OF,
    ApprovalExclusion.Reason.SUBMITTER,
)


def to_approvers(
    event: str, steps: Iterable[ApprovalStep], *, assignment: int | None = None
) -> None:
    """Tell those whose turn it is; only one assignment's people when it is named."""
    outbox.put_all(
        TOPIC, [{"event": event, "step": step.pk, "assignment": assignment} for step in steps]
    )


def to_owners(event: str, request: ApprovalRequest) -> None:
    """Tell those who asked how it ended."""
    outbox.put(TOPIC, {"event": event, "request": request.pk})


def of_clarification(event: str, clarification: ApprovalClarification) -> None:
    """Pass on a question or its answer."""
    outbox.put(TOPIC, {"event": event, "clarification": clarification.pk})


def deliver(payload: outbox.Payload) -> None:
    """Turn one notice into a mail for each person it concerns."""
    event = payload["event"]
    if event in _TO_APPROVERS:
        _deliver_to_approvers(payload)
    elif event in {ASKED, ANSWERED}:
        _deliver_clarification(payload)
    else:
        _deliver_outcome(payload)


def approvers_of(step: ApprovalStep, *, assignment: int | None = None) -> list[User]:
    """The people who may decide in a step now: named, in a group, or standing in."""
    rows = ApprovalAssignment.objects.filter(step=step, is_open=True)
    if assignment is not None:
        rows = rows.filter(pk=assignment)
    named, groups = rows.values("user"), rows.values("group")
    standing_in = Delegation.objects.current().filter(delegator__in=named).values("delegate")
    excluded = ApprovalExclusion.objects.filter(request=step.request_id).values("user")
    apart = Delegation.objects.current().filter(delegator__in=excluded).values("delegate")
    decided = ApprovalDecision.objects.filter(step=step).values("actor")
    return list(
        User.objects.filter(
            Q(pk__in=named) | Q(groups__in=groups) | Q(pk__in=standing_in), is_active=True
        )
        .exclude(pk__in=excluded)
        .exclude(pk__in=apart)
        .exclude(pk__in=decided)
        .distinct()
        .order_by("pk")
    )


def _deliver_to_approvers(payload: outbox.Payload) -> None:
    step = ApprovalStep.objects.select_related("request__requester").get(pk=payload["step"])
    if step.status != StepStatus.ACTIVE:
        return  # decided before the mail went out: nobody has to do anything
    people = approvers_of(step, assignment=payload.get("assignment"))
    outbox.put_mail(_mails(people, lambda: _asked_to_decide(payload["event"], step)))


def _deliver_outcome(payload: outbox.Payload) -> None:
    request = ApprovalRequest.objects.get(pk=payload["request"])
    decision = (
        ApprovalDecision.objects.filter(step__request=request)
        .order_by("-decided_at", "-pk")
        .first()
    )
    people = _owners(request)
    outbox.put_mail(_mails(people, lambda: _decided(payload["event"], request, decision)))


def _deliver_clarification(payload: outbox.Payload) -> None:
    clarification = ApprovalClarification.objects.select_related(
        "step__request", "asked_by", "answered_by"
    ).get(pk=payload["clarification"])
    if payload["event"] == ASKED:
        people: Sequence[User] = _owners(clarification.step.request)
    else:
        people = [clarification.asked_by]
    outbox.put_mail(_mails(people, lambda: _clarification(payload["event"], clarification)))


def _owners(request: ApprovalRequest) -> list[User]:
    pks = request.exclusions.filter(reason__in=_OWNERS).values("user")
    return list(User.objects.filter(pk__in=pks, is_active=True).order_by("pk"))


def _mails(people: Iterable[User], write: Any) -> list[tuple[User, str, str]]:
    mails = []
    for person in people:
        with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
            subject, lines = write()
        mails.append((person, subject, "\n\n".join(line for line in lines if line)))
    return mails


def _asked_to_decide(event: str, step: ApprovalStep) -> tuple[str, list[str]]:
    request = step.request
    subjects = {
        ASSIGNED: _("Please decide: %(document)s"),
        REMINDER: _("Still waiting for you: %(document)s"),
        ESCALATED: _("Overdue, now with you: %(document)s"),
    }
    due = date_format(timezone.localtime(step.due_at), "DATETIME_FORMAT") if step.due_at else ""
    return subjects[event] % {"document": request.document_label}, [
        _("%(requester)s asks for a decision on %(document)s.")
        % {"requester": request.requester, "document": request.document_label},
        _("Total: %(amount)s") % {"amount": words.amount(request.base_total)},
        step.why,
        _("Due: %(due)s") % {"due": due} if due else "",
        _link(reverse("approvals:step", args=[step.pk])),
    ]


def _decided(
    event: str, request: ApprovalRequest, decision: ApprovalDecision | None
) -> tuple[str, list[str]]:
    subjects = {
        APPROVED: _("Approved: %(document)s"),
        REJECTED: _("Rejected: %(document)s"),
        RETURNED: _("Returned for changes: %(document)s"),
    }
    comment = decision.comment if decision else ""
    return subjects[event] % {"document": request.document_label}, [
        _("Decided by %(person)s.") % {"person": decision.actor_name} if decision else "",
        _("Comment: %(comment)s") % {"comment": comment} if comment else "",
        _link(_document_path(request)),
    ]


def _clarification(event: str, row: ApprovalClarification) -> tuple[str, list[str]]:
    request = row.step.request
    if event == ASKED:
        return _("Question about %(document)s") % {"document": request.document_label}, [
            _("%(person)s asks: %(question)s") % {"person": row.asked_by, "question": row.question},
            _link(reverse("approvals:step", args=[row.step_id])),
        ]
    return _("Answer about %(document)s") % {"document": request.document_label}, [
        _("You asked: %(question)s") % {"question": row.question},
        _("%(person)s answers: %(answer)s") % {"person": row.answered_by, "answer": row.answer},
        _link(reverse("approvals:step", args=[row.step_id])),
    ]


def _document_path(request: ApprovalRequest) -> str:
    """Where the document is shown in the workspace, or the inbox when nobody shows it."""
    kind = documents.kinds().get(request.document_kind)
    if kind is None:
        return reverse("approvals:inbox")
    model = registry.get(request.document_kind).model
    return kind.workspace_url(model._default_manager.get(pk=request.document_id))


def _link(path: str) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{path}"
