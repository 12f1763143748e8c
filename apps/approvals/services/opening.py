"""Submission: the route of now is copied to a request together with what is to be approved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.approvals import hashing, notices, registry, routes
from apps.approvals.models import (
    ApprovalAssignment,
    ApprovalExclusion,
    ApprovalRequest,
    ApprovalStep,
)
from apps.approvals.registry import ApprovableKind, Facts
from apps.approvals.routes import PlannedStep, Route
from apps.approvals.services import clock
from apps.approvals.services.history import recording
from apps.approvals.states import RequestStatus
from apps.approvals.words import in_each_language
from apps.common import events
from apps.common.errors import ConflictError, RouteError


def preview(document: Any, *, by: Any) -> Route:
    """Who would decide, in which order and why, or what stands in the way; writes nothing."""
    kind = registry.kind_of(document)
    facts = kind.facts(document)
    if facts.submitted_by is None:
        facts = replace(facts, submitted_by=by)
    return routes.build(kind.kind, facts, names=True)


@transaction.atomic
def open_request(document: Any, *, by: Any) -> ApprovalRequest:
    """Open the approval of a document its caller holds locked.

    Raises RouteError naming each blocker, and ConflictError when an approval is already open.
    """
    kind = registry.kind_of(document)
    facts = replace(kind.facts(document), submitted_by=by)
    route = routes.build(kind.kind, facts)
    if not route.is_clear:
        blockers = [{"code": b.code, "message": str(b.message)} for b in route.blockers]
        raise RouteError("\n".join(b["message"] for b in blockers), blockers=blockers)
    superseded = _close_former(kind.kind, document.pk)
    request = _request(kind, document, facts, by)
    exclusions = ApprovalExclusion.objects.bulk_create(
        ApprovalExclusion(request=request, user_id=pk, reason=reason)
        for pk, reason in route.exclusions.items()
    )
    steps = _steps(request, route.steps)
    assignments = _assignments(steps, route.steps)
    with recording(by):
        events.record(*superseded, *_created(request, exclusions, steps, assignments))
    notices.to_approvers(notices.ASSIGNED, steps[:1])
    return request


def _close_former(kind: str, pk: int) -> list[events.Record]:
    """A new request takes the place of an approval given before; an open one is in the way."""
    former = ApprovalRequest.objects.of(kind, pk).filter(
        status__in=(RequestStatus.PENDING, RequestStatus.APPROVED)
    )
    records = []
    for request in former.defer("content"):
        if request.status == RequestStatus.PENDING:
            raise ConflictError(
                _("The document is already waiting for approval."), code="already_pending"
            )
        records.append(move(request, RequestStatus.SUPERSEDED, "superseded"))
    return records


def move(request: ApprovalRequest, status: RequestStatus, event: str) -> events.Record:
    """Give a request its new status and say so; the caller holds the document's lock."""
    before = request.status
    request.status = status
    request.closed_at = request.closed_at or timezone.now()
    request.save(update_fields=("status", "closed_at"))
    return events.Record(
        request,
        events.Action.UPDATE,
        f"approvalrequest.{event}",
        {"status": (before, str(status))},
    )


def _request(kind: ApprovableKind, document: Any, facts: Facts, by: Any) -> ApprovalRequest:
    content = kind.content(document)
    return ApprovalRequest.objects.create(
        document_kind=kind.kind,
        document_id=document.pk,
        document_label=facts.label[:255],
        content=hashing.canonical(content),
        content_hash=hashing.content_hash(content),
        total=facts.total,
        currency=facts.currency,
        base_total=facts.base_total,
        department=facts.department,
        requester=facts.requester,
        submitted_by=by,
    )


def _steps(request: ApprovalRequest, planned: Sequence[PlannedStep]) -> list[ApprovalStep]:
    steps = [
        ApprovalStep(
            request=request,
            sequence=plan.sequence,
            rule=plan.rule,
            mode=plan.mode,
            required_count=plan.required_count,
            hours=plan.hours,
            **in_each_language(name=plan.name, why=plan.why),
        )
        for plan in planned
    ]
    if steps:
        clock.start(steps[0], timezone.now())
    return ApprovalStep.objects.bulk_create(steps)


def _assignments(
    steps: Sequence[ApprovalStep], planned: Sequence[PlannedStep]
) -> list[ApprovalAssignment]:
    return ApprovalAssignment.objects.bulk_create(
        assignment(step, user=who.user, group=who.group, why=who.why)
        for step, plan in zip(steps, planned, strict=True)
        for who in plan.approvers
    )


def assignment(
    step: ApprovalStep, *, user: Any = None, group: Group | None = None, why: Any, **more: Any
) -> ApprovalAssignment:
    """A person or group to be asked, not saved yet, with the reason in every language."""
    return ApprovalAssignment(
        step=step, user=user, group=group, **in_each_language(why=why), **more
    )


def _created(
    request: ApprovalRequest,
    exclusions: Sequence[ApprovalExclusion],
    steps: Sequence[ApprovalStep],
    assignments: Sequence[ApprovalAssignment],
) -> list[events.Record]:
    (opened,) = events.created([request], "approvalrequest.opened")
    changes = {name: pair for name, pair in opened.changes.items() if name != "content"}
    return [
        replace(opened, changes=changes),
        *events.created(exclusions, "approvalexclusion.created"),
        *events.created(steps, "approvalstep.created"),
        *events.created(assignments, "approvalassignment.created"),
    ]
