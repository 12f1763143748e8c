"""Who somebody is by their password, and what they may do, asked with one statement."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from apps.accounts.models import User
from apps.common.prepared import PERSON, Statement


class RoleBackend(ModelBackend):
    """Django's own, reading the rights of a person and of their roles together.

    Every page and every call asks for them, so the second statement would be paid each time.
    """

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """The names of all rights, kept on the user object for the rest of the request."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        kept: set[str] | None = user_obj.__dict__.get("_perm_cache")
        if kept is None:
            kept = user_obj.__dict__["_perm_cache"] = _names(user_obj)
        return kept


def _names(user: User) -> set[str]:
    statement = _EVERY if user.is_superuser else _OWN
    return {f"{app}.{name}" for app, name in statement.rows(Permission, person=user.pk)}


def _rights() -> Any:
    return Permission.objects.order_by().values_list("content_type__app_label", "codename")


def _rights_of_person() -> Any:
    own = User.user_permissions.through.objects.filter(user=PERSON).values("permission")
    roles = User.groups.through.objects.filter(user=PERSON).values("group")
    of_roles = Group.permissions.through.objects.filter(group__in=roles).values("permission")
    return _rights().filter(Q(pk__in=own) | Q(pk__in=of_roles))


_EVERY, _OWN = Statement(_rights), Statement(_rights_of_person)
