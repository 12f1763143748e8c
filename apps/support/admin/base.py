"""What the help desk's own data have in common in the back office."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from apps.common.admin.base import ERPModelAdmin
from apps.common.admin.masters import STAMPS, NamedAdmin


class KeptAdmin(NamedAdmin):
    """Records with a code and a name in both languages, retired instead of deleted."""

    export_columns: ClassVar[tuple[str, ...]] = (
        *("code", "name_en", "name_zh_hans", "sequence", "is_active"),
    )


class NamesAdmin(ERPModelAdmin, TranslationAdmin[Any]):
    """Records without a code, with a name in both languages."""

    readonly_fields: ClassVar[Any] = STAMPS
    search_fields: ClassVar[Any] = ("name_en", "name_zh_hans")

    def patch_translation_field(
        self, db_field: Any, field: Any, request: HttpRequest, **kwargs: Any
    ) -> None:
        """Ask for no language in particular; that one is there is the model's rule."""
        super().patch_translation_field(db_field, field, request, **kwargs)
        if hasattr(db_field, "translated_field"):
            field.required = False
