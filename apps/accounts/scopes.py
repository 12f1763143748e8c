"""Which departments a person may see or buy for: guardian's object permissions, with the subtree.

The one place that asks guardian, because its own helper serves inactive users and gives all rows
on a model permission. The head of a department sees its documents because of being its head: the
right comes and goes with the appointment and needs no row of its own.
"""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField
from django.db.models.functions import Cast
from guardian.models import GroupObjectPermission, UserObjectPermission

from apps.accounts.models import Department

OF_HEADS = "view_documents"


def department_scope(user: Any, *permissions: str) -> set[int]:
    """Departments on which this person has any of the permissions, with all those below them.

    Two statements at most the first time, none after that for the same user object.
    """
    if not user.is_authenticated or not user.is_active:
        return set()
    cache: dict[tuple[str, ...], set[int]] = user.__dict__.setdefault("_department_scopes", {})
    if permissions not in cache:
        roots = _granted(user, permissions)
        cache[permissions] = Department.objects.subtree_pks(roots) if roots else set()
    return cache[permissions]


def _granted(user: Any, permissions: tuple[str, ...]) -> set[int]:
    content_type = ContentType.objects.get_for_model(Department)
    wanted = {"permission__codename__in": permissions, "content_type": content_type}
    own = UserObjectPermission.objects.filter(user=user, **wanted).values_list("object_pk")
    by_group = GroupObjectPermission.objects.filter(
        group__in=user.groups.all(), **wanted
    ).values_list("object_pk")
    sources = [by_group]
    if OF_HEADS in permissions:
        headed = Department.objects.filter(head=user).order_by()
        sources.append(headed.values_list(Cast("pk", CharField(max_length=255))))
    return {int(pk) for (pk,) in own.union(*sources)}
