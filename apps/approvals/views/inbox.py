"""The inbox: what waits for me, and deciding several of them at once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.approvals import reading, services
from apps.approvals.models import ApprovalStep
from apps.approvals.states import Verdict
from apps.common.numbers import whole_number

LIMIT = 100
PAGE, PART = "approvals/inbox.html", "approvals/inbox_part.html"


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """My active steps, also those of people I stand in for."""
    return _page(request)


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Decide the ticked rows; each gets its own answer and none holds up another."""
    asked = map(whole_number, request.POST.getlist("step"))
    ticked = [pk for pk in asked if pk is not None][:LIMIT]
    names = dict(
        reading.visible_steps(request.user)
        .filter(pk__in=ticked)
        .values_list("pk", "request__document_label")
    )
    verdict = request.POST.get("decision", "")
    results = services.decide_many(
        [
            {
                "id": pk,
                "decision": verdict,
                "comment": request.POST.get("comment", ""),
                "content_hash": request.POST.get(f"seen-{pk}", ""),
            }
            for pk in ticked
        ],
        by=request.user,
    )
    shown = [{"label": names.get(row.id, _("unknown")), "result": row} for row in results]
    done = all(row.ok for row in results)
    return _page(
        request,
        results=shown,
        nothing_ticked=not ticked,
        typed="" if done else request.POST.get("comment", ""),
        refused={row.id for row in results if not row.ok},
    )


def _page(request: HttpRequest, **more: Any) -> HttpResponse:
    kind, overdue = request.GET.get("kind", ""), request.GET.get("overdue", "")
    kinds = reading.kind_choices()
    kind = kind if kind in dict(kinds) else ""
    steps: Any = reading.inbox(request.user, kind=kind, overdue=True if overdue == "true" else None)
    found: list[ApprovalStep] = list(steps[: LIMIT + 1])
    context = {
        "rows": reading.rows(found[:LIMIT], request.user),
        "has_more": len(found) > LIMIT,
        "limit": LIMIT,
        "base_currency": settings.BASE_CURRENCY,
        "kinds": kinds,
        "kind": kind,
        "overdue": overdue == "true",
        "is_filtered": bool(kind or overdue == "true"),
        "verdicts": Verdict,
        **more,
    }
    template = PART if request.headers.get("HX-Request") == "true" else PAGE
    return render(request, template, context)
