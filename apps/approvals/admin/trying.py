"""Try the rules out: who would decide on such a document, and why."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Department, User
from apps.approvals import routes, words
from apps.approvals.models import ApprovalRequest, ApprovalRule
from apps.approvals.registry import Facts
from apps.approvals.states import Mode
from apps.budgets.models import CostCentre, Project
from apps.catalog.models import Category, Supplier


def _choice(
    model: Any, of: Any, name: str, *, required: bool = False
) -> forms.ModelChoiceField[Any]:
    """A type-ahead like the admin's own, on a field that leads to the model."""
    field: Any = of._meta.get_field(name)
    return forms.ModelChoiceField(
        model._default_manager.all(),
        required=required,
        label=field.verbose_name,
        widget=AutocompleteSelect(field, admin.site),
    )


class TryForm(forms.Form):
    """What rules ask about a document."""

    document_kind = forms.ChoiceField(
        label=gettext_lazy("document"),
        choices=ApprovalRule._meta.get_field("document_kind").choices or (),
    )
    base_total = forms.DecimalField(
        label=gettext_lazy("total in base currency"),
        min_value=0,
        max_digits=20,
        decimal_places=4,
        initial=Decimal(1000),
    )
    requester = _choice(User, ApprovalRequest, "requester", required=True)
    department = _choice(Department, ApprovalRule, "department", required=True)
    cost_centre = _choice(CostCentre, ApprovalRule, "cost_centre")
    project = _choice(Project, ApprovalRule, "project")
    category = _choice(Category, ApprovalRule, "category")
    supplier_status = forms.ChoiceField(
        label=gettext_lazy("status of the supplier"),
        required=False,
        choices=[("", "–"), *Supplier.Status.choices],
    )

    def facts(self) -> Facts:
        """What was typed, as a document would say it."""
        given = self.cleaned_data
        category, status = given["category"], given["supplier_status"]
        return Facts(
            requester=given["requester"],
            submitted_by=given["requester"],
            department=given["department"],
            cost_centre=given["cost_centre"],
            project=given["project"],
            category_paths=[category.path] if category else [],
            suppliers=[Supplier(status=status)] if status else [],
            base_total=given["base_total"],
            label="",
        )


def try_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """The form and, once it is filled in, the route. Reads only, so that it can be a GET."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    form = TryForm(request.GET or None)
    route = None
    if form.is_bound and form.is_valid():
        route = routes.build(form.cleaned_data["document_kind"], form.facts(), names=True)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Try the rules"),
        "opts": model_admin.opts,
        "form": form,
        "route": route,
        "steps": [_shown(step) for step in route.steps] if route else [],
        "base_currency": settings.BASE_CURRENCY,
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/approvals/approvalrule/try.html", context)


def _shown(step: routes.PlannedStep) -> dict[str, Any]:
    people = [f"{who.label} ({who.why})" for who in step.approvers]
    mode = {Mode.ALL: _("all of"), Mode.NUMBER: _("%(count)s of") % {"count": step.required_count}}
    prefix = mode.get(Mode(step.mode), "")
    return {
        "name": str(step.name),
        "status": "waiting",
        "people": f"{prefix} {words.Listing(tuple(people))}".strip(),
        "reason": str(step.why),
    }
