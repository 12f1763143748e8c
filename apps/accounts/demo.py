"""The log-ins of the demo data, which everybody knows: fine for a try, never for production."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from apps.accounts.models import User

LOGINS = {
    "admin": "admin123",
    "procurement": "procurement123",
    "engineer": "engineer123",
    "manager": "manager123",
    "auditor": "auditor123",
}


def working() -> list[str]:
    """Names of demo log-ins that would let somebody in."""
    people = User.objects.filter(username__in=LOGINS, is_active=True).order_by("username")
    return [
        person.username
        for person in people
        if person.has_usable_password() and check_password(LOGINS[person.username], person.password)
    ]


def refuse_in_production() -> None:
    """Stop a production server that would let everybody in.

    A database that cannot be asked yet is the business of the health checks, not of this one.
    """
    if settings.DEBUG:
        return
    try:
        names = working()
    except DatabaseError:
        return
    if names:
        raise ImproperlyConfigured(
            f"Demo passwords work for: {', '.join(names)}. Deactivate these accounts or have their"
            " owners choose passwords; everybody knows the present ones."
        )
