"""Checks of stored approvals: what was decided on is still what is kept, and what is approved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from apps.approvals import hashing, registry, triggers
from apps.approvals.models import ApprovalDecision, ApprovalRequest
from apps.approvals.registry import ApprovableKind
from apps.approvals.states import RequestStatus
from apps.common.integrity import Place, place

ROWS = 500
# While a document is in one of these states nobody may change what was submitted.
BOUND = frozenset({"pending_approval", "approved"})
LIVE = (RequestStatus.PENDING, RequestStatus.APPROVED)


def contents() -> Iterator[Place]:
    """What a request keeps has the hash it names, and so has every decision on it."""
    rows = ApprovalRequest.objects.order_by("pk").values_list("pk", "content", "content_hash")
    for pk, content, stored in rows.iterator(ROWS):
        try:
            found = hashing.content_hash(content)
        except (AttributeError, TypeError):
            found = ""
        if found != stored:
            yield place(ApprovalRequest, pk, _("its content is not what its hash says"))
    decisions = ApprovalDecision.objects.exclude(content_hash=F("step__request__content_hash"))
    for pk in decisions.order_by("pk").values_list("pk", flat=True):
        yield place(ApprovalDecision, pk, _("it decided on another content than its request has"))


def documents() -> Iterator[Place]:
    """A document that waits for approval or has it says what was submitted."""
    for kind in registry.kinds().values():
        yield from _of_kind(kind)


def _of_kind(kind: ApprovableKind) -> Iterator[Place]:
    requests = ApprovalRequest.objects.filter(document_kind=kind.kind, status__in=LIVE)
    hashes = dict(requests.order_by("pk").values_list("document_id", "content_hash").iterator(ROWS))
    model: Any = kind.model  # its concrete class has a status
    found = model._base_manager.filter(status__in=BOUND).select_related(*kind.related)
    for document in found.order_by("pk").iterator(ROWS):
        wanted = hashes.get(document.pk)
        if wanted is None:
            yield place(kind.model, document.pk, _("it has no approval that is open or given"))
        elif hashing.content_hash(kind.content(document)) != wanted:
            yield place(kind.model, document.pk, _("it is no longer what was submitted"))


def guards() -> Iterator[Place]:
    """The database itself keeps decisions final and duties apart."""
    for lost in triggers.GUARD.missing(connection):
        yield Place(
            triggers.TABLE, None, _("the trigger %(name)s is missing") % {"name": lost.name}
        )
