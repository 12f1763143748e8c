"""The first page: what somebody asked for and how far each of it is, at a glance."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from apps.accounts.scopes import department_scope
from apps.common import search
from apps.requisitions import policies
from apps.requisitions.models import Requisition, Watcher
from apps.requisitions.states import OPEN, Status
from apps.requisitions.views import glance
from apps.requisitions.views.keyset import paginate

TABS = {
    "mine": _("Mine"),
    "department": _("Department"),
    "watching": _("Watching"),
}
# Filters people think in; each of them is one or more states.
FILTERS: dict[str, tuple[Any, frozenset[str]]] = {
    "open": (_("Open"), frozenset(OPEN)),
    "draft": (_("Draft"), frozenset({Status.DRAFT})),
    "pending": (_("Waiting for approval"), frozenset({Status.PENDING_APPROVAL})),
    "returned": (_("Returned to me"), frozenset({Status.RETURNED})),
    "approved": (_("Approved"), frozenset({Status.APPROVED})),
    "done": (_("Done"), frozenset({Status.CLOSED, Status.REJECTED, Status.CANCELLED})),
}


@require_safe
def requisition_list(request: HttpRequest) -> HttpResponse:
    """My requisitions, those of my department, those I watch."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "mine"
    status = request.GET.get("status", "")
    text = search.typed(request.GET.get("q", ""))
    rows = _of_tab(tab, request.user)
    if status in FILTERS:
        rows = rows.filter(status__in=FILTERS[status][1])
    if text:
        rows = rows.search(text)  # type: ignore[attr-defined]  # ours; the stubs widen it
    page = paginate(rows.with_header(), request.GET)  # type: ignore[attr-defined]  # as above
    context = {
        "tab": tab,
        "tabs": TABS.items(),
        "filters": [(key, label) for key, (label, _states) in FILTERS.items()],
        "status": status,
        "text": text,
        "is_filtered": bool(text or status in FILTERS),
        "page": page,
        "rows": glance.rows(page.rows),
        "may_create": policies.may_create(request.user),
    }
    return render(request, "requisitions/list.html", context)


def _of_tab(tab: str, user: Any) -> QuerySet[Requisition]:
    if tab == "mine":
        return Requisition.objects.filter(Q(requester=user) | Q(on_behalf_of=user))
    visible = Requisition.objects.visible_to(user)
    if tab == "watching":
        mine = Watcher.objects.filter(requisition=OuterRef("pk"), user=user)
        return visible.filter(Exists(mine))
    scope = {user.department_id, *department_scope(user, "view_documents", "buy_for")}
    return visible.filter(department__in=scope - {None})
