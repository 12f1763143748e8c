"""Reporting an issue; an error page brings its request number and its address along."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.common.errors import DomainError
from apps.common.services import media_types
from apps.common.views.answers import status_of, take_files
from apps.support import services
from apps.support.forms import ReportForm, refuse
from apps.support.views.answers import UNREADABLE, prefill


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
    take_files(request, issue)
    said = _("%(number)s is reported. Whoever is responsible has been told.")
    messages.success(request, said % {"number": issue.number})
    return redirect("support:issue", pk=issue.pk)


def _page(request: HttpRequest, form: ReportForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "accepted": ",".join(media_types.endings())}
    return render(request, "support/report.html", context, status=status)
