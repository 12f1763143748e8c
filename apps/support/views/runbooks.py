"""The runbooks as pages, for operators and administrators."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.support import policies
from apps.support.services import runbooks
from apps.support.views.knowledge import address_of


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What there is to do when."""
    if not policies.may_read_runbooks(request.user):
        raise PermissionDenied
    return render(request, "support/runbooks.html", {"runbooks": runbooks.overview()})


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """One runbook."""
    if not policies.may_read_runbooks(request.user):
        raise PermissionDenied
    found = runbooks.find(slug, address=address_of)
    if found is None:
        raise Http404
    return render(request, "support/runbook.html", {"runbook": found})
