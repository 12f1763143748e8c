"""One decision: what is decided on, what changed, who decides, and what I can do about it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import User
from apps.approvals import policies, reading, registry, services
from apps.approvals.forms import AnswerForm, DecisionForm, QuestionForm, ReassignForm, refuse
from apps.approvals.models import ApprovalClarification, ApprovalStep
from apps.approvals.services.differences import LINE_KEY, LINES
from apps.common.errors import DomainError
from apps.common.views.answers import status_of

UNREADABLE = 422
SUGGESTIONS = 10


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a decision. Opening it changes nothing: links in mails lead here."""
    return _page(request, _find(request, pk))


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve, return or reject; on a refusal what was typed stays."""
    step = _find(request, pk)
    form = DecisionForm(request.POST, lines=_line_numbers(step))
    if not form.is_valid():
        return _page(request, step, UNREADABLE, decision_form=form)
    given = form.cleaned_data
    try:
        services.decide(
            step,
            by=request.user,
            verdict=given["decision"],
            comment=given["comment"],
            rejected_lines=given["rejected_lines"],
            content_hash=given["content_hash"],
        )
    except DomainError as error:
        refuse(form, error)
        return _page(request, step, status_of(error), decision_form=form)
    messages.success(request, _("Decided: %(document)s") % {"document": step.request})
    return redirect("approvals:inbox")


@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask those who submitted it; the clock stands still until they answer."""
    step = _find(request, pk)
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _page(request, step, UNREADABLE, question_form=form)
    try:
        services.ask(step, by=request.user, question=form.cleaned_data["question"])
    except DomainError as error:
        refuse(form, error)
        return _page(request, step, status_of(error), question_form=form)
    messages.success(request, _("Your question was sent."))
    return redirect("approvals:step", pk=step.pk)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a question about what one asked for."""
    questions = ApprovalClarification.objects.filter(step__in=reading.visible_steps(request.user))
    question = get_object_or_404(questions, pk=pk)
    step = _find(request, question.step_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, step, UNREADABLE, answer_form=form)
    try:
        services.answer(question, by=request.user, answer=form.cleaned_data["answer"])
    except DomainError as error:
        refuse(form, error)
        return _page(request, step, status_of(error), answer_form=form)
    messages.success(request, _("Your answer was sent."))
    return redirect("approvals:step", pk=step.pk)


@require_POST
def reassign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an assignment to a colleague."""
    step = _find(request, pk)
    rows = reading.reassignable(reading.route(step.request), request.user)
    if not rows:
        raise PermissionDenied
    form = ReassignForm(request.POST, assignments=rows)
    if not form.is_valid():
        return _page(request, step, UNREADABLE, reassign_form=form)
    given = form.cleaned_data
    row = next(row for row in rows if row.pk == given["assignment"])
    try:
        services.reassign(row, to=given["to"], by=request.user, comment=given["comment"])
    except DomainError as error:
        refuse(form, error)
        return _page(request, step, status_of(error), reassign_form=form)
    messages.success(request, _("%(person)s decides now.") % {"person": given["to"]})
    return redirect("approvals:inbox")


@require_safe
def colleagues(request: HttpRequest) -> HttpResponse:
    """Suggestions for a colleague while the name is typed."""
    text = request.GET.get("to", "").replace("\x00", "").strip()[:100]
    people = User.objects.visible_to(request.user).active().search(text) if text else []
    return render(request, "approvals/colleagues.html", {"people": people[:SUGGESTIONS]})


def _find(request: HttpRequest, pk: int) -> ApprovalStep:
    steps = reading.visible_steps(request.user)
    related = ("request__requester", "request__department", "request__submitted_by")
    step: ApprovalStep = get_object_or_404(steps.select_related(*related), pk=pk)
    return step


def _line_numbers(step: ApprovalStep) -> list[int]:
    """The lines that may be rejected by themselves; none where the kind knows no such thing."""
    if registry.get(step.request.document_kind).lines_rejected is None:
        return []
    numbers = [line[LINE_KEY] for line in step.request.content.get(LINES, [])]
    return numbers if len(numbers) > 1 else []


def _page(
    request: HttpRequest, step: ApprovalStep, status: int = 200, **forms: Any
) -> HttpResponse:
    approval = step.request
    steps = reading.route(approval)
    step = next(row for row in steps if row.pk == step.pk)  # read again, after what was refused
    step.request = approval
    question = reading.open_question(steps)
    reassignable = reading.reassignable(steps, request.user)
    may_decide = policies.may_ask(request.user, step)
    lines = _line_numbers(step)
    context = {
        "step": step,
        "approval": approval,
        "steps": steps,
        "stepper": reading.stepper(steps),
        "sheet": reading.sheet(approval),
        "changes": reading.changes(approval),
        "document_url": reading.document_url(approval, request.user),
        "is_overdue": step.status == "active"
        and bool(step.due_at and step.due_at < timezone.now()),
        "may_decide": may_decide,
        "line_numbers": lines if may_decide else [],
        "may_ask": may_decide and question is None,
        "question": question,
        "may_answer": question is not None and policies.may_answer(request.user, question),
        "reassignable": reassignable,
        "base_currency": settings.BASE_CURRENCY,
        "decision_form": DecisionForm(lines=lines, initial={"content_hash": approval.content_hash}),
        "question_form": QuestionForm(),
        "answer_form": AnswerForm(),
        "reassign_form": ReassignForm(assignments=reassignable),
        **forms,
    }
    return render(request, "approvals/step.html", context, status=status)
