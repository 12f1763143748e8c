"""What pages and the API show of approvals, in a fixed number of statements; never a write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Prefetch, QuerySet
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.approvals import policies, registry, services
from apps.approvals.models import (
    ApprovalAssignment,
    ApprovalClarification,
    ApprovalDecision,
    ApprovalRequest,
    ApprovalStep,
)
from apps.approvals.querysets import assigned_to
from apps.approvals.services.differences import LINE_KEY, LINES, Change, label
from apps.approvals.states import StepStatus
from apps.common import documents

EMPTY: tuple[Any, ...] = (None, "", [])
SAID_ALREADY = frozenset({"requester", "department"})


@dataclass(frozen=True)
class InboxRow:
    """One step waiting for this person, and why it waits for them."""

    step: ApprovalStep
    why: str
    is_overdue: bool

    @property
    def request(self) -> ApprovalRequest:
        """The approval the step belongs to."""
        return self.step.request


@dataclass(frozen=True)
class Fact:
    """One value of the content, with its name."""

    label: str
    value: Any


@dataclass(frozen=True)
class Sheet:
    """The content that is decided on: header facts and a table of lines."""

    facts: list[Fact]
    columns: list[str]
    rows: list[tuple[int, list[Any]]]


def inbox(
    user: Any, *, kind: str = "", overdue: bool | None = None, now: dt.datetime | None = None
) -> QuerySet[ApprovalStep]:
    """The steps this person may decide now, the most urgent first, ready for a list."""
    steps: QuerySet[ApprovalStep] = ApprovalStep.objects.inbox(user)
    if kind:
        steps = steps.filter(request__document_kind=kind)
    if overdue is not None:
        now = now or timezone.now()
        steps = steps.filter(due_at__lt=now) if overdue else steps.exclude(due_at__lt=now)
    return with_list_fields(steps, user).order_by("due_at", "pk")


def with_list_fields(steps: QuerySet[ApprovalStep], user: Any) -> QuerySet[ApprovalStep]:
    """With all a row shows, in two statements."""
    mine = ApprovalAssignment.objects.filter(assigned_to(user), is_open=True)
    return (
        steps.select_related("request__requester", "request__department", "request__submitted_by")
        .defer("request__content")
        .prefetch_related(
            Prefetch("assignments", mine.select_related("user", "group"), to_attr="mine")
        )
    )


def rows(steps: Iterable[ApprovalStep], user: Any) -> list[InboxRow]:
    """The rows of an inbox."""
    now = timezone.now()
    return [
        InboxRow(step, why_me(step.mine, user), step.due_at is not None and step.due_at < now)  # type: ignore[attr-defined]  # prefetched above
        for step in steps
    ]


def why_me(assignments: Sequence[ApprovalAssignment], user: Any) -> str:
    """Why a step waits for this person: their own position first, then whom they stand in for."""
    own = [row for row in assignments if row.user_id == user.pk or row.group_id]
    if own:
        return own[0].why
    absent = [row.user for row in assignments if row.user_id]
    return _("standing in for %(person)s") % {"person": absent[0]} if absent else ""


def visible_steps(user: Any) -> QuerySet[ApprovalStep]:
    """Steps of approvals this person may see."""
    return ApprovalStep.objects.filter(request__in=ApprovalRequest.objects.visible_to(user))


def route(request: ApprovalRequest) -> list[ApprovalStep]:
    """The steps with their people, decisions and questions, in three more statements."""
    questions = ApprovalClarification.objects.select_related("asked_by", "answered_by")
    return list(
        request.steps.order_by("sequence").prefetch_related(
            Prefetch("assignments", ApprovalAssignment.objects.select_related("user", "group")),
            Prefetch("decisions", ApprovalDecision.objects.select_related("actor", "on_behalf_of")),
            Prefetch("clarifications", questions),
        )
    )


def stepper(steps: Iterable[ApprovalStep]) -> list[dict[str, Any]]:
    """The route for the stepper component."""
    return [
        {
            "name": step.name,
            "status": step.status,
            "status_label": step.get_status_display(),
            "people": ", ".join(_people(step)),
            "reason": step.why,
        }
        for step in steps
    ]


def _people(step: ApprovalStep) -> list[str]:
    decided = [said(decision) for decision in step.decisions.all()]
    if decided and step.status != StepStatus.ACTIVE:
        return decided
    asked = (f"{row} ({row.why})" for row in step.assignments.all() if row.is_open)
    return [*decided, *asked]


def said(decision: ApprovalDecision) -> str:
    """Who decided, and for whom."""
    if decision.on_behalf_of is None:
        return decision.actor_name
    names = {"actor": decision.actor_name, "person": decision.on_behalf_of}
    return _("%(actor)s for %(person)s") % names


def sheet(request: ApprovalRequest) -> Sheet:
    """What was submitted, as people read it; empty values and what the page says are left out."""
    kind = registry.get(request.document_kind)
    content = request.content
    lines = content.get(LINES, [])
    names = [name for name in _sorted(content, kind.model) if name not in {LINES, *SAID_ALREADY}]
    facts = [
        Fact(label(kind, name, kind.model), shown(kind.model, name, content[name]))
        for name in names
        if content[name] not in EMPTY
    ]
    columns = [
        name
        for name in _sorted(lines[0] if lines else {}, kind.line_model)
        if name != LINE_KEY and any(line.get(name) not in EMPTY for line in lines)
    ]
    return Sheet(
        facts,
        [label(kind, name, kind.line_model) for name in columns],
        [
            (line[LINE_KEY], [shown(kind.line_model, name, line.get(name)) for name in columns])
            for line in lines
        ],
    )


def _sorted(content: Iterable[str], model: Any) -> list[str]:
    """Keys in the order of the model's fields, which is the order people know."""
    order = [field.name for field in model._meta.get_fields()] if model else []
    return sorted(content, key=lambda name: order.index(name) if name in order else len(order))


def shown(model: Any, name: str, value: Any) -> Any:
    """A value of the content as people read it: choices by their words, lists in a row."""
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    try:
        choices = dict(getattr(model._meta.get_field(name), "flatchoices", None) or ())
    except (FieldDoesNotExist, AttributeError):
        choices = {}
    return choices.get(value, value)


def changes(request: ApprovalRequest) -> list[Change]:
    """What differs from the version decided on before."""
    return services.since_former(request)


def document_url(request: ApprovalRequest, user: Any) -> str:
    """Where the document itself is shown, or nothing when this person may not see it there."""
    kind = documents.kinds().get(request.document_kind)
    if kind is None:
        return ""
    document = kind.visible_to(user).filter(pk=request.document_id).first()
    if document is None:
        return ""
    url = kind.workspace_url(document)
    return url if user.is_staff or not _in_back_office(url) else ""


def _in_back_office(url: str) -> bool:
    try:
        return resolve(url).app_name == "admin"
    except Resolver404:
        return True


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of documents that can be approved, for filters."""
    names = registry.kinds().values()
    return [(kind.kind, str(kind.model._meta.verbose_name)) for kind in names]


def open_question(steps: Iterable[ApprovalStep]) -> ApprovalClarification | None:
    """The question that waits for its answer."""
    for step in steps:
        for row in step.clarifications.all():
            if row.answered_at is None and step.status == StepStatus.ACTIVE:
                return row
    return None


def reassignable(steps: Iterable[ApprovalStep], user: Any) -> list[ApprovalAssignment]:
    """Assignments of the active step this person may give away."""
    active = [step for step in steps if step.status == StepStatus.ACTIVE]
    if not active or policies.is_kept_apart(user, active[0].request_id):
        return []
    used = {decision.assignment_id for decision in active[0].decisions.all()}
    every = user.has_perm(policies.CHANGE)
    return [
        row
        for row in active[0].assignments.all()
        if row.is_open and row.pk not in used and (every or row.user_id == user.pk)
    ]


def allowed_actions(steps: Sequence[ApprovalStep], step: ApprovalStep, user: Any) -> list[str]:
    """What this person may do with a step now."""
    actions: list[str] = []
    question = open_question(steps)
    if policies.may_ask(user, step):
        actions += ["approve", "reject", "return"]
        actions += [] if question else ["clarify"]
    if question and question.step_id == step.pk and policies.may_answer(user, question):
        actions.append("answer")
    if any(row.step_id == step.pk for row in reassignable(steps, user)):
        actions.append("reassign")
    return actions
