"""The header of a requisition as a form, with the choices this person has."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Department, User
from apps.accounts.scopes import department_scope
from apps.budgets.models import CostCentre, Project
from apps.catalog.models import Currency
from apps.requisitions import policies
from apps.requisitions.models import Requisition
from apps.requisitions.states import Priority

FIELDS = (
    "title",
    "department",
    "cost_centre",
    "project",
    "currency",
    "needed_by",
    "priority",
    "on_behalf_of",
    "justification",
    "delivery_address",
    "notes_internal",
    "external_reference",
)

type Choice = forms.ModelChoiceField[Any]


class HeaderForm(forms.Form):
    """Who asks, for which department, who pays, until when and why."""

    title = forms.CharField(label=_("Title"), max_length=200)
    department: Choice = forms.ModelChoiceField(Department.objects.none(), label=_("Department"))
    cost_centre: Choice = forms.ModelChoiceField(CostCentre.objects.none(), label=_("Cost centre"))
    project: Choice = forms.ModelChoiceField(
        Project.objects.none(), label=_("Project"), required=False
    )
    currency = forms.ModelChoiceField(Currency.objects.none(), label=_("Currency"))
    needed_by = forms.DateField(
        label=_("Needed by"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    priority = forms.ChoiceField(
        label=_("Priority"),
        choices=lambda: [(value, capfirst(str(label))) for value, label in Priority.choices],
        initial=Priority.NORMAL,
    )
    on_behalf_of = forms.ModelChoiceField(
        User.objects.none(), label=_("On behalf of"), required=False, to_field_name="username"
    )
    justification = forms.CharField(
        label=_("Justification"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What it is for. Those who decide read this first."),
    )
    delivery_address = forms.CharField(
        label=_("Delivery address"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    notes_internal = forms.CharField(
        label=_("Internal notes"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    external_reference = forms.CharField(
        label=_("External reference"), required=False, max_length=64
    )

    def __init__(
        self, *args: Any, user: Any, requisition: Requisition | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.requisition = requisition
        self._choices("department", departments_of(user), "department_id")
        self._choices("cost_centre", cost_centres_of(user), "cost_centre_id")
        self._choices("project", Project.objects.active(), "project_id")
        self._choices("currency", Currency.objects.active(), "currency_id")
        if policies.may_request_for_others(user):
            self._choices("on_behalf_of", User.objects.active(), "on_behalf_of_id")
        else:
            del self.fields["on_behalf_of"]

    def _choices(self, name: str, rows: Any, attribute: str) -> None:
        """The records offered, with the one the document has already."""
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # for the type checker
        current = getattr(self.requisition, attribute, None)
        offered = rows.model._default_manager.filter(
            Q(pk__in=rows.order_by().values("pk")) | Q(pk=current)
        )
        field.queryset = offered.order_by("username" if name == "on_behalf_of" else "code")


def departments_of(user: Any) -> Any:
    """Departments this person may ask for things for."""
    active = Department.objects.active()
    if policies.may_request_for_others(user):
        return active
    scope = department_scope(user, "buy_for")
    return active.filter(Q(pk=user.department_id) | Q(head=user) | Q(pk__in=scope))


def cost_centres_of(user: Any) -> Any:
    """Cost centres this person may charge for one of those departments."""
    chargeable = CostCentre.objects.chargeable_by(user).order_by().values("pk")
    departments = departments_of(user).order_by().values("pk")
    return CostCentre.objects.active().filter(Q(pk__in=chargeable) | Q(department__in=departments))


def initial_for(user: Any) -> dict[str, Any]:
    """What a new requisition most likely has."""
    initial: dict[str, Any] = {"department": user.department_id, "priority": Priority.NORMAL}
    currency = Currency.objects.filter(code=settings.BASE_CURRENCY).values_list("pk", flat=True)
    initial["currency"] = currency.first()
    if user.department_id is not None:
        own = CostCentre.objects.active().filter(department=user.department_id)
        initial["cost_centre"] = own.values_list("pk", flat=True).first()
    return initial


def initial_of(requisition: Requisition) -> dict[str, Any]:
    """What the form shows of a requisition as it is stored."""
    initial = {name: getattr(requisition, name) for name in FIELDS}
    for name in ("department", "cost_centre", "project", "currency"):
        initial[name] = getattr(requisition, f"{name}_id")
    person = requisition.on_behalf_of
    initial["on_behalf_of"] = person.username if person else None
    return initial
