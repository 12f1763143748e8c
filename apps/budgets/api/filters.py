"""What lists of cost centres and projects can be filtered by."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from apps.budgets.models import CostCentre


class CostCentreFilters(filters.FilterSet):
    """By code, department and owner; `chargeable=true` gives what the caller may charge."""

    code = filters.CharFilter()
    is_active = filters.BooleanFilter()
    department = filters.CharFilter(field_name="department__code")
    owner = filters.CharFilter(field_name="owner__username")
    chargeable = filters.BooleanFilter(method="by_caller")

    def by_caller(self, queryset: QuerySet[Any], _name: str, value: object) -> QuerySet[Any]:
        """Those the caller may charge, or the others."""
        mine = CostCentre.objects.chargeable_by(self.request.user).values("pk")
        return queryset.filter(pk__in=mine) if value else queryset.exclude(pk__in=mine)


class ProjectFilters(filters.FilterSet):
    """By code, manager and cost centre."""

    code = filters.CharFilter()
    is_active = filters.BooleanFilter()
    manager = filters.CharFilter(field_name="manager__username")
    cost_centre = filters.CharFilter(field_name="cost_centre__code")
