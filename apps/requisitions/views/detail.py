"""One requisition: where it stands, whose turn it is, where each line is, and what can be done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import User
from apps.common.errors import DomainError
from apps.common.services import attachments, comments
from apps.common.views.answers import say, status_of, take_files, version_of
from apps.requisitions import policies, services
from apps.requisitions.models import Requisition
from apps.requisitions.views import story


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a requisition."""
    return _page(request, pk)


@require_POST
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Make one move; what stands in the way is said on the page, with what was typed."""
    service = services.SERVICES.get(name)
    if service is None:
        raise Http404
    requisition = _find(request, pk)
    typed = request.POST.get("comment", "")
    try:
        service(
            requisition,
            by=request.user,
            comment=typed.strip(),
            expected_version=version_of(request),
        )
    except DomainError as error:
        say(request, error)
        return _page(request, pk, status=status_of(error), open_move=name, typed=typed)
    messages.success(request, _("%(move)s: done.") % {"move": services.TABLE[name].label})
    # Whoever decided may see the document no longer; the list is always theirs.
    visible = Requisition.objects.visible_to(request.user).filter(pk=pk).exists()
    return _back(pk) if visible else redirect("requisitions:list")


@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the same things again."""
    requisition = _find(request, pk)
    if not policies.may_create(request.user):
        raise PermissionDenied
    try:
        made = services.copy(requisition, by=request.user)
    except DomainError as error:
        say(request, error)
        return _back(pk)
    messages.success(request, _("This is the copy. Check dates and prices before you submit it."))
    return redirect("requisitions:edit", pk=made.pk)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    requisition = _find(request, pk)
    try:
        services.delete(requisition, by=request.user, expected_version=version_of(request))
    except DomainError as error:
        say(request, error)
        return _page(request, pk, status=status_of(error))
    messages.success(request, _("The draft was deleted."))
    return redirect("requisitions:list")


@require_POST
def watch(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep an eye on it, or no longer."""
    requisition = _find(request, pk)
    if request.POST.get("on") == "1":
        services.watch(requisition, by=request.user)
    else:
        services.unwatch(requisition, by=request.user)
    visible = Requisition.objects.visible_to(request.user).filter(pk=pk).exists()
    return _back(pk) if visible else redirect("requisitions:list")


@require_POST
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a colleague see it."""
    requisition = _find(request, pk)
    if not policies.may_share(request.user, requisition):
        raise PermissionDenied
    username = request.POST.get("person", "").replace("\x00", "").strip()[:150]
    person = User.objects.visible_to(request.user).active().filter(username=username).first()
    if person is None:
        messages.error(request, _("There is nobody called “%(name)s”.") % {"name": username})
        return _back(pk)
    services.share(requisition, person=person, by=request.user)
    messages.success(request, _("%(person)s can see it now.") % {"person": person})
    return _back(pk)


@require_POST
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something about it."""
    typed = request.POST.get("text", "")
    try:
        comments.comment(_find(request, pk), text=typed, by=request.user)
    except DomainError as error:
        say(request, error)
        return _page(request, pk, status=status_of(error), typed_comment=typed)
    return _back(pk, "comments")


@require_POST
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Put files on it."""
    requisition = _find(request, pk)
    if not policies.may_attach(request.user, requisition):
        raise PermissionDenied
    if not take_files(request, requisition):
        messages.error(request, _("Choose a file first."))
    return _back(pk, "files")


@require_POST
def remove_attachment(request: HttpRequest, pk: int, attachment_pk: int) -> HttpResponse:
    """Take a file off it."""
    requisition = _find(request, pk)
    attachment = get_object_or_404(attachments.of(requisition), pk=attachment_pk)
    if not policies.may_attach(request.user, requisition):
        raise PermissionDenied
    try:
        attachments.remove(attachment, by=request.user)
    except DomainError as error:
        say(request, error)
    return _back(pk, "files")


def _find(request: HttpRequest, pk: int) -> Requisition:
    """A requisition this person may see, or 404."""
    found: Requisition = get_object_or_404(Requisition.objects.visible_to(request.user), pk=pk)
    return found


def _page(request: HttpRequest, pk: int, *, status: int = 200, **typed: Any) -> HttpResponse:
    visible = Requisition.objects.visible_to(request.user)
    requisition = get_object_or_404(visible.with_header().with_lines(), pk=pk)
    context = story.of(requisition, request.user) | typed
    return render(request, "requisitions/detail.html", context, status=status)


def _back(pk: int, anchor: str = "") -> HttpResponse:
    address = reverse("requisitions:detail", args=[pk])
    return redirect(f"{address}#{anchor}" if anchor else address)
