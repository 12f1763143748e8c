"""Cost centres and projects in the back office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import BigIntegerField, OuterRef, Subquery
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin.base import ServiceAdmin, adopt
from apps.budgets import policies, services
from apps.budgets.models import CostCentre, CostCentreGrant, Project
from apps.common.admin import UsedFieldListFilter
from apps.common.admin.masters import STAMPS, NamedAdmin


@admin.register(CostCentre)
class CostCentreAdmin(NamedAdmin):
    """Cost centres with their owners."""

    list_display = ("code", "name", "department", "owner", "is_active")
    list_filter = ("is_active", ("department", UsedFieldListFilter))
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


class GrantForm(forms.ModelForm[CostCentreGrant]):
    """A person and a cost centre."""

    asker: Any = None
    cost_centre: Any = forms.ModelChoiceField(
        CostCentre.objects.active().order_by("code"), label=_("cost centre")
    )

    class Meta:
        model = CostCentreGrant
        fields = ("user",)

    def clean_user(self) -> Any:
        """Others, and nobody with more rights than one could give."""
        person = self.cleaned_data["user"]
        if not policies.may_grant(self.asker, person):
            raise forms.ValidationError(_("Somebody else has to give rights to this person."))
        return person


@admin.register(CostCentreGrant)
class CostCentreGrantAdmin(ServiceAdmin):
    """Who may charge which cost centre outside the own department."""

    deletable = True
    form = GrantForm
    list_display = ("user", "cost_centre_name")
    list_select_related = ("user", "permission")
    search_fields = ("user__username", "user__name")
    autocomplete_fields = ("user",)
    fields = ("user", "cost_centre")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Those on cost centres, with the cost centre."""
        rows: models.QuerySet[Any] = super().get_queryset(request)
        found = CostCentre.objects.filter(pk=Cast(OuterRef("object_pk"), BigIntegerField()))
        label = found.order_by().values("code")[:1]
        on_centres = rows.filter(content_type__app_label="budgets", permission__codename="charge")
        labelled: models.QuerySet[Any] = on_centres.annotate(label=Subquery(label))
        return labelled

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave is given or taken back, not rewritten."""
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What there is to show is named otherwise than what is asked for."""
        return ("user", "cost_centre_name") if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Shown as they are."""
        return ("cost_centre_name",) if obj else ()

    @admin.display(description=_("cost centre"))
    def cost_centre_name(self, grant: Any) -> str:
        """Which one."""
        return str(grant.label or grant.object_pk)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Through the service."""
        data = form.cleaned_data
        adopt(obj, services.grant(data["user"], data["cost_centre"], by=request.user))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Through the service."""
        services.revoke(obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """One by one, through the service."""
        for grant in queryset:
            services.revoke(grant, by=request.user)
