"""Feedback and the satisfaction survey."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.common.errors import DomainError
from apps.common.numbers import whole_number
from apps.common.views.answers import status_of
from apps.support import policies, services
from apps.support.forms import FeedbackForm, SurveyForm, refuse
from apps.support.models import SurveyRound
from apps.support.views.answers import UNREADABLE, prefill

PAGE = ["GET", "HEAD", "POST"]


@require_http_methods(PAGE)
def feedback(request: HttpRequest) -> HttpResponse:
    """Say what is good and what is not."""
    if request.method != "POST":
        form = FeedbackForm(initial=prefill(request.GET, page="page"))
        return render(request, "support/feedback.html", {"form": form})
    form = FeedbackForm(request.POST)
    status = UNREADABLE
    if form.is_valid():
        try:
            services.give_feedback(by=request.user, **form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
            status = status_of(error)
        else:
            messages.success(request, _("Thank you. It is read by those who can change it."))
            return redirect("support:home")
    return render(request, "support/feedback.html", {"form": form}, status=status)


@require_http_methods(PAGE)
def survey(request: HttpRequest) -> HttpResponse:
    """Answer the survey that waits, once."""
    waiting = services.round_to_answer(request.user)
    form = SurveyForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        chosen = _chosen(request)
        status = UNREADABLE
        if form.is_valid():
            try:
                services.answer_survey(chosen, by=request.user, **form.cleaned_data)
            except DomainError as error:
                refuse(form, error)
                status = status_of(error)
            else:
                messages.success(request, _("Thank you for your answer."))
                return redirect("support:home")
        waiting = chosen
    context = {"survey": waiting, "form": form}
    return render(request, "support/survey.html", context, status=status)


@require_safe
def survey_result(request: HttpRequest, pk: int) -> HttpResponse:
    """What came out of a round."""
    if not policies.may_see_results(request.user):
        raise PermissionDenied
    found = get_object_or_404(SurveyRound, pk=pk)
    remarks = found.answers.exclude(comment="").order_by("-created_at", "-pk")[:100]
    context = {"survey": found, "result": services.result(found), "remarks": remarks}
    return render(request, "support/survey_result.html", context)


def _chosen(request: HttpRequest) -> SurveyRound:
    """The round the form was for; another may wait by now."""
    return get_object_or_404(SurveyRound, pk=whole_number(request.POST.get("round", "")))
