"""Reporting an issue; an error page brings its request number and its address along."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.common.errors import DomainError
from apps.common.services import attachments, media_types
from apps.support import services
from apps.support.forms import ReportForm, refuse
from apps.support.models import SupportIssue
from apps.support.views.answers import UNREADABLE, prefill, status_of


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form; what was typed stays when something is wrong with it."""
    if request.method != "POST":
        initial = prefill(request.GET, page="page", request_id="request")
        return _page(request, ReportForm(initial=initial))
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _page(request, form, UNREADABLE)
    try:
        issue = services.report_issue(by=request.user, data=form.cleaned_data)
    except DomainError as error:
        refuse(form, error)
        return _page(request, form, status_of(error))
    _attach(request, issue)
    said = _("%(number)s is reported. Whoever is responsible has been told.")
    messages.success(request, said % {"number": issue.number})
    return redirect("support:issue", pk=issue.pk)


def _attach(request: HttpRequest, issue: SupportIssue) -> None:
    """The files come after: one that cannot be taken loses nothing of what was typed."""
    for upload in request.FILES.getlist("files"):
        try:
            attachments.attach(issue, upload=upload, by=request.user)
        except DomainError as error:
            messages.error(request, f"{attachments.shown_name(upload.name or '')}: {error}")


def _page(request: HttpRequest, form: ReportForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "accepted": ",".join(media_types.endings())}
    return render(request, "support/report.html", context, status=status)
