"""Cost centres and projects on the API."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django.db.models import QuerySet

from apps.budgets import policies, services
from apps.budgets.api import filters, serializers
from apps.budgets.models import CostCentre, Project
from apps.common.api.masters import MasterViewSet, master_policies
from apps.common.api.permissions import Rule

kept_by_role = partial(master_policies, policies.may_add, policies.may_change)


class CostCentreViewSet(MasterViewSet):
    """Cost centres with their owners."""

    model = CostCentre
    service = staticmethod(services.save)
    serializer_class = serializers.CostCentreSerializer
    filterset_class = filters.CostCentreFilters
    policies: ClassVar[dict[str, Rule]] = kept_by_role(CostCentre)

    def visible(self) -> QuerySet[Any]:
        """With department and owner."""
        rows: QuerySet[Any] = CostCentre.objects.visible_to(self.request.user)
        return rows.select_related("department", "owner")


class ProjectViewSet(MasterViewSet):
    """Projects."""

    model = Project
    service = staticmethod(services.save)
    serializer_class = serializers.ProjectSerializer
    filterset_class = filters.ProjectFilters
    policies: ClassVar[dict[str, Rule]] = kept_by_role(Project)

    def visible(self) -> QuerySet[Any]:
        """With manager and cost centre."""
        rows: QuerySet[Any] = Project.objects.visible_to(self.request.user)
        return rows.select_related("manager", "cost_centre")
