"""What people say about the product: feedback at any time, and satisfaction when asked."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.common.models import Stamped, Written
from apps.common.names import require_a_name


class Feedback(Written):
    """A remark about a page, with a rating. Never edited: it is what somebody said."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="feedback"
    )
    page = models.CharField(_("page"), max_length=500, blank=True)
    rating = models.PositiveSmallIntegerField(_("rating"))
    text = models.TextField(_("remark"), blank=True, max_length=4000)
    created_at = models.DateTimeField(_("given at"), auto_now_add=True)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ("-created_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(rating__gte=1, rating__lte=5),
                name="feedback_rating_in_range",
                violation_error_message=_("A rating is a number from 1 to 5."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.rating}/5 {self.text[:60]}".strip()


class SurveyRound(Stamped):
    """One asking round: everybody may answer once between two days."""

    name = models.CharField(_("name"), max_length=120)
    opens_on = models.DateField(_("from"))
    closes_on = models.DateField(_("until"), help_text=_("The last day answers are taken."))

    class Meta:
        verbose_name = _("satisfaction survey")
        verbose_name_plural = _("satisfaction surveys")
        ordering = ("-opens_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")),
                name="surveyround_ends_after_start",
                violation_error_message=_("It ends after it starts."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """One language is enough."""
        require_a_name(self)


class SurveyAnswer(Written):
    """How satisfied one person is in one round."""

    round = models.ForeignKey(
        SurveyRound, models.PROTECT, verbose_name=_("survey"), related_name="answers"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("person"),
        related_name="survey_answers",
    )
    score = models.PositiveSmallIntegerField(_("satisfaction"))
    comment = models.TextField(_("comment"), blank=True, max_length=4000)
    created_at = models.DateTimeField(_("given at"), auto_now_add=True)

    class Meta:
        verbose_name = _("survey answer")
        verbose_name_plural = _("survey answers")
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("round", "person"),
                name="surveyanswer_once_per_person",
                violation_error_message=_("You have answered this survey already."),
            ),
            models.CheckConstraint(
                condition=Q(score__gte=1, score__lte=5),
                name="surveyanswer_score_in_range",
                violation_error_message=_("Satisfaction is a number from 1 to 5."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.score}/5"
