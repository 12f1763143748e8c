"""Who may do what to people, departments, delegations. Nobody raises others above themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apps.accounts import roles
from apps.accounts.models import Delegation, Department, User


def is_known(user: Any) -> bool:
    """Somebody who is logged in and still works here."""
    return bool(user is not None and user.is_authenticated and user.is_active)


def roles_of(person: Any) -> set[str]:
    """Names of the roles somebody has; asked once per user object."""
    if not person.is_authenticated:
        return set()
    cache: dict[str, Any] = person.__dict__
    if "_role_names" not in cache:
        cache["_role_names"] = {group.name for group in person.groups.all()}
    return set(cache["_role_names"])


def may_see_people(user: Any) -> bool:
    """Colleagues are no secret to colleagues."""
    return is_known(user)


def may_add_people(user: Any) -> bool:
    """New accounts are made by administrators."""
    return is_known(user) and user.has_perm("accounts.add_user")


def may_manage_people(user: Any) -> bool:
    """Accounts are looked after by administrators."""
    return is_known(user) and user.has_perm("accounts.change_user")


def may_manage(user: Any, person: User) -> bool:
    """Nobody manages their own account, nor one with more rights than they could give.

    Otherwise whoever may change an address could have the password link of an administrator sent
    to themselves.
    """
    if not may_manage_people(user) or person.pk == user.pk:
        return False
    return not is_above(person, user)


def is_above(person: User, user: Any) -> bool:
    """Whether somebody has rights the other could not give."""
    if user.is_superuser:
        return False
    return person.is_superuser or not roles_of(person) <= grantable(user)


def grantable(user: Any) -> set[str]:
    """The roles somebody may give to others and take from them."""
    if not is_known(user):
        return set()
    matrix = roles.matrix()
    if user.is_superuser:
        return set(matrix)
    held = [matrix[name] for name in roles_of(user) if name in matrix]
    return {granted for role in held for granted in role.grants}


def may_set_roles(user: Any, person: User, wanted: Iterable[str]) -> bool:
    """Only roles one may grant are given or taken, and never one's own."""
    if not may_manage(user, person):
        return False
    changed = set(wanted) ^ roles_of(person)
    return changed <= grantable(user)


def may_see_departments(user: Any) -> bool:
    """The tree is known to everybody."""
    return is_known(user)


def may_write_departments(user: Any) -> bool:
    """Departments are looked after by administrators."""
    return is_known(user) and bool(user.has_perm("accounts.change_department"))


def may_lead(user: Any, department: Department, head: User | None) -> bool:
    """Nobody makes themselves the head of a department: heads decide on documents."""
    if head is None or head.pk != user.pk:
        return True
    return bool(department.head_id == user.pk)


def may_grant_scope(user: Any, person: User) -> bool:
    """Who looks after accounts says who sees and buys for which part, for others only."""
    return may_manage(user, person) and bool(user.has_perm("accounts.add_departmentscope"))


def may_delegate(user: Any, delegator: User, delegate: User) -> bool:
    """One's own decisions, or for others as an administrator, but never to oneself."""
    if not is_known(user):
        return False
    if delegator.pk == user.pk:
        return True
    return bool(user.has_perm("accounts.add_delegation")) and delegate.pk != user.pk


def may_revoke(user: Any, delegation: Delegation) -> bool:
    """Who gave it, who received it, or an administrator."""
    if not is_known(user):
        return False
    if user.pk in (delegation.delegator_id, delegation.delegate_id):
        return True
    return bool(user.has_perm("accounts.change_delegation"))
