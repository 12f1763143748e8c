"""The department tree in the back office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR
from django.db import models
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts import policies, services
from apps.accounts.admin.base import ServiceAdmin, adopt
from apps.accounts.models import Department
from apps.common.admin import CarefulList
from apps.common.admin.masters import STAMPS, NamedAdmin

LARGEST_TREE = 400  # above that the list is in the order of the codes


class DepartmentForm(forms.ModelForm[Department]):
    """A department; nobody appoints themselves."""

    asker: Any = None

    def clean_head(self) -> Any:
        """Somebody who works here, and not the one who asks."""
        head = self.cleaned_data["head"]
        before = Department.objects.filter(pk=self.instance.pk).first() or Department()
        if not policies.may_lead(self.asker, before, head):
            raise forms.ValidationError(
                _("Somebody else has to make you the head of a department.")
            )
        if head is not None and not head.is_active:
            raise forms.ValidationError(_("This account is shut."))
        return head


class TreeList(CarefulList):
    """Below each department what is part of it, until somebody sorts by a column."""

    def get_ordering(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> list[Any]:
        """By the place in the tree."""
        if ORDER_VAR in self.params:
            return list(super().get_ordering(request, queryset))
        return ["tree_order", "code"]


@admin.register(Department)
class DepartmentAdmin(ServiceAdmin, NamedAdmin):
    """Departments, shown as the tree they are."""

    form = DepartmentForm
    list_display = ("tree_name", "code", "head", "approval_limit", "is_active")
    list_display_links = ("tree_name", "code")
    list_filter = ("is_active",)
    list_select_related = ("head", "parent")
    autocomplete_fields = ("parent", "head")
    export_columns = (
        *("code", "name_en", "name_zh_hans", "parent.code", "head.username"),
        *("approval_limit", "is_active"),
    )
    fieldsets = (
        (None, {"fields": ("code", "name", "parent")}),
        (_("Who decides"), {"fields": (("head", "approval_limit"), "is_active")}),
        (None, {"fields": (STAMPS[:2], STAMPS[2:])}),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CarefulList]:
        """The list in the order of the tree."""
        return TreeList

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the place and the depth in the tree."""
        rows: models.QuerySet[Any] = Department.objects.visible_to(request.user)
        places = tree_places()
        number = IntegerField()
        if len(places) > LARGEST_TREE:
            places = {}
        order = [When(pk=pk, then=Value(place)) for pk, (place, _depth) in places.items()]
        depth = [When(pk=pk, then=Value(depth)) for pk, (_place, depth) in places.items()]
        rows = rows.annotate(
            tree_order=Case(*order, default=Value(0), output_field=number),
            tree_depth=Case(*depth, default=Value(0), output_field=number),
        )
        fetched: models.QuerySet[Any] = rows.order_by("tree_order", "code").fetch_mode(
            models.FETCH_PEERS
        )
        return fetched

    @admin.display(description=_("name"), ordering="tree_order")
    def tree_name(self, department: Any) -> str:
        """The name, further in for each level."""
        return f"{'— ' * department.tree_depth}{department.name}"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Through the service, which keeps the tree a tree."""
        adopt(obj, services.save_department(obj, by=request.user, data=form.cleaned_data))


def tree_places() -> dict[int, tuple[int, int]]:
    """Each department's place when the tree is read from above, and how deep it lies."""
    children: dict[int | None, list[int]] = {}
    rows = Department.objects.order_by("code").values_list("pk", "parent_id")
    for pk, parent in rows:
        children.setdefault(parent, []).append(pk)
    found: dict[int, tuple[int, int]] = {}
    waiting = [(pk, 0) for pk in reversed(children.get(None, []))]
    while waiting:
        pk, depth = waiting.pop()
        found[pk] = (len(found), depth)
        waiting.extend((child, depth + 1) for child in reversed(children.get(pk, [])))
    return found
