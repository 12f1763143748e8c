"""Questions about people and departments; never a write."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone


class UserQuerySet(models.QuerySet[Any]):
    """People, as seen by people."""

    def active(self) -> UserQuerySet:
        """Those who may log in."""
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> UserQuerySet:
        """Colleagues are no secret inside the company; an inactive or anonymous asker sees none."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.exclude(username="AnonymousUser")

    def search(self, text: str) -> UserQuerySet:
        """By log-in name, name or mail."""
        return self.filter(
            Q(username__icontains=text) | Q(name__icontains=text) | Q(email__icontains=text)
        )


class UserManager(DjangoUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # built at run time
    """Django's manager with our questions."""


class DepartmentQuerySet(models.QuerySet[Any]):
    """The department tree."""

    def active(self) -> DepartmentQuerySet:
        """Departments that may still ask for things."""
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> DepartmentQuerySet:
        """The tree is known to everybody who may log in."""
        return self if user.is_authenticated and user.is_active else self.none()

    def search(self, text: str) -> DepartmentQuerySet:
        """By code or name in either language."""
        return self.filter(
            Q(code__icontains=text) | Q(name_en__icontains=text) | Q(name_zh_hans__icontains=text)
        )

    def parents(self) -> dict[int, int | None]:
        """Each department's parent, in one query: the tree is small, the walk is ours."""
        return dict(self.model._default_manager.order_by().values_list("pk", "parent_id"))

    def subtree_pks(self, roots: Iterable[int]) -> set[int]:
        """The departments below and including the given ones."""
        children: dict[int | None, list[int]] = {}
        for pk, parent in self.parents().items():
            children.setdefault(parent, []).append(pk)
        found: set[int] = set()
        waiting = list(roots)
        while waiting:
            pk = waiting.pop()
            if pk not in found:
                found.add(pk)
                waiting.extend(children.get(pk, ()))
        return found


class DelegationQuerySet(models.QuerySet[Any]):
    """Who stands in for whom."""

    def current(self, at: Any = None) -> DelegationQuerySet:
        """Delegations in force at a moment (now by default)."""
        at = at or timezone.now()
        return self.filter(starts_at__lte=at, ends_at__gt=at, revoked_at=None)

    def visible_to(self, user: Any) -> DelegationQuerySet:
        """Own delegations, given or received; all of them with the view permission."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.has_perm("accounts.view_delegation"):
            return self
        return self.filter(Q(delegator=user) | Q(delegate=user))


DelegationManager = models.Manager.from_queryset(DelegationQuerySet)
DepartmentManager = models.Manager.from_queryset(DepartmentQuerySet)
