"""The on-call rota and its overrides."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common.admin import ERPModelAdmin
from apps.support import services
from apps.support.admin.base import NamesAdmin
from apps.support.models import Rota, RotaOverride, RotaWeek


class WeekInline(admin.TabularInline[RotaWeek, Rota]):
    """The weeks of the cycle."""

    model = RotaWeek
    extra = 0
    fields = ("week", "primary", "secondary")
    autocomplete_fields = ("primary", "secondary")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[RotaWeek]:
        """With the people."""
        return super().get_queryset(request).select_related("primary", "secondary")


@admin.register(Rota)
class RotaAdmin(NamesAdmin):
    """Who is on call in which week."""

    list_display = ("name", "time_zone", "starts_on", "handover_at", "is_active", "now")
    inlines = (WeekInline,)
    readonly_fields = ("now", *NamesAdmin.readonly_fields)

    @admin.display(description=gettext_lazy("on call now"))
    def now(self, rota: Rota) -> str:
        """The two people of this moment."""
        found = services.who_is_on_call(timezone.now()) if rota.is_active else None
        if found is None:
            return "–"
        words = {
            "people": ", ".join(str(one) for one in (found.primary, found.secondary) if one),
            "moment": date_format(timezone.localtime(found.until), "SHORT_DATETIME_FORMAT"),
        }
        return _("%(people)s until %(moment)s") % words


@admin.register(RotaOverride)
class RotaOverrideAdmin(ERPModelAdmin):
    """Swaps. One that is not needed any more is removed; what happened is in the history."""

    deletable = True
    list_display = ("starts_at", "ends_at", "primary", "secondary", "reason")
    list_filter = ("rota",)
    list_select_related = ("primary", "secondary")
    search_fields = ("reason", "primary__code", "secondary__code")
    date_hierarchy = "starts_at"
    fields = ("rota", ("starts_at", "ends_at"), ("primary", "secondary"), "reason")
    autocomplete_fields = ("primary", "secondary")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The rota in force."""
        initial: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        initial.setdefault("rota", Rota.objects.filter(is_active=True).first())
        return initial
