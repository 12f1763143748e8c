"""System checks: no password everybody knows, and a matrix of roles that can be."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.db import DatabaseError

from apps.accounts import demo, roles


def no_demo_passwords(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Nobody gets in with a password from the documentation."""
    try:
        names = demo.working()
    except DatabaseError:
        return []
    hint = "Deactivate these accounts, or let their owners choose passwords."
    return [
        checks.Error(f"The demo password of {name} works.", hint, id="accounts.E001")
        for name in names
    ]


def roles_can_be(**_kwargs: Any) -> list[checks.CheckMessage]:
    """The file of roles names only what there is."""
    try:
        roles.matrix()
    except (roles.MatrixError, OSError) as error:
        problems = error.problems if isinstance(error, roles.MatrixError) else [str(error)]
        return [checks.Error(text, f"See {roles.path()}.", id="accounts.E002") for text in problems]
    return []
