"""The help centre's first page and the lists of issues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from apps.requisitions.views.keyset import paginate
from apps.support import policies, services
from apps.support.models import IssueType, SupportChannel, SupportIssue
from apps.support.states import OPEN, Status

LONGEST_SEARCH = 200
TABS = {"mine": _("Mine"), "open": _("Open"), "all": _("All")}


@dataclass(frozen=True)
class Promise:
    """The time that runs on an issue: until when, how much is left, and whether it is over."""

    label: Any
    due_at: Any
    is_over: bool


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who to ask, how fast they answer, who is on call, and where to go from here."""
    now = timezone.now()
    matrix = IssueType.objects.active().select_related("primary_contact__user", "channel")
    matrix = matrix.prefetch_related(
        "escalation_steps__level", "escalation_steps__contact__user"
    ).order_by("sequence", "code")
    levels = services.levels()
    context = {
        "on_call": services.who_is_on_call(now),
        "matrix": matrix,
        "levels": [(level, services.person_of(level, now)) for level in levels],
        "channels": SupportChannel.objects.active().order_by("sequence", "code"),
        "survey": services.round_to_answer(request.user),
        "open_issues": SupportIssue.objects.open().filter(reporter=request.user).count(),
        "may_read_runbooks": policies.may_read_runbooks(request.user),
    }
    return render(request, "support/home.html", context)


@require_safe
def issues(request: HttpRequest) -> HttpResponse:
    """What I reported or look after; for the help desk also what everybody reported."""
    visible = SupportIssue.objects.visible_to(request.user)
    sees_all = policies.is_helper(request.user) or request.user.has_perm(
        "support.view_supportissue"
    )
    tabs = TABS if sees_all else {"mine": TABS["mine"]}
    tab = request.GET.get("tab", "")
    tab = tab if tab in tabs else "mine"
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    if tab == "mine":
        visible = visible.filter(Q(reporter=request.user) | Q(assignee=request.user))
    elif tab == "open":
        visible = visible.open()
    if text:
        visible = visible.search(text)
    page = paginate(visible.with_people(), request.GET)
    context = {
        "tab": tab,
        "tabs": tabs.items(),
        "text": text,
        "page": page,
        "rows": [(issue, promise(issue)) for issue in page.rows],
    }
    return render(request, "support/issues.html", context)


def promise(issue: SupportIssue) -> Promise | None:
    """The promise that counts now: an answer while it is new, a solution until it is solved."""
    if issue.status not in OPEN:
        return None
    is_new = issue.status == Status.NEW
    due = issue.response_due_at if is_new else issue.resolution_due_at
    label = _("answer") if is_new else _("solution")
    return Promise(label, due, due <= timezone.now())
