"""Texts of the help desk that exist in English and Chinese."""

from modeltranslation.translator import TranslationOptions, register

from apps.support import models


@register(models.SupportLevel)
@register(models.SupportContact)
@register(models.Rota)
@register(models.SurveyRound)
@register(models.QuizQuestion)
@register(models.QuizOption)
@register(models.CalendarEntry)
class NameTranslation(TranslationOptions):
    """The name in both languages."""

    fields = ("name",)


@register(models.SupportChannel)
@register(models.IssueType)
class DescribedTranslation(TranslationOptions):
    """The name and what it is for."""

    fields = ("name", "description")


@register(models.TrainingCourse)
class CourseTranslation(TranslationOptions):
    """The name and what is learned."""

    fields = ("name", "summary")
