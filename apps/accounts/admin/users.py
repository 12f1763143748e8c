"""Accounts in the back office. Passwords are neither shown nor set: their owners choose them."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts import policies, roles, services
from apps.accounts.admin.base import ServiceAdmin, adopt
from apps.accounts.forms import time_zones
from apps.accounts.models import User
from apps.common.admin import UsedFieldListFilter
from apps.common.errors import DomainError

MANAGED = ("username", "name", "email", "department", "job_title", "phone", "language", "time_zone")
BOTH = [ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM]


class AccountForm(forms.ModelForm[User]):
    """An account and its roles; only roles the asker may grant are offered."""

    asker: Any = None
    time_zone = forms.ChoiceField(label=_("time zone"), choices=time_zones)
    roles = forms.MultipleChoiceField(
        label=_("roles"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = User
        fields = MANAGED

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "email" in self.fields:
            self.fields["email"].required = True
        if "roles" not in self.fields:
            return
        offered = policies.grantable(self.asker) if self.asker is not None else set()
        matrix = roles.matrix()
        field: Any = self.fields["roles"]
        field.choices = [(name, _(matrix[name].title)) for name in matrix if name in offered]
        if self.instance.pk:
            field.initial = sorted(policies.roles_of(self.instance))

    def clean_username(self) -> str:
        """Two names that look alike are one too many."""
        username: str = User.normalize_username(self.cleaned_data["username"])
        others = User.objects.exclude(pk=self.instance.pk)
        if others.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("Somebody has this log-in name already."))
        return username


class RoleFilter(admin.SimpleListFilter):
    """By a role of the matrix."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """The roles of the matrix."""
        return [(role.name, _(role.title)) for role in roles.matrix().values()]

    def queryset(
        self, _request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        """Those who have it."""
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


@admin.register(User)
class UserAdmin(ServiceAdmin):
    """Accounts. Nobody manages their own, nor one with more rights than they could give."""

    form = AccountForm
    list_display = ("username", "name", "department", "job_title", "role_names", "is_active")
    list_filter = ("is_active", RoleFilter, ("department", UsedFieldListFilter))
    list_select_related = ("department",)
    search_fields = ("username", "name", "email")
    autocomplete_fields = ("department",)
    readonly_fields = ("is_active", "is_staff", "last_login", "date_joined", "token_version")
    actions = ("deactivate", "reactivate", "send_password_link", "unlock")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": (("username", "name"), ("email", "phone"))}),
        (_("Work"), {"fields": (("department", "job_title"), "roles")}),
        (_("Pages"), {"fields": (("language", "time_zone"),)}),
        (
            _("State"),
            {"fields": (("is_active", "is_staff"), ("last_login", "date_joined"), "token_version")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the roles."""
        rows: models.QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related("groups")

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """In the fields of other forms only people who work here."""
        rows, may_repeat = super().get_search_results(request, queryset, search_term)
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            rows = rows.filter(is_active=True)
        return rows, may_repeat

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new account has no state to show yet."""
        return self.fieldsets if obj else self.fieldsets[:-1]

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        """On somebody's page only what can be done with them now."""
        actions = super().get_actions(request, action_location=action_location)
        match = request.resolver_match
        object_id = match.kwargs.get("object_id") if match else None
        if action_location != ActionLocation.CHANGE_FORM or object_id is None:
            return actions
        person = self.get_object(request, object_id)
        if person is None or not policies.may_manage(request.user, person):
            return {}
        hidden = ("reactivate",) if person.is_active else ("deactivate", "send_password_link")
        return {name: action for name, action in actions.items() if name not in hidden}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the policies say."""
        if obj is None:
            return policies.may_manage_people(request.user)
        return policies.may_manage(request.user, obj)

    def has_manage_permission(self, request: HttpRequest) -> bool:
        """For the actions; who may do it to whom is decided by the service."""
        return policies.may_manage_people(request.user)

    @admin.display(description=_("roles"))
    def role_names(self, person: User) -> str:
        """The roles somebody has."""
        return ", ".join(sorted(policies.roles_of(person))) or "–"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Through the services."""
        data = {name: form.cleaned_data[name] for name in MANAGED}
        wanted = form.cleaned_data["roles"]
        if not change:
            adopt(obj, services.create_user(by=request.user, data=data, roles=wanted))
            return
        saved = obj
        if set(form.changed_data) & set(MANAGED):
            saved = services.update_user(obj, by=request.user, data=data)
        if "roles" in form.changed_data:
            saved = services.set_roles(obj, wanted, by=request.user)
        adopt(obj, saved)

    @admin.action(description=_("Shut the account"), permissions=["manage"], location=BOTH)
    def deactivate(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """Shut the chosen accounts."""
        self._each(request, queryset, services.deactivate, _("%(name)s: account shut."))

    @admin.action(description=_("Open the account again"), permissions=["manage"], location=BOTH)
    def reactivate(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """Open the chosen accounts again."""
        self._each(request, queryset, services.reactivate, _("%(name)s: account open again."))

    @admin.action(description=_("Send a password link"), permissions=["manage"], location=BOTH)
    def send_password_link(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """Shut the old passwords out and mail links."""
        self._each(request, queryset, services.send_password_link, _("%(name)s: link sent."))

    @admin.action(description=_("Unlock the log-in"), permissions=["manage"], location=BOTH)
    def unlock(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """Forget failed attempts."""
        self._each(request, queryset, services.unlock, _("%(name)s: log-in unlocked."))

    def _each(
        self, request: HttpRequest, queryset: models.QuerySet[Any], service: Any, done: Any
    ) -> None:
        """One after the other, with a message for each."""
        for person in queryset.order_by("pk")[:200]:
            try:
                service(person, by=request.user)
            except DomainError as error:
                self.message_user(request, f"{person}: {error}", messages.ERROR)
            else:
                self.message_user(request, done % {"name": person}, messages.SUCCESS)
