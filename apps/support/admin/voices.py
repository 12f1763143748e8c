"""Feedback and surveys in the back office."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.common.admin import ReadOnlyAdmin
from apps.support.admin.base import NamesAdmin
from apps.support.models import Feedback, SurveyAnswer, SurveyRound


@admin.register(Feedback)
class FeedbackAdmin(ReadOnlyAdmin):
    """What people said."""

    list_display = ("created_at", "rating", "text", "page", "person")
    list_filter = ("rating",)
    list_select_related = ("person",)
    search_fields = ("text", "page", "person__username", "person__name")
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With names."""
        return super().get_queryset(request).select_related("person")


@admin.register(SurveyRound)
class SurveyRoundAdmin(NamesAdmin):
    """Asking rounds."""

    list_display = ("name", "opens_on", "closes_on", "result")
    readonly_fields = ("result", *NamesAdmin.readonly_fields)
    date_hierarchy = "opens_on"

    @admin.display(description=_("result"))
    def result(self, survey: SurveyRound) -> SafeString | str:
        """The page with what came out."""
        if survey._state.adding:
            return "–"
        address = reverse("support:survey_result", args=[survey.pk])
        return format_html('<a href="{}">{}</a>', address, _("Show the result"))


@admin.register(SurveyAnswer)
class SurveyAnswerAdmin(ReadOnlyAdmin):
    """Answers without names: who gave which is for nobody to read here."""

    list_display = ("created_at", "round", "score", "comment")
    list_filter = ("round", "score")
    list_select_related = ("round",)
    search_fields = ("comment",)
    date_hierarchy = "created_at"
    fields = ("round", "score", "comment", "created_at")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the round."""
        return super().get_queryset(request).select_related("round")
