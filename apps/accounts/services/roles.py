"""Giving people roles, and making the groups say what the matrix says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from guardian.models import GroupObjectPermission

from apps.accounts import policies, roles
from apps.accounts.models import Department, User
from apps.accounts.services.locking import lock_person, refuse_to_lose_last_admin, void_tokens
from apps.common import context
from apps.common.errors import InvalidInputError, NotPermittedError


@transaction.atomic
def set_roles(person: User, names: Iterable[str], *, by: Any, comment: str = "") -> User:
    """Give somebody exactly these roles; what was granted before ends at their next request.

    Raises NotPermittedError, InvalidInputError for an unknown role, and ConflictError when nobody
    would be left to administer.
    """
    wanted = set(names)
    unknown = sorted(wanted - set(roles.matrix()))
    if unknown:
        text = _("There is no role “%(name)s”.") % {"name": unknown[0]}
        raise InvalidInputError(text, code="unknown_role", errors={"roles": [text]})
    fresh = lock_person(person, with_admins=True)
    if not policies.may_set_roles(by, fresh, wanted):
        raise NotPermittedError
    if wanted == policies.roles_of(fresh):
        return fresh
    if roles.ADMIN not in wanted and fresh.is_active:
        refuse_to_lose_last_admin(fresh)
    with context.working(event="user.set_roles", comment=comment):
        assign_roles(fresh, wanted)
    return fresh


def assign_roles(person: User, names: Iterable[str]) -> None:
    """Put somebody into the groups of their roles; who may open the back office follows from it."""
    wanted = set(names)
    matrix = roles.matrix()
    groups = {name: Group.objects.get_or_create(name=name)[0] for name in sorted(wanted)}
    person.groups.set(groups.values())
    person.is_staff = person.is_superuser or any(matrix[name].is_staff for name in wanted)
    person.__dict__.pop("_role_names", None)
    void_tokens(person)
    person.save()


@dataclass
class Outcome:
    """What a set-up of roles changed, and what needs a person's attention."""

    changed: list[str] = field(default_factory=list)
    attention: list[str] = field(default_factory=list)


class _DryRunError(Exception):
    """Takes a dry run back."""


def set_up_roles(*, dry_run: bool = False) -> Outcome:
    """Make groups, their permissions and their scopes say what the matrix says.

    Safe to repeat. Raises MatrixError and changes nothing when the matrix cannot be.
    """
    outcome = Outcome()
    matrix = roles.matrix()
    try:
        with transaction.atomic(), context.working(event="role.set_up"):
            permissions = _permissions(matrix.values())
            for role in matrix.values():
                _set_up(role, permissions, outcome)
            _align_staff(matrix, outcome)
            if dry_run:
                raise _DryRunError
    except _DryRunError:
        pass
    _attend(matrix, outcome)
    return outcome


def _permissions(wanted: Iterable[roles.Role]) -> dict[str, Permission]:
    names = {name for role in wanted for name in role.permissions}
    rows = Permission.objects.annotate(app_label=F("content_type__app_label"))
    found = {f"{row.app_label}.{row.codename}": row for row in rows}
    if missing := sorted(names - found.keys()):
        raise roles.MatrixError(f"there is no permission {name}" for name in missing)
    return {name: found[name] for name in names}


def _set_up(role: roles.Role, permissions: dict[str, Permission], outcome: Outcome) -> None:
    group, is_new = Group.objects.get_or_create(name=role.name)
    if is_new:
        outcome.changed.append(f"group {role.name} made")
    wanted = {permissions[name].pk: name for name in role.permissions}
    held = {p.pk: p.codename for p in group.permissions.all()}
    added, removed = wanted.keys() - held.keys(), held.keys() - wanted.keys()
    if added or removed:
        group.permissions.set(wanted)
    outcome.changed += [f"{role.name}: + {wanted[pk]}" for pk in sorted(added)]
    outcome.changed += [f"{role.name}: - {held[pk]}" for pk in sorted(removed)]
    _set_up_scope(role, group, outcome)


def _set_up_scope(role: roles.Role, group: Group, outcome: Outcome) -> None:
    """Rights on the departments at the top, and so on all below them."""
    content_type = ContentType.objects.get_for_model(Department)
    tops = {str(pk): code for pk, code in _top_departments()}
    rights = Permission.objects.filter(content_type=content_type, codename__in=role.scope)
    wanted = {(right.pk, pk): f"{right.codename} on {tops[pk]}" for right in rights for pk in tops}
    rows = GroupObjectPermission.objects.filter(group=group, content_type=content_type)
    held = {(row.permission_id, row.object_pk): row for row in rows}
    for key in sorted(wanted.keys() - held.keys()):
        GroupObjectPermission.objects.create(
            group=group, content_type=content_type, permission_id=key[0], object_pk=key[1]
        )
        outcome.changed.append(f"{role.name}: + {wanted[key]}")
    for key in sorted(held.keys() - wanted.keys()):
        if key[1] in tops:  # a scope on a part of the company was somebody's decision
            held[key].delete()
            outcome.changed.append(f"{role.name}: - right {key[0]} on {tops[key[1]]}")


def _top_departments() -> Iterable[tuple[int, str]]:
    tops = Department.objects.filter(parent=None).order_by("pk")
    return tops.values_list("pk", "code")


def _align_staff(matrix: Any, outcome: Outcome) -> None:
    """Who may open the back office follows from the roles and from nothing else."""
    for person in User.objects.prefetch_related("groups").order_by("pk"):
        held = policies.roles_of(person) & set(matrix)
        is_staff = person.is_superuser or any(matrix[name].is_staff for name in held)
        if person.is_staff != is_staff:
            person.is_staff = is_staff
            person.save()
            word = "may" if is_staff else "may not"
            outcome.changed.append(f"{person.username} {word} open the back office")


def _attend(matrix: Any, outcome: Outcome) -> None:
    others = Group.objects.exclude(name__in=matrix).order_by("name")
    outcome.attention += [f"group {g.name} is not in the matrix; left alone" for g in others]
    if not Department.objects.exists():
        outcome.attention.append("no departments yet: run this again when there are some")
    if not User.objects.filter(is_active=True, groups__name=roles.ADMIN).exists():
        outcome.attention.append("no active administrator: give somebody the role admin")
