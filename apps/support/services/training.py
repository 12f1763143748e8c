"""Taking a course's quiz, and who knows what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.common import context, events
from apps.common.errors import InvalidInputError, NotPermittedError
from apps.support import policies
from apps.support.models import QuizQuestion, TrainingCourse, TrainingRecord


@dataclass(frozen=True)
class Standing:
    """Where one person stands with one course."""

    course: TrainingCourse
    is_for_me: bool
    last: TrainingRecord | None
    passed: TrainingRecord | None

    @property
    def status(self) -> str:
        """Passed, expired, failed or not begun, as the pill shows it."""
        today = timezone.localdate()
        if self.passed is None:
            return "failed" if self.last else "not_started"
        is_over = self.passed.valid_until is not None and self.passed.valid_until < today
        return "expired" if is_over else "done"

    @property
    def status_label(self) -> str:
        """The same in words."""
        words = {
            "done": _("passed"),
            "expired": _("expired"),
            "failed": _("not passed"),
            "not_started": _("not taken yet"),
        }
        return words[self.status]


def questions_of(course: TrainingCourse) -> list[QuizQuestion]:
    """The questions that can be answered: those with one correct answer among their options."""
    rows = course.questions.prefetch_related("options").order_by("sequence", "pk")
    return [q for q in rows if sum(option.is_correct for option in q.options.all()) == 1]


@transaction.atomic
def take_quiz(course: TrainingCourse, *, by: Any, answers: Mapping[int, int]) -> TrainingRecord:
    """Count the answers (question → option) and keep the attempt.

    Raises InvalidInputError naming each question that was left out or answered with no option.
    """
    if not policies.is_known(by):
        raise NotPermittedError()
    questions = questions_of(course)
    if not questions or not course.is_active:
        raise InvalidInputError(_("This course has no quiz."), code="no_quiz")
    correct = sum(_is_right(questions, answers))
    now = timezone.now()
    is_passed = correct * 100 >= course.pass_percent * len(questions)
    record = TrainingRecord(
        course=course,
        person=by,
        taken_at=now,
        correct=correct,
        total=len(questions),
        is_passed=is_passed,
        valid_until=expiry(course, timezone.localdate(now)) if is_passed else None,
    )
    with context.working(actor=by):
        record.save(force_insert=True)
        events.record(*events.created([record], "trainingrecord.taken"))
    return record


def expiry(course: TrainingCourse, on: dt.date) -> dt.date | None:
    """The last day a course passed on a day counts; the day of the month stays where it can."""
    if not course.validity_months:
        return None
    months = on.year * 12 + on.month - 1 + course.validity_months
    year, month = divmod(months, 12)
    for day in range(on.day, 27, -1):
        try:
            return dt.date(year, month + 1, day)
        except ValueError:
            continue
    return dt.date(year, month + 1, on.day)


def standings(person: Any) -> list[Standing]:
    """All courses with this person's results, those of their own roles first."""
    courses = list(TrainingCourse.objects.active().order_by("sequence", "code"))
    records = list(TrainingRecord.objects.filter(person=person).order_by("-taken_at", "-pk"))
    roles = set(person.groups.values_list("name", flat=True))
    found = [_standing(course, records, roles) for course in courses]
    return sorted(found, key=lambda row: not row.is_for_me)


def _standing(course: TrainingCourse, records: list[TrainingRecord], roles: set[str]) -> Standing:
    mine = [record for record in records if record.course_id == course.pk]
    passed = next((record for record in mine if record.is_passed), None)
    return Standing(course, course.role in roles, mine[0] if mine else None, passed)


def _is_right(questions: Iterable[QuizQuestion], answers: Mapping[int, int]) -> list[bool]:
    errors, right = {}, []
    for question in questions:
        chosen = answers.get(question.pk)
        option = next((o for o in question.options.all() if o.pk == chosen), None)
        if option is None:
            errors[f"question_{question.pk}"] = [_("Choose an answer.")]
        else:
            right.append(option.is_correct)
    if errors:
        raise InvalidInputError(errors=errors)
    return right
