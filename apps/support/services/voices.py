"""Taking what people say, and what came out of a survey."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.common import context, events
from apps.common.errors import ConflictError, InvalidInputError, NotPermittedError
from apps.common.records import tidy
from apps.common.validation import field_errors
from apps.support import policies
from apps.support.models import Feedback, SurveyAnswer, SurveyRound

SATISFIED = 4  # CSAT counts the two best scores


@dataclass(frozen=True)
class Result:
    """What a round came to. CSAT is the share of those who answered 4 or 5."""

    answers: int
    asked: int
    mean: float | None
    csat: int | None
    distribution: list[tuple[int, int]]

    @property
    def response_percent(self) -> int:
        """How many of those asked have answered."""
        return round(self.answers * 100 / self.asked) if self.asked else 0


@transaction.atomic
def give_feedback(*, by: Any, rating: int, text: str = "", page: str = "") -> Feedback:
    """Keep a remark. Raises InvalidInputError."""
    if not policies.is_known(by):
        raise NotPermittedError()
    given = Feedback(person=by, rating=rating, text=tidy(text), page=tidy(page))
    _check(given, "rating")
    return _store(given, "feedback.given", by)


def open_rounds(on: dt.date | None = None) -> models.QuerySet[SurveyRound]:
    """The rounds that take answers on a day."""
    on = on or timezone.localdate()
    return SurveyRound.objects.filter(opens_on__lte=on, closes_on__gte=on)


def round_to_answer(person: Any) -> SurveyRound | None:
    """The oldest open round this person has not answered."""
    answered = SurveyAnswer.objects.filter(person=person).values("round")
    return open_rounds().exclude(pk__in=answered).order_by("closes_on", "pk").first()


@transaction.atomic
def answer_survey(survey: SurveyRound, *, by: Any, score: int, comment: str = "") -> SurveyAnswer:
    """Keep one person's answer; a second one is refused. Raises ConflictError."""
    if not policies.may_answer(by, survey):
        raise NotPermittedError()
    if not open_rounds().filter(pk=survey.pk).exists():
        raise ConflictError(_("This survey takes no answers now."), code="survey_closed")
    given = SurveyAnswer(round=survey, person=by, score=score, comment=tidy(comment))
    _check(given, "score")
    try:
        with transaction.atomic():
            return _store(given, "surveyanswer.given", by)
    except IntegrityError:
        message = _("You have answered this survey already.")
        raise ConflictError(message, code="answered_already") from None


def result(survey: SurveyRound) -> Result:
    """Count the answers of a round."""
    counts = Counter(survey.answers.order_by().values_list("score", flat=True))
    total = sum(counts.values())
    good = sum(times for score, times in counts.items() if score >= SATISFIED)
    return Result(
        answers=total,
        asked=User.objects.active().count(),
        mean=sum(score * times for score, times in counts.items()) / total if total else None,
        csat=round(good * 100 / total) if total else None,
        distribution=[(score, counts[score]) for score in range(5, 0, -1)],
    )


def _check(given: Feedback | SurveyAnswer, name: str) -> None:
    errors = field_errors(given)
    if name not in errors and not 1 <= getattr(given, name) <= 5:
        errors[name] = [_("Choose a number from 1 to 5.")]
    if errors:
        raise InvalidInputError(errors=errors)


def _store[R: models.Model](given: R, event: str, by: Any) -> R:
    with context.working(actor=by):
        given.save(force_insert=True)
        events.record(*events.created([given], event))
    return given
