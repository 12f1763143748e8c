"""Which guards of the database are in force: triggers that are there and not switched off."""

from __future__ import annotations

from typing import Any

_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
_POSTGRES = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"


def triggers_in_force(connection: Any) -> set[str]:
    """Names of the triggers that act on what anybody writes."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRES if connection.vendor == "postgresql" else _SQLITE)
        return {name for (name,) in cursor.fetchall()}
