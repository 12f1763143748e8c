"""Who may keep cost centres and projects, and who may charge them."""

from __future__ import annotations

from typing import Any

from django.db import models

from apps.accounts import policies as accounts
from apps.budgets.models import CostCentre, Project


def _has(user: Any, permission: str) -> bool:
    return bool(user.is_authenticated and user.is_active and user.has_perm(permission))


def may_add(user: Any, model: type[models.Model]) -> bool:
    """Cost centres and projects are kept by those whose role says so."""
    return _has(user, f"{model._meta.app_label}.add_{model._meta.model_name}")


def may_change(user: Any, model: type[models.Model]) -> bool:
    """Cost centres and projects are kept by those whose role says so."""
    return _has(user, f"{model._meta.app_label}.change_{model._meta.model_name}")


def may_grant(user: Any, person: Any) -> bool:
    """Who looks after accounts lets people in to cost centres, others only."""
    return accounts.may_manage(user, person) and _has(user, "budgets.add_costcentregrant")


def may_charge(user: Any, cost_centre: CostCentre) -> bool:
    """Costs are carried by one's own department, by what one owns, or where one was let in."""
    if not (user.is_authenticated and user.is_active and cost_centre.is_active):
        return False
    return bool(CostCentre.objects.chargeable_by(user).filter(pk=cost_centre.pk).exists())


def may_charge_project(user: Any, project: Project) -> bool:
    """A running project may be charged by everybody; what it costs is the cost centre's affair."""
    return bool(user.is_authenticated and user.is_active and project.is_active)
