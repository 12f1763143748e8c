"""What people have to know: a course per role with its questions, who passed, and when it is."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.common.models import Stamped
from apps.common.names import require_a_name
from apps.support.models.base import Kept
from apps.support.models.contacts import SupportContact
from apps.support.querysets import RecordManager
from apps.support.states import EntryKind, Role


class TrainingCourse(Kept):
    """What somebody with a role has to know, ended by a short quiz."""

    summary = models.TextField(_("what is learned"), blank=True, max_length=2000)
    role = models.CharField(_("for the role"), max_length=16, choices=Role)
    pass_percent = models.PositiveSmallIntegerField(_("percent needed to pass"), default=80)
    validity_months = models.PositiveSmallIntegerField(
        _("valid for months"), default=12, help_text=_("0: for good.")
    )

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ("sequence", "code")
        constraints = (
            models.CheckConstraint(
                condition=Q(pass_percent__gte=1, pass_percent__lte=100),
                name="trainingcourse_percent_in_range",
                violation_error_message=_("A percentage is a number from 1 to 100."),
            ),
        )


class QuizQuestion(Stamped):
    """One question of a course's quiz."""

    course = models.ForeignKey(
        TrainingCourse, models.CASCADE, verbose_name=_("course"), related_name="questions"
    )
    sequence = models.PositiveSmallIntegerField(_("place in the list"), default=10)
    name = models.CharField(_("quiz question"), max_length=255)

    class Meta:
        verbose_name = _("quiz question")
        verbose_name_plural = _("quiz questions")
        ordering = ("course", "sequence", "pk")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """One language is enough."""
        require_a_name(self)


class QuizOption(Stamped):
    """One answer that is offered to a question."""

    question = models.ForeignKey(
        QuizQuestion, models.CASCADE, verbose_name=_("quiz question"), related_name="options"
    )
    name = models.CharField(_("possible answer"), max_length=255)
    is_correct = models.BooleanField(_("correct"), default=False)

    class Meta:
        verbose_name = _("possible answer")
        verbose_name_plural = _("possible answers")
        ordering = ("question", "pk")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """One language is enough."""
        require_a_name(self)


class TrainingRecord(models.Model):
    """One attempt of one person at a course's quiz, passed or not; kept as evidence."""

    course = models.ForeignKey(
        TrainingCourse, models.PROTECT, verbose_name=_("course"), related_name="records"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("person"),
        related_name="training_records",
    )
    taken_at = models.DateTimeField(_("taken at"))
    correct = models.PositiveSmallIntegerField(_("correct answers"))
    total = models.PositiveSmallIntegerField(_("questions"))
    is_passed = models.BooleanField(_("passed"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = RecordManager()

    class Meta:
        verbose_name = _("training record")
        verbose_name_plural = _("training records")
        ordering = ("-taken_at", "-pk")
        indexes = (
            models.Index(fields=("person", "course", "-taken_at"), name="trainingrecord_of_person"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(total__gte=1, correct__lte=F("total")),
                name="trainingrecord_counts_agree",
                violation_error_message=_("There are no more correct answers than questions."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.course} {self.correct}/{self.total}"


class CalendarEntry(Stamped):
    """A date of the training calendar: a lesson, a review, a stand-up, a watch after a release."""

    kind = models.CharField(_("kind"), max_length=8, choices=EntryKind, default=EntryKind.TRAINING)
    name = models.CharField(_("name"), max_length=120)
    course = models.ForeignKey(
        TrainingCourse,
        models.PROTECT,
        verbose_name=_("course"),
        related_name="entries",
        null=True,
        blank=True,
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    place = models.CharField(
        _("place"), max_length=255, blank=True, help_text=_("A room or the address of a call.")
    )
    contact = models.ForeignKey(
        SupportContact,
        models.PROTECT,
        verbose_name=_("held by"),
        related_name="entries",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("calendar entry")
        verbose_name_plural = _("training calendar")
        ordering = ("starts_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="calendarentry_ends_after_start",
                violation_error_message=_("It ends after it starts."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """One language is enough."""
        require_a_name(self)
