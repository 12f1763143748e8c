"""Courses with their quiz, who took them, and the calendar."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationTabularInline

from apps.common.admin import ReadOnlyAdmin
from apps.support.admin.base import KeptAdmin, NamesAdmin
from apps.support.models import (
    CalendarEntry,
    QuizOption,
    QuizQuestion,
    TrainingCourse,
    TrainingRecord,
)


class OptionFormSet(BaseInlineFormSet[QuizOption, QuizQuestion, Any]):
    """The answers of one question."""

    def clean(self) -> None:
        """A question has one correct answer: with none or two nobody could answer it."""
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms]
        correct = [form for form in kept if form.cleaned_data.get("is_correct")]
        if any(form.has_changed() for form in self.forms) and len(correct) != 1:
            raise ValidationError(_("Mark one answer as correct."))


class OptionInline(TranslationTabularInline[Any, Any]):
    """The answers offered."""

    model = QuizOption
    formset = OptionFormSet
    extra = 0
    fields = ("name", "is_correct")


class QuestionInline(TranslationTabularInline[Any, Any]):
    """The questions; their answers are on their own pages."""

    model = QuizQuestion
    extra = 0
    fields = ("sequence", "name")
    show_change_link = True


@admin.register(TrainingCourse)
class TrainingCourseAdmin(KeptAdmin):
    """What people have to know."""

    list_display = ("code", "name", "role", "pass_percent", "validity_months", "is_active")
    list_filter = ("is_active", "role")
    inlines = (QuestionInline,)


@admin.register(QuizQuestion)
class QuizQuestionAdmin(NamesAdmin):
    """Questions. Removing one changes no result: a record keeps its own figures."""

    deletable = True
    list_display = ("name", "course", "sequence")
    list_filter = ("course",)
    list_select_related = ("course",)
    inlines = (OptionInline,)


@admin.register(TrainingRecord)
class TrainingRecordAdmin(ReadOnlyAdmin):
    """Who took which quiz, as evidence."""

    list_display = (
        *("taken_at", "person", "course", "correct", "total", "is_passed", "valid_until"),
    )
    list_filter = ("course", "is_passed")
    list_select_related = ("person", "course")
    search_fields = ("person__username", "person__name")
    date_hierarchy = "taken_at"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With names."""
        return super().get_queryset(request).select_related("person", "course")


@admin.register(CalendarEntry)
class CalendarEntryAdmin(NamesAdmin):
    """Lessons, reviews, stand-ups, watches. What is called off is removed."""

    deletable = True
    list_display = ("starts_at", "name", "kind", "course", "contact", "place")
    list_display_links = ("starts_at", "name")
    list_filter = ("kind", "course")
    list_select_related = ("course", "contact")
    date_hierarchy = "starts_at"
    autocomplete_fields = ("contact",)
