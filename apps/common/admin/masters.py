"""What lists of master data have in common: search in both languages, stamps, export."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from apps.common.admin.base import ERPModelAdmin
from apps.common.admin.export import EXPORTS, ExportActionsMixin

STAMPS = ("created_at", "created_by", "updated_at", "updated_by")


class MasterAdmin(ExportActionsMixin, ERPModelAdmin):
    """Search by code and both names; retired records are not offered for new documents."""

    actions: Any = EXPORTS
    readonly_fields: ClassVar[Any] = STAMPS
    search_fields: ClassVar[Any] = ("code", "name_en", "name_zh_hans")

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """In the fields of other forms only what is in use."""
        rows, may_repeat = super().get_search_results(request, queryset, search_term)
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            rows = rows.filter(is_active=True)
        return rows, may_repeat


class NamedAdmin(MasterAdmin, TranslationAdmin[Any]):
    """Master data with a name in both languages."""

    list_display: Any = ("code", "name", "is_active")
    list_display_links = ("code", "name")
    list_filter: ClassVar[Any] = ("is_active",)
    export_columns: ClassVar[tuple[str, ...]] = ("code", "name_en", "name_zh_hans", "is_active")

    def patch_translation_field(
        self, db_field: Any, field: Any, request: HttpRequest, **kwargs: Any
    ) -> None:
        """Ask for no language in particular; that one is there is the model's rule."""
        super().patch_translation_field(db_field, field, request, **kwargs)
        if hasattr(db_field, "translated_field"):
            field.required = False
