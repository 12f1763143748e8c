"""Approval at submission: what rules declare to need nobody's consent moves on at once."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.approvals import registry
from apps.approvals.conclusion import concluding
from apps.approvals.models import ApprovalRequest
from apps.approvals.services.history import recording
from apps.approvals.services.opening import move
from apps.approvals.states import RequestStatus
from apps.common import events


@transaction.atomic
def settle(document: Any, *, by: Any) -> Any:
    """Approve a submitted document whose open request has no steps; others are left as they are.

    Called by the document's own submission, in its transaction and under its lock. The request
    keeps the hash of the content, so ordering and issuing are held to it like after any approval.
    """
    kind = registry.kind_of(document)
    request = (
        ApprovalRequest.objects.of(kind.kind, document.pk)
        .filter(status=RequestStatus.PENDING, steps=None)
        .first()
    )
    if request is None:
        return document
    with recording(by):
        events.record(move(request, RequestStatus.APPROVED, "approved"))
    with concluding(kind.kind, document.pk):
        comment = _("Approved by rule: nobody needs to be asked.")
        return kind.approved(document, by=by, comment=comment, request=request)
