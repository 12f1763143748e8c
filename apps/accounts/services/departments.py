"""The department tree. Departments are retired, never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts import policies
from apps.accounts.models import Department
from apps.accounts.services.roles import set_up_roles
from apps.common.errors import NotPermittedError
from apps.common.records import stamp, tidy

WRITABLE = frozenset(
    {"code", "name", "name_en", "name_zh_hans", "parent", "head", "approval_limit", "is_active"}
)


@transaction.atomic
def save_department(department: Department, *, by: Any, data: Mapping[str, Any]) -> Department:
    """Make a department (given unsaved) or change one.

    The whole tree is locked, so that two moves at once cannot make a circle. Raises
    NotPermittedError and Django's ValidationError.
    """
    if not policies.may_write_departments(by):
        raise NotPermittedError
    fresh = department if department._state.adding else _lock(department)
    if not policies.may_lead(by, fresh, data.get("head")):
        text = _("Somebody else has to make you the head of a department.")
        raise NotPermittedError(text, code="own_appointment")
    was_top = not fresh._state.adding and fresh.parent_id is None
    for name, value in data.items():
        if name not in WRITABLE:
            raise TypeError(f"{name} cannot be set here")
        setattr(fresh, name, tidy(value))
    _check_head(fresh)
    stamp(fresh, by=by)
    fresh.full_clean()
    fresh.save()
    if was_top != (fresh.parent_id is None):
        set_up_roles()
    return fresh


def _lock(department: Department) -> Department:
    tree = Department.objects.select_for_update(of=("self",)).order_by("pk")
    found: dict[int, Department] = {row.pk: row for row in tree}
    return found[department.pk]


def _check_head(department: Department) -> None:
    if department.head is not None and not department.head.is_active:
        raise ValidationError({"head": _("This account is shut.")})
