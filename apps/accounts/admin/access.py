"""Rights in the back office: who stands in, scopes of people, and the roles of the matrix."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.db.models import BigIntegerField, Count, OuterRef, Subquery
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts import policies, roles, services
from apps.accounts.admin.base import ServiceAdmin, adopt
from apps.accounts.models import Delegation, Department, DepartmentScope
from apps.accounts.services.delegations import check
from apps.common.admin import ReadOnlyAdmin, UsedFieldListFilter
from apps.common.errors import DomainError


class DelegationForm(forms.ModelForm[Delegation]):
    """A delegation; the times are checked again by the service, under its locks."""

    asker: Any = None

    def clean(self) -> dict[str, Any]:
        """Whether it fits beside the others."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors or not {"delegator", "delegate", "starts_at", "ends_at"} <= data.keys():
            return data
        if not policies.may_delegate(self.asker, data["delegator"], data["delegate"]):
            raise forms.ValidationError(_("Nobody gives themselves what others decide."))
        probe = Delegation(**{name: data[name] for name in ("delegator", "delegate")})
        probe.starts_at, probe.ends_at = data["starts_at"], data["ends_at"]
        check(probe)
        return data


@admin.register(Delegation)
class DelegationAdmin(ServiceAdmin):
    """Who stands in for whom. Given and ended, never changed."""

    form = DelegationForm
    list_display = ("delegator", "delegate", "starts_at", "ends_at", "revoked_at", "reason")
    list_select_related = ("delegator", "delegate")
    search_fields = ("delegator__name", "delegator__username", "delegate__name", "reason")
    autocomplete_fields = ("delegator", "delegate")
    date_hierarchy = "starts_at"
    fields = (("delegator", "delegate"), ("starts_at", "ends_at"), "reason", "revoked_at")
    readonly_fields = ("revoked_at",)
    actions = ("end",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was given is ended, not rewritten."""
        return False

    def has_end_permission(self, request: HttpRequest) -> bool:
        """For the action; the service decides about each one."""
        return bool(request.user.has_perm("accounts.change_delegation"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Through the service."""
        adopt(obj, services.delegate(obj, by=request.user))

    @admin.action(
        description=_("End the delegation"),
        permissions=["end"],
        location=[ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM],
    )
    def end(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """End the chosen ones before their time."""
        for delegation in queryset.order_by("pk")[:200]:
            try:
                services.revoke(delegation, by=request.user)
            except DomainError as error:
                self.message_user(request, f"{delegation}: {error}", messages.ERROR)
            else:
                text = _("%(delegation)s: ended.") % {"delegation": delegation}
                self.message_user(request, text, messages.SUCCESS)


class ScopeForm(forms.ModelForm[DepartmentScope]):
    """A person, a right and a department."""

    asker: Any = None
    right = forms.ChoiceField(label=_("right"))
    department: Any = forms.ModelChoiceField(Department.objects.all(), label=_("department"))

    class Meta:
        model = DepartmentScope
        fields = ("user",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rights = Permission.objects.filter(
            content_type__app_label="accounts", codename__in=services.scopes.RIGHTS
        )
        field: Any = self.fields["right"]
        field.choices = [(right.codename, _(right.name)) for right in rights]

    def clean_user(self) -> Any:
        """Others, and nobody with more rights than one could give."""
        person = self.cleaned_data["user"]
        if not policies.may_grant_scope(self.asker, person):
            raise forms.ValidationError(_("Somebody else has to give rights to this person."))
        return person


@admin.register(DepartmentScope)
class DepartmentScopeAdmin(ServiceAdmin):
    """Rights of people on parts of the company, beside those of their roles."""

    deletable = True
    form = ScopeForm
    list_display = ("user", "right_name", "department_name")
    list_select_related = ("user", "permission")
    list_filter = (("permission", UsedFieldListFilter),)
    search_fields = ("user__username", "user__name")
    autocomplete_fields = ("user",)
    fields = ("user", "right", "department")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Those on departments, with the department."""
        rows: models.QuerySet[Any] = super().get_queryset(request)
        found = Department.objects.filter(pk=Cast(OuterRef("object_pk"), BigIntegerField()))
        label = found.order_by().values("code")
        rows = rows.filter(content_type__app_label="accounts", content_type__model="department")
        labelled: models.QuerySet[Any] = rows.annotate(department_label=Subquery(label[:1]))
        return labelled

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A right is given or taken back, not rewritten."""
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What there is to show is named otherwise than what is asked for."""
        return ("user", "right_name", "department_name") if obj else self.fields

    @admin.display(description=_("right"))
    def right_name(self, scope: Any) -> str:
        """What may be done."""
        return str(_(scope.permission.name))

    @admin.display(description=_("department"))
    def department_name(self, scope: Any) -> str:
        """Where."""
        return str(scope.department_label or scope.object_pk)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Shown as they are."""
        return ("right_name", "department_name") if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Through the service."""
        data = form.cleaned_data
        saved = services.grant_scope(
            data["user"], data["right"], data["department"], by=request.user
        )
        adopt(obj, saved)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Through the service."""
        services.revoke_scope(obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """One by one, through the service."""
        for scope in queryset:
            services.revoke_scope(scope, by=request.user)


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(ReadOnlyAdmin):
    """The roles, as the matrix file says. Changed there and set up by `erp_setup_roles`."""

    list_display = ("name", "title", "people")
    fields = ("name", "title", "people", "rights", "where_from")
    readonly_fields = fields
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the number of people."""
        rows: models.QuerySet[Any] = super().get_queryset(request)
        counted: models.QuerySet[Any] = rows.annotate(people_count=Count("user", distinct=True))
        return counted

    @admin.display(description=_("title"))
    def title(self, group: Group) -> str:
        """The role's name in words."""
        return str(roles.title_of(group)) if group.name in roles.matrix() else "–"

    @admin.display(description=_("people"), ordering="people_count")
    def people(self, group: Any) -> int:
        """How many have it."""
        return int(group.people_count)

    @admin.display(description=_("rights"))
    def rights(self, group: Group) -> str:
        """All rights of the role by name."""
        rows = group.permissions.select_related("content_type")
        return "\n".join(sorted(f"{row.content_type.app_label}.{row.codename}" for row in rows))

    @admin.display(description=_("where this comes from"))
    def where_from(self, _group: Group) -> str:
        """Where it is changed."""
        return _("The file fixtures/roles.toml; changes are set up by manage.py erp_setup_roles.")  # type: ignore[return-value]  # a promise prints like text
