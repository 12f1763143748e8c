"""Makers of people and departments for every test; each app's tests add makers of their own."""

from __future__ import annotations

from copy import copy
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Model, Value
from django.db.models.functions import Concat
from django.test import Client

from apps.accounts import services
from apps.accounts.api.tokens import pair
from apps.accounts.models import Department, User
from apps.accounts.roles import matrix

PASSWORD = "a long enough passphrase"
_numbers = count(1)


def number() -> int:
    """A number no other record of this run has."""
    return next(_numbers)


def make_department(
    code: str | None = None,
    *,
    parent: Department | None = None,
    head: User | None = None,
    **more: Any,
) -> Department:
    """A department; give it a parent to put it into a tree."""
    code = code or f"D{number()}"
    more.setdefault("name", f"Department {code}")
    return Department.objects.create(code=code, parent=parent, head=head, **more)


def make_user(username: str | None = None, *roles: str, **more: Any) -> User:
    """Somebody who may log in with PASSWORD, with the given roles of the matrix."""
    username = username or f"person{number()}"
    more.setdefault("email", f"{username}@example.com")
    more.setdefault("name", username.capitalize())
    more.setdefault("is_staff", any(matrix()[name].is_staff for name in roles))
    password = more.pop("password", PASSWORD)
    user: User = User.objects.create_user(username, password=password, **more)
    groups = Group.objects.filter(name__in=roles)
    User.groups.through.objects.bulk_create(
        User.groups.through(user=user, group=group) for group in groups
    )
    return User.objects.get(pk=user.pk)


def reread(made: Any) -> Any:
    """The same company with its records read anew: what a test does to them stays with it."""
    fresh = copy(made)
    for name, value in vars(made).items():
        if isinstance(value, Model):
            setattr(fresh, name, type(value)._base_manager.get(pk=value.pk))
    return fresh


def give(user: User, *permissions: str) -> None:
    """Give permissions (`catalog.add_item`) at once: forty lines of history take too long."""
    wanted = Permission.objects.annotate(
        name_of=Concat("content_type__app_label", Value("."), "codename")
    ).filter(name_of__in=permissions)
    rows = [User.user_permissions.through(user=user, permission=one) for one in wanted]
    assert len(rows) == len(set(permissions)), permissions
    User.user_permissions.through.objects.bulk_create(rows)


def authorization(user: User) -> str:
    """The header of a call by this person, after a log-in."""
    return f"Bearer {pair(services.begin(user))['access']}"


def api_client(user: User) -> Client:
    """A client of the API with an access token of this person."""
    return Client(headers={"Authorization": authorization(user)})
