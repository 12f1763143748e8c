"""One issue: what was reported, until when it is answered and solved, and what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import User
from apps.common import history
from apps.common.errors import DomainError
from apps.common.services import attachments, comments, media_types
from apps.common.views.answers import say, status_of, take_files, version_of
from apps.support import policies, services
from apps.support.models import SupportIssue
from apps.support.views.centre import promise

# Icon and tone of what happened; the words are the history's own.
MARKS: Mapping[str, tuple[str, str]] = {
    "supportissue.reported": ("flag", "info"),
    "supportissue.acknowledge": ("person-check", "success"),
    "supportissue.start": ("wrench", "progress"),
    "supportissue.resolve": ("check-lg", "success"),
    "supportissue.close": ("archive", "neutral"),
    "supportissue.reopen": ("arrow-counterclockwise", "warning"),
    "supportissue.escalated": ("arrow-up", "warning"),
    "supportissue.breached": ("stopwatch", "danger"),
    "supportissue.assigned": ("person", "neutral"),
    "attachment.added": ("paperclip", "neutral"),
}


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of an issue."""
    return _page(request, pk)


@require_POST
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Make one move; what stands in the way is said on the page, with what was typed."""
    service = services.SERVICES.get(name)
    if service is None:
        raise Http404
    issue = _find(request, pk)
    typed = request.POST.get("comment", "")
    try:
        service(issue, by=request.user, comment=typed.strip(), expected_version=version_of(request))
    except DomainError as error:
        say(request, error)
        return _page(request, pk, status=status_of(error), open_move=name, typed=typed)
    messages.success(request, _("%(move)s: done.") % {"move": services.TABLE[name].label})
    return redirect("support:issue", pk=pk)


@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it to a colleague at the help desk."""
    issue = _find(request, pk)
    if not policies.may_work(request.user, issue):
        raise PermissionDenied
    typed = request.POST.get("person", "").replace("\x00", "").strip()[:150]
    person = User.objects.active().filter(username=typed).first()
    if person is None:
        messages.error(request, _("There is nobody called “%(name)s”.") % {"name": typed})
        return _page(request, pk, status=422, typed_person=typed)
    try:
        services.assign(issue, to=person, by=request.user, expected_version=version_of(request))
    except DomainError as error:
        say(request, error)
        return _page(request, pk, status=status_of(error), typed_person=typed)
    messages.success(request, _("%(person)s looks after it now.") % {"person": person})
    return redirect("support:issue", pk=pk)


@require_POST
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something about it."""
    typed = request.POST.get("text", "")
    try:
        comments.comment(_find(request, pk), text=typed, by=request.user)
    except DomainError as error:
        say(request, error)
        return _page(request, pk, status=status_of(error), typed_comment=typed)
    return redirect(f"{reverse('support:issue', args=[pk])}#comments")


@require_POST
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Put files on it."""
    issue = _find(request, pk)
    if not policies.may_attach(request.user, issue):
        raise PermissionDenied
    if not take_files(request, issue):
        messages.error(request, _("Choose a file first."))
    return redirect(f"{reverse('support:issue', args=[pk])}#files")


def _find(request: HttpRequest, pk: int) -> SupportIssue:
    """An issue this person may see, or 404."""
    visible = SupportIssue.objects.visible_to(request.user).with_people()
    found: SupportIssue = get_object_or_404(visible, pk=pk)
    return found


def _page(request: HttpRequest, pk: int, *, status: int = 200, **typed: Any) -> HttpResponse:
    issue = _find(request, pk)
    user = request.user
    context = {
        "issue": issue,
        "promise": promise(issue),
        "moves": services.TABLE.available(user, issue),
        "timeline": timeline(history.of(issue)),
        "comments": list(comments.of(issue)),
        "attachments": list(attachments.of(issue)),
        "may_comment": policies.may_comment(user, issue),
        "may_attach": policies.may_attach(user, issue),
        "may_work": policies.may_work(user, issue),
        "accepted": ",".join(media_types.endings()),
        **typed,
    }
    return render(request, "support/issue.html", context, status=status)


def timeline(rows: Iterable[history.HistoryRow]) -> list[dict[str, Any]]:
    """What happened, in words; what was said stands with the comments."""
    return [
        {
            "title": capfirst(row.title),
            "at": row.at,
            "actor": row.actor_name,
            "note": row.comment or _climbed(row),
            "symbol": MARKS.get(row.event, ("circle", "neutral"))[0],
            "tone": MARKS.get(row.event, ("circle", "neutral"))[1],
        }
        for row in rows
        if row.event != "comment.added"
    ]


def _climbed(row: history.HistoryRow) -> str:
    """The level an escalation came to."""
    if row.event != "supportissue.escalated":
        return ""
    level = dict(row.changes).get("level", ("", ""))[1]
    return _("Level %(number)s") % {"number": level}
