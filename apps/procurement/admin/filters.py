"""Filters of procurement's lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.procurement.querysets import overdue
from apps.procurement.states import OPEN, ReceiptStatus


class NeededByFilter(admin.SimpleListFilter):
    """How soon a line is needed; the line's own day goes before the requisition's."""

    title = _("needed by")
    parameter_name = "needed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choices."""
        return [
            ("overdue", _("overdue")),
            ("7", _("within 7 days")),
            ("30", _("within 30 days")),
            ("none", _("no date")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The lines of the choice."""
        if self.value() is None:
            return queryset
        today = timezone.localdate()
        day = Coalesce("needed_by", "requisition__needed_by")
        dated: QuerySet[Any] = queryset.annotate(due=day)
        if self.value() == "none":
            return dated.filter(due=None)
        if self.value() == "overdue":
            return dated.filter(due__lt=today)
        days = {"7": 7, "30": 30}.get(str(self.value()), 0)
        return dated.filter(due__gte=today, due__lte=today + timedelta(days=days))


class OverdueFilter(admin.SimpleListFilter):
    """Issued orders whose day is over and that are not all here."""

    title = _("delivery")
    parameter_name = "delivery"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choices."""
        return [("overdue", _("overdue")), ("open", _("still to come"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The orders of the choice."""
        if self.value() == "overdue":
            return queryset.filter(overdue())
        if self.value() == "open":
            return queryset.filter(status__in=OPEN).exclude(receipt_status=ReceiptStatus.FULL)
        return queryset
