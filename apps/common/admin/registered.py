"""The common models in the back office."""

from django.contrib import admin

from apps.common.admin.base import ReadOnlyAdmin
from apps.common.models import NumberSequence, OutboxMessage


@admin.register(NumberSequence)
class NumberSequenceAdmin(ReadOnlyAdmin):
    """Counters are shown, never turned."""

    list_display = ("kind", "year", "prefix", "next_value")
    list_filter = ("kind", "year")


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """What was sent, what waits and what failed."""

    list_display = ("topic", "status", "attempts", "available_at", "sent_at", "last_error")
    list_filter = ("status", "topic")
    search_fields = ("topic", "last_error")
    date_hierarchy = "created_at"
