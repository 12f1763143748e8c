"""Passwords: chosen by their owners only, and the link by which they do."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts import policies
from apps.accounts.models import User
from apps.accounts.services.locking import lock_person, void_tokens
from apps.common import context, events
from apps.common.errors import ConflictError, NotPermittedError


@transaction.atomic
def set_password(person: User, password: str, *, by: User) -> User:
    """Take a new password from its owner; whatever was opened under the old one ends.

    Raises NotPermittedError and Django's ValidationError.
    """
    if by.pk != person.pk or not by.is_active:
        raise NotPermittedError
    fresh = lock_person(person)
    validate_password(password, fresh)
    if fresh.check_password(password):
        raise ValidationError({"new_password1": _("This is the password you have now.")})
    fresh.set_password(password)
    fresh.must_change_password = False
    void_tokens(fresh)
    with context.working(event="user.set_password"):
        fresh.save()
    return fresh


@transaction.atomic
def send_password_link(person: User, *, by: Any) -> User:
    """Shut the old password out and mail a link to choose a new one; nobody else ever knows it.

    Raises NotPermittedError, and ConflictError when there is no address or the account is shut.
    """
    fresh = lock_person(person)
    if not policies.may_manage(by, fresh):
        raise NotPermittedError
    if not fresh.is_active:
        raise ConflictError(_("This account is shut."), code="inactive")
    if not fresh.email:
        raise ConflictError(_("This account has no mail address."), code="no_email")
    with context.working(event="user.reset_password"):
        fresh.set_unusable_password()
        void_tokens(fresh)
        fresh.save()
    invite(fresh)
    return fresh


@transaction.atomic
def unlock(person: User, *, by: Any) -> User:
    """Open the log-in of somebody who was locked out after failed attempts, theirs or others'.

    Raises NotPermittedError.
    """
    if not policies.may_manage(by, person):
        raise NotPermittedError
    _forget_attempts(person)
    return person


@transaction.atomic
def unlock_as_operator(person: User) -> int:
    """The same for whoever has a shell on the machine, as when no administrator can log in.

    Says how many counts of failed attempts there were; without any nothing is recorded.
    """
    if not AccessAttempt.objects.filter(username__iexact=person.username).exists():
        return 0
    return _forget_attempts(person)


def _forget_attempts(person: User) -> int:
    removed: int
    removed, _by_model = AccessAttempt.objects.filter(username__iexact=person.username).delete()
    events.happened(person, "user.unlock")
    return removed


LINKS_AN_HOUR = 3


def ask_for_link(email: str) -> None:
    """Somebody says they forgot their password. Says nothing about whether the address is known.

    A mailbox gets a few such links an hour, however often somebody asks.
    """
    key = f"password-link:{hashlib.sha256(email.lower().encode()).hexdigest()}"
    cache.add(key, 0, timeout=3600)
    if cache.incr(key) > LINKS_AN_HOUR:
        return
    people = User.objects.filter(email__iexact=email, is_active=True).order_by("pk")
    with transaction.atomic():
        for person in people[:5]:
            events.happened(person, "user.password_link_asked")
            invite(person)


def invite(person: User) -> None:
    """Mail the link once the change is committed; the task makes the link, no table keeps it."""
    from apps.accounts import tasks

    if person.email:
        transaction.on_commit(partial(tasks.mail_password_link.enqueue, person.pk))
