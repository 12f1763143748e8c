"""Questions about cost centres and projects; never a write."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermission, UserObjectPermission

from apps.accounts.models import Department

MOST_WORDS = 6


class CostBearerQuerySet(models.QuerySet[Any]):
    """Cost centres and projects."""

    def active(self) -> CostBearerQuerySet:
        """Those new documents may charge."""
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> CostBearerQuerySet:
        """Known to everybody who may log in; what may be charged is a policy."""
        return self if user.is_authenticated and user.is_active else self.none()

    def search(self, text: str) -> CostBearerQuerySet:
        """Every word is in the code or in the name, in either language."""
        found = self
        for word in text.split()[:MOST_WORDS]:
            found = found.filter(
                Q(code__icontains=word)
                | Q(name_en__icontains=word)
                | Q(name_zh_hans__icontains=word)
            )
        return found


class CostCentreQuerySet(CostBearerQuerySet):
    """Cost centres by who may charge them."""

    def chargeable_by(self, user: Any) -> CostCentreQuerySet:
        """Active ones of the own department and below, owned ones, and those granted."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        active = self.filter(is_active=True)
        if user.has_perm("budgets.charge"):
            return active
        own = Q(owner=user) | Q(pk__in=_granted(user, self.model))
        if user.department_id is not None:
            own |= Q(department__in=Department.objects.subtree_pks([user.department_id]))
        return active.filter(own)


def _granted(user: Any, model: type[models.Model]) -> set[int]:
    """Cost centres a person or one of their groups was let in to."""
    wanted = {
        "permission__codename": "charge",
        "content_type": ContentType.objects.get_for_model(model),
    }
    own = UserObjectPermission.objects.filter(user=user, **wanted).values_list("object_pk")
    by_group = GroupObjectPermission.objects.filter(
        group__in=user.groups.all(), **wanted
    ).values_list("object_pk")
    return {int(pk) for (pk,) in own.union(by_group)}


CostBearerManager = models.Manager.from_queryset(CostBearerQuerySet)
CostCentreManager = models.Manager.from_queryset(CostCentreQuerySet)
