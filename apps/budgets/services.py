"""Keeping cost centres and projects, and letting people charge them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services.locking import lock_person
from apps.budgets import policies
from apps.budgets.models import CostCentre, CostCentreGrant
from apps.common import context, records
from apps.common.errors import NotPermittedError
from apps.common.models import Stamped


def save[R: Stamped](
    record: R, *, by: Any, data: Mapping[str, Any], expected_version: int | None = None
) -> R:
    """Create or change a cost centre or a project.

    Raises NotPermittedError or a ValidationError; nothing is written then.
    """
    may = policies.may_add if record._state.adding else policies.may_change
    if not may(by, type(record)):
        raise NotPermittedError
    return records.save(record, by=by, data=data, expected_version=expected_version)


@transaction.atomic
def grant(person: User, cost_centre: CostCentre, *, by: Any) -> CostCentreGrant:
    """Let somebody charge a cost centre outside their department. Given twice is given once.

    Raises NotPermittedError.
    """
    fresh = lock_person(person)
    if not policies.may_grant(by, fresh):
        raise NotPermittedError
    content_type = ContentType.objects.get_for_model(CostCentre)
    with context.working(actor=by, event="costcentre.grant", comment=str(cost_centre)):
        given: CostCentreGrant
        given, _is_new = CostCentreGrant.objects.get_or_create(
            user=fresh,
            permission=Permission.objects.get(content_type=content_type, codename="charge"),
            content_type=content_type,
            object_pk=str(cost_centre.pk),
        )
    return given


@transaction.atomic
def revoke(given: CostCentreGrant, *, by: Any) -> None:
    """Take the leave back; documents that charge it already keep doing so.

    Raises NotPermittedError.
    """
    if not policies.may_grant(by, lock_person(given.user)):
        raise NotPermittedError
    with context.working(actor=by, event="costcentre.revoke"):
        given.delete()
