"""What the inbox can be narrowed by."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters

from apps.approvals.models import ApprovalRule, ApprovalStep

KINDS = ApprovalRule._meta.get_field("document_kind").choices


class InboxFilter(filters.FilterSet):
    """By kind of document, and what is late."""

    kind = filters.ChoiceFilter("request__document_kind", choices=KINDS)
    overdue = filters.BooleanFilter(method="is_overdue")

    class Meta:
        model = ApprovalStep
        fields: list[str] = []

    def is_overdue(self, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001 - django-filter's signature
        """Whose hours are over, or are not."""
        late = {"due_at__lt": timezone.now()}
        return queryset.filter(**late) if value else queryset.exclude(**late)
