"""The first administrator: made where nobody is yet who could make one.

Until the password of the first log-in was used, it can be replaced or the account shut again: it
was shown once, to one person, and that may have gone wrong.
"""

from __future__ import annotations

import secrets

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts import roles
from apps.accounts.models import User
from apps.accounts.services.locking import void_tokens
from apps.accounts.services.roles import assign_roles
from apps.common import context
from apps.common.errors import ConflictError

PASSWORD_BYTES = 18


@transaction.atomic
def make_first_admin(*, username: str, email: str, name: str = "") -> tuple[User, str]:
    """Make the first administrator and give the password for the first log-in, shown once.

    Whoever logs in with it has to choose another. Where an administrator is at work already nobody
    becomes one this way. Raises ConflictError and Django's ValidationError.
    """
    _one_at_a_time()
    username = User.normalize_username(username)
    person = _unused(username) or User(username=username)
    _refuse_others(person)
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    person.email = User.objects.normalize_email(email)
    person.name = name
    person.is_active = person.must_change_password = True
    person.set_password(password)
    person.full_clean()
    with context.working(event="user.create_first"):
        person.save()
        assign_roles(person, {roles.ADMIN})
    return person, password


@transaction.atomic
def undo_first_admin(*, username: str) -> User:
    """Shut the first administrator's account again, as long as nobody used it.

    Raises ConflictError.
    """
    _one_at_a_time()
    person = _unused(User.normalize_username(username))
    if person is None:
        text = _("There is no administrator of that name who has never logged in.")
        raise ConflictError(text, code="admin_in_use")
    with context.working(event="user.deactivate"):
        person.is_active = False
        person.set_unusable_password()
        void_tokens(person)
        person.save()
    return person


def _one_at_a_time() -> None:
    """Two at once wait for each other: the second sees the first."""
    group = Group.objects.get_or_create(name=roles.ADMIN)[0]
    Group.objects.select_for_update().get(pk=group.pk)


def _unused(username: str) -> User | None:
    """The administrator made here whose password was never used, shut or not."""
    found: User | None = User.objects.filter(
        username=username,
        groups__name=roles.ADMIN,
        must_change_password=True,
        last_login=None,
    ).first()
    return found


def _refuse_others(person: User) -> None:
    others = User.objects.filter(is_active=True, groups__name=roles.ADMIN).exclude(pk=person.pk)
    if others.exists():
        text = _("There is an administrator already. People are added in the back office.")
        raise ConflictError(text, code="admin_exists")
