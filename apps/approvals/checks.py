"""System checks: duties are kept apart in the database as well, not only in our code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import connections

from apps.approvals import triggers


@checks.register(checks.Tags.database)
def decisions_are_guarded(
    databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[checks.CheckMessage]:
    """The triggers over the decisions are there and switched on.

    A warning, because `migrate`, which puts them up, refuses to run on errors.
    """
    found: list[checks.CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if triggers.TABLE not in connection.introspection.table_names():
            continue
        missing = ", ".join(lost.name for lost in triggers.GUARD.missing(connection))
        if missing:
            message = f"Decisions are not guarded: the triggers {missing} are not there."
            hint = "Find out who did it. `migrate approvals 0003`, then `migrate`, puts them up."
            found.append(checks.Warning(message, hint, id="approvals.W001"))
    return found
