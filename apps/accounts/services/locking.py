"""What changes of accounts have in common: the row lock, void tokens, and a last administrator."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.roles import ADMIN
from apps.common.errors import ConflictError


def lock_person(person: User, *, with_admins: bool = False) -> User:
    """Take the row lock and read the account fresh. Must be called inside a transaction.

    Where an administrator could be lost, all of them are locked, in one order: two removals at
    once wait for each other, and the second one sees that there is nobody else left.
    """
    wanted = Q(pk=person.pk)
    if with_admins:
        wanted |= Q(pk__in=_admins().values("pk"))
    rows = User.objects.select_for_update(of=("self",)).filter(wanted).order_by("pk")
    found: dict[int, User] = {row.pk: row for row in rows}
    return found[person.pk]


def void_tokens(person: User) -> None:
    """Make every access token, refresh token and session given before void; the caller saves."""
    person.token_version += 1


def refuse_to_lose_last_admin(person: User) -> None:
    """Somebody must be left who can give roles. Raises ConflictError."""
    admins = set(_admins().values_list("pk", flat=True))
    if admins == {person.pk}:
        text = _("This is the last active administrator. Make somebody else one first.")
        raise ConflictError(text, code="last_admin")


def _admins() -> QuerySet[User]:
    found: QuerySet[User] = User.objects.filter(is_active=True, groups__name=ADMIN).order_by()
    return found
