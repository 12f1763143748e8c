"""Rights on parts of the company, given to a person beside those of their roles."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from apps.accounts import policies
from apps.accounts.models import Department, DepartmentScope, User
from apps.accounts.services.locking import lock_person
from apps.common import context
from apps.common.errors import InvalidInputError, NotPermittedError

RIGHTS = ("view_documents", "buy_for")


@transaction.atomic
def grant_scope(person: User, right: str, department: Department, *, by: Any) -> DepartmentScope:
    """Let somebody see or buy for a department and all below it. Given twice is given once.

    Raises NotPermittedError and InvalidInputError.
    """
    fresh = lock_person(person)
    if not policies.may_grant_scope(by, fresh):
        raise NotPermittedError
    if right not in RIGHTS:
        raise InvalidInputError(code="unknown_right")
    content_type = ContentType.objects.get_for_model(Department)
    with context.working(actor=by, event="user.grant_scope", comment=f"{right}: {department}"):
        scope: DepartmentScope
        scope, _is_new = DepartmentScope.objects.get_or_create(
            user=fresh,
            permission=Permission.objects.get(content_type=content_type, codename=right),
            content_type=content_type,
            object_pk=str(department.pk),
        )
    return scope


@transaction.atomic
def revoke_scope(scope: DepartmentScope, *, by: Any) -> None:
    """Take the right back; it ends at the person's next request. Raises NotPermittedError."""
    if not policies.may_grant_scope(by, lock_person(scope.user)):
        raise NotPermittedError
    with context.working(actor=by, event="user.revoke_scope"):
        scope.delete()
