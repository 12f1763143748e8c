"""Shapes of cost centres and projects."""

from __future__ import annotations

from rest_framework import serializers

from apps.accounts.models import Department, User
from apps.budgets.models import CostCentre
from apps.common.api.masters import NamedSerializer
from apps.common.api.serializers import CodeField


class CostCentreSerializer(NamedSerializer):
    """Where costs are carried. People are named by their log-in names."""

    code = serializers.CharField(max_length=32)
    name = serializers.CharField(max_length=120, required=False)
    department = CodeField(Department.objects.all)
    owner = CodeField(
        User.objects.active,
        lookup="username",
        label_field="display_name",
        required=False,
        allow_null=True,
    )


class ProjectSerializer(NamedSerializer):
    """A piece of work with an end."""

    code = serializers.CharField(max_length=32)
    name = serializers.CharField(max_length=120, required=False)
    manager = CodeField(
        User.objects.active,
        lookup="username",
        label_field="display_name",
        required=False,
        allow_null=True,
    )
    cost_centre = CodeField(CostCentre.objects.all, required=False, allow_null=True)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
