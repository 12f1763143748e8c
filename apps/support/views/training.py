"""My training: what I have to know, when it is taught, and the quiz."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.common.errors import DomainError
from apps.common.views.answers import status_of
from apps.support import services
from apps.support.forms import QuizForm, refuse
from apps.support.models import CalendarEntry, TrainingCourse, TrainingRecord
from apps.support.views.answers import UNREADABLE

COMING = 20


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The courses with what I know, and the calendar."""
    coming = CalendarEntry.objects.filter(ends_at__gte=timezone.now())
    records = TrainingRecord.objects.filter(person_id=request.user.pk).select_related("course")
    context = {
        "standings": services.standings(request.user),
        "calendar": coming.select_related("course", "contact__user")[:COMING],
        "records": records[:COMING],
    }
    return render(request, "support/training.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def quiz(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a course's questions; the result counts at once."""
    course = get_object_or_404(TrainingCourse.objects.active(), pk=pk)
    questions = services.questions_of(course)
    form = QuizForm(request.POST if request.method == "POST" else None, questions=questions)
    status = 200
    if request.method == "POST":
        status = UNREADABLE
        if form.is_valid():
            try:
                record = services.take_quiz(course, by=request.user, answers=form.answers())
            except DomainError as error:
                refuse(form, error)
                status = status_of(error)
            else:
                _tell(request, record)
                return redirect("support:training")
    context = {"course": course, "form": form, "has_questions": bool(questions)}
    return render(request, "support/quiz.html", context, status=status)


def _tell(request: HttpRequest, record: TrainingRecord) -> None:
    words = {"correct": record.correct, "total": record.total}
    if record.is_passed:
        messages.success(request, _("Passed: %(correct)d of %(total)d.") % words)
    else:
        said = _("Not passed: %(correct)d of %(total)d. Read it again and retry.")
        messages.warning(request, said % words)
