"""What stands beside a list: choices that lead somewhere."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django_stubs_ext import StrOrPromise


class UsedFieldListFilter(admin.RelatedFieldListFilter):
    """Records that documents on the list name, each looked up in the index of its key.

    Django's RelatedOnlyFieldListFilter gathers the keys of the whole list instead: at 100,000
    orders that took longer than the list.
    """

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, StrOrPromise]]:
        """Give key and name, in the order the records' own list has."""
        rows = model_admin.get_queryset(request).order_by()
        used = Exists(rows.filter(**{self.field_path: OuterRef("pk")}))
        ordering = self.field_admin_ordering(field, request, model_admin)
        choices: list[tuple[str, StrOrPromise]] = field.get_choices(
            include_blank=False, limit_choices_to=Q(used), ordering=ordering
        )
        return choices
