"""What lists of people and departments can be filtered by."""

from __future__ import annotations

from django_filters import rest_framework as filters


class UserFilters(filters.FilterSet):
    """By log-in name, department and whether the account is open."""

    username = filters.CharFilter()
    is_active = filters.BooleanFilter()
    department = filters.CharFilter(field_name="department__code")


class DepartmentFilters(filters.FilterSet):
    """By code, what is above and who leads."""

    code = filters.CharFilter()
    is_active = filters.BooleanFilter()
    parent = filters.CharFilter(field_name="parent__code")
    head = filters.CharFilter(field_name="head__username")
