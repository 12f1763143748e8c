"""What of approvals waits, on the first page of the back office."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.approvals import policies
from apps.approvals.models import ApprovalStep
from apps.common import dashboard
from apps.common.dashboard import Tile


def register() -> None:
    """Show the tiles; each says nothing to people it has nothing to say to."""
    dashboard.register(mine, order=10)
    dashboard.register(late, order=11)


def mine(request: HttpRequest) -> Tile | None:
    """What waits for the person's own decision."""
    if not policies.is_known(request.user):
        return None
    count = ApprovalStep.objects.inbox(request.user).count()
    tone = "warning" if count else "neutral"
    return Tile(_("Waiting for your decision"), count, url=reverse("approvals:inbox"), tone=tone)


def late(request: HttpRequest) -> Tile | None:
    """What is overdue, for those who look after approvals."""
    if not request.user.has_perm(policies.CHANGE):
        return None
    count = ApprovalStep.objects.overdue().count()
    address = reverse("admin:approvals_approvalstep_changelist")
    tone = "danger" if count else "neutral"
    return Tile(_("Overdue approvals"), count, url=f"{address}?overdue=yes", tone=tone)
