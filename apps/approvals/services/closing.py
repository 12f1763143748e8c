"""Ends that are no decisions: taken back by the requester, or overtaken by a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from apps.approvals import hashing, registry
from apps.approvals.models import ApprovalRequest
from apps.approvals.services import board
from apps.approvals.services.history import recording
from apps.approvals.services.opening import move
from apps.approvals.services.outcomes import finish
from apps.approvals.services.texts import optional
from apps.approvals.states import OPEN_STEPS, RequestStatus, StepStatus
from apps.common import events


@transaction.atomic
def withdraw(document: Any, *, by: Any, comment: str = "") -> ApprovalRequest | None:
    """Close the open approval because the document was taken back; nothing when none is open.

    The document's own service asks its policy first and makes the document's move.
    """
    return _close(document, (RequestStatus.PENDING,), RequestStatus.WITHDRAWN, by, comment)


@transaction.atomic
def supersede(document: Any, *, by: Any, comment: str = "") -> ApprovalRequest | None:
    """Void the approval, open or given, because what was approved has changed."""
    statuses = (RequestStatus.PENDING, RequestStatus.APPROVED)
    return _close(document, statuses, RequestStatus.SUPERSEDED, by, comment)


def is_still_approved(document: Any) -> bool:
    """Whether the document's latest approval was given, and for exactly what it says now."""
    return document.pk in still_approved([document])


def still_approved(documents: Sequence[Any]) -> set[int]:
    """Those of several documents of one kind whose latest approval is for what they say now."""
    if not documents:
        return set()
    kind = registry.kind_of(documents[0])
    requests = ApprovalRequest.objects.filter(
        document_kind=kind.kind, document_id__in=[document.pk for document in documents]
    )
    fields = ("document_id", "status", "content_hash")
    latest = {row["document_id"]: row for row in requests.order_by("pk").values(*fields)}
    given = [d for d in documents if latest.get(d.pk, {}).get("status") == RequestStatus.APPROVED]
    return {
        pk
        for pk, content in kind.contents_of(given).items()
        if hashing.content_hash(content) == latest[pk]["content_hash"]
    }


def _close(
    document: Any,
    statuses: tuple[RequestStatus, ...],
    target: RequestStatus,
    by: Any,
    comment: str,
) -> ApprovalRequest | None:
    kind = registry.kind_of(document)
    board.lock(kind, document.pk)
    found = (
        ApprovalRequest.objects.of(kind.kind, document.pk)
        .filter(status__in=statuses)
        .select_for_update()
        .order_by("-pk")
        .defer("content")
    )
    request: ApprovalRequest | None = found.first()
    if request is None:
        return None
    with recording(by):
        steps = request.steps.select_for_update().filter(status__in=OPEN_STEPS)
        finish(list(steps.order_by("sequence")), StepStatus.SKIPPED)
        record = move(request, target, str(target))
        events.record(replace(record, comment=optional(comment, "comment")))
    return request
