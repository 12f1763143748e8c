"""Cost centres and projects in the back office."""

from __future__ import annotations

from django.contrib import admin

from apps.budgets.models import CostCentre, Project
from apps.common.admin.masters import STAMPS, NamedAdmin


@admin.register(CostCentre)
class CostCentreAdmin(NamedAdmin):
    """Cost centres with their owners."""

    list_display = ("code", "name", "department", "owner", "is_active")
    list_filter = ("is_active", ("department", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("department", "owner")
    autocomplete_fields = ("department", "owner")
    export_columns = (
        *("code", "name_en", "name_zh_hans", "department.code", "owner.username", "is_active"),
    )
    fieldsets = (
        (None, {"fields": ("code", "name", ("department", "owner"), "is_active")}),
        (None, {"fields": (STAMPS[:2], STAMPS[2:])}),
    )


@admin.register(Project)
class ProjectAdmin(NamedAdmin):
    """Projects."""

    list_display = ("code", "name", "manager", "cost_centre", "starts_on", "ends_on", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("manager", "cost_centre")
    autocomplete_fields = ("manager", "cost_centre")
    date_hierarchy = "starts_on"
    export_columns = (
        *("code", "name_en", "name_zh_hans", "manager.username", "cost_centre.code"),
        *("starts_on", "ends_on", "is_active"),
    )
    fieldsets = (
        (None, {"fields": ("code", "name", ("manager", "cost_centre"))}),
        (None, {"fields": (("starts_on", "ends_on"), "is_active")}),
        (None, {"fields": (STAMPS[:2], STAMPS[2:])}),
    )
