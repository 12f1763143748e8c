"""Requisitions on the first page of the back office."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.common import dashboard
from apps.common.dashboard import Tile
from apps.requisitions import policies
from apps.requisitions.models import Requisition
from apps.requisitions.states import Fulfilment, Status


def register() -> None:
    """Show the tiles; each says nothing to people it has nothing to say to."""
    dashboard.register(awaiting, order=20)
    dashboard.register(not_ordered, order=21)
    dashboard.register(returned, order=22)


def awaiting(request: HttpRequest) -> Tile | None:
    """Requisitions in approval that this person may see."""
    if not _sees(request.user):
        return None
    count = _visible(request).filter(status=Status.PENDING_APPROVAL).count()
    return Tile(
        _("Requisitions in approval"),
        count,
        url=_list("status__exact=pending_approval"),
        tone="info" if count else "neutral",
    )


def not_ordered(request: HttpRequest) -> Tile | None:
    """Approved requisitions that nobody has begun to order."""
    if not _sees(request.user):
        return None
    waiting = _visible(request).filter(status=Status.APPROVED, order_status=Fulfilment.NONE)
    count = waiting.count()
    return Tile(
        _("Approved, not ordered"),
        count,
        url=_list("status__exact=approved&order_status__exact=none"),
        tone="warning" if count else "neutral",
    )


def returned(request: HttpRequest) -> Tile | None:
    """What came back to this person."""
    if not policies.may_create(request.user):
        return None
    mine = Requisition.objects.filter(requester=request.user.pk, status=Status.RETURNED)
    count = mine.count()
    address = reverse("requisitions:list")
    tone = "warning" if count else "neutral"
    return Tile(_("Returned to you"), count, url=f"{address}?status=returned", tone=tone)


def _sees(user: Any) -> bool:
    return policies.is_known(user) and bool(user.has_perm("requisitions.view_requisition"))


def _visible(request: HttpRequest) -> Any:
    return Requisition.objects.visible_to(request.user).order_by()


def _list(query: str) -> str:
    return f"{reverse('admin:requisitions_requisition_changelist')}?{query}"
