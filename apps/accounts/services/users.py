"""Making, changing and retiring accounts. Nobody is ever deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import policies
from apps.accounts.models import Delegation, User
from apps.accounts.services.locking import lock_person, refuse_to_lose_last_admin, void_tokens
from apps.accounts.services.passwords import invite
from apps.accounts.services.roles import assign_roles
from apps.common import context
from apps.common.errors import ConflictError, NotPermittedError

# What an administrator says about a person, and what people say about themselves.
MANAGED = frozenset(
    {"username", "name", "email", "department", "job_title", "phone", "language", "time_zone"}
)
OWN = frozenset({"name", "phone", "language", "time_zone"})


@transaction.atomic
def create_user(*, by: Any, data: Mapping[str, Any], roles: Iterable[str] = ()) -> User:
    """Make an account; the person gets a link by mail and chooses the password, nobody else does.

    Raises NotPermittedError and Django's ValidationError.
    """
    wanted = set(roles)
    if not policies.may_add_people(by) or not wanted <= policies.grantable(by):
        raise NotPermittedError
    person = User()
    fill(person, data, MANAGED)
    person.set_unusable_password()
    person.full_clean(exclude=["password"])
    with context.working(event="user.create"):
        person.save()
        assign_roles(person, wanted)
    invite(person)
    return person


@transaction.atomic
def update_user(person: User, *, by: Any, data: Mapping[str, Any]) -> User:
    """Change what an administrator says about somebody.

    Raises NotPermittedError and Django's ValidationError.
    """
    fresh = _lock_to_manage(person, by)
    fill(fresh, data, MANAGED)
    fresh.full_clean(exclude=["password"])
    fresh.save()
    return fresh


@transaction.atomic
def update_profile(*, by: User, data: Mapping[str, Any]) -> User:
    """Change what people say about themselves. Raises Django's ValidationError."""
    if not policies.is_known(by):
        raise NotPermittedError
    fresh = lock_person(by)
    fill(fresh, data, OWN)
    fresh.full_clean(exclude=["password"])
    with context.working(event="user.update_profile"):
        fresh.save()
    return fresh


@transaction.atomic
def deactivate(person: User, *, by: Any, comment: str = "") -> User:
    """Shut an account: every token and session is void at the next request, documents stay.

    Raises NotPermittedError, and ConflictError for the last administrator and shut accounts.
    """
    fresh = _lock_to_manage(person, by, with_admins=True)
    if not fresh.is_active:
        raise ConflictError(_("This account is shut already."), code="already_inactive")
    refuse_to_lose_last_admin(fresh)
    with context.working(event="user.deactivate", comment=comment):
        fresh.is_active = False
        void_tokens(fresh)
        fresh.save()
        _end_delegations_to(fresh)
    return fresh


@transaction.atomic
def reactivate(person: User, *, by: Any, comment: str = "") -> User:
    """Open a shut account again, with the roles it had and a password of the person's choice.

    Raises NotPermittedError, and ConflictError for an account that is open.
    """
    fresh = _lock_to_manage(person, by)
    if fresh.is_active:
        raise ConflictError(_("This account is open already."), code="already_active")
    with context.working(event="user.reactivate", comment=comment):
        fresh.is_active = True
        fresh.set_unusable_password()
        void_tokens(fresh)
        fresh.save()
    invite(fresh)
    return fresh


def _lock_to_manage(person: User, by: Any, *, with_admins: bool = False) -> User:
    fresh = lock_person(person, with_admins=with_admins)
    if not policies.may_manage(by, fresh):
        raise NotPermittedError
    return fresh


def fill(person: User, data: Mapping[str, Any], allowed: frozenset[str]) -> None:
    """Take over what may be said about a person; log-in names differ in more than their case."""
    for name in data.keys() - allowed:
        raise TypeError(f"{name} cannot be set here")
    for name, value in data.items():
        setattr(person, name, value)
    person.username = User.normalize_username(person.username)
    if User.objects.exclude(pk=person.pk).filter(username__iexact=person.username).exists():
        raise ValidationError({"username": _("Somebody has this log-in name already.")})


def _end_delegations_to(person: User) -> None:
    """Somebody who has left stands in for nobody."""
    now = timezone.now()
    open_ones = Delegation.objects.filter(delegate=person, revoked_at=None, ends_at__gt=now)
    for delegation in open_ones.order_by("pk"):
        delegation.revoked_at = now
        delegation.save()
