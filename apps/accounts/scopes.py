"""Which departments a person may see or buy for: guardian's object permissions, with the subtree.

The one place that asks guardian, because its own helper serves inactive users and gives all rows
on a model permission. The head of a department sees its documents because of being its head: the
right comes and goes with the appointment and needs no row of its own.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField
from django.db.models.functions import Cast
from guardian.models import GroupObjectPermission, UserObjectPermission

from apps.accounts.models import Department
from apps.common.prepared import PERSON, Statement

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
    statement = _STATEMENTS.setdefault(permissions, Statement(partial(_grants, permissions)))
    rows = statement.rows(UserObjectPermission, person=user.pk)
    return {int(pk) for (pk,) in rows}


def _grants(permissions: tuple[str, ...]) -> Any:
    """Grants to the person and to their groups, and for heads the departments they head."""
    departments = ContentType.objects.filter(app_label="accounts", model="department")
    wanted = {
        "permission__codename__in": permissions,
        "content_type__in": departments.values("pk"),
    }
    own = UserObjectPermission.objects.filter(user=PERSON, **wanted).values_list("object_pk")
    groups = get_user_model().groups.through.objects.filter(user=PERSON).values("group")
    by_group = GroupObjectPermission.objects.filter(group__in=groups, **wanted)
    sources: list[Any] = [by_group.values_list("object_pk")]
    if OF_HEADS in permissions:
        headed = Department.objects.filter(head=PERSON).order_by()
        sources.append(headed.values_list(Cast("pk", CharField(max_length=255))))
    return own.union(*sources)


_STATEMENTS: dict[tuple[str, ...], Statement] = {}
