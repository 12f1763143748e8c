"""The calendar in the back office."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from apps.approvals.models import Holiday
from apps.common.admin import ERPModelAdmin


@admin.register(Holiday)
class HolidayAdmin(ERPModelAdmin, TranslationAdmin[Any]):
    """Days off and make-up working days. A deletion loses nothing: what ran, ran."""

    deletable = True
    list_display = ("date", "name", "is_working_day")
    list_filter = ("is_working_day",)
    search_fields = ("name_en", "name_zh_hans")
    date_hierarchy = "date"
    fields = ("date", "name", "is_working_day")
