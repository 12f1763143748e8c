"""What the readiness document asks of the database: tables, people, memory."""

from __future__ import annotations

from typing import Any

from django.db import Error, connection

from apps.accounts.models import User
from apps.operations.short_connection import short_transaction

SETTINGS = ("shared_buffers", "work_mem", "max_connections", "server_version")
PRAGMAS = ("cache_size", "page_size", "journal_mode", "synchronous", "foreign_keys")


def shape() -> dict[str, Any]:
    """Tables, people, and how the database is set up; nothing when it does not answer."""
    try:
        with short_transaction(), connection.cursor() as cursor:
            tables = sorted(connection.introspection.table_names(cursor))
            return {"tables": tables, "users": User.objects.count(), **_configured(cursor)}
    except Error:
        return {}


def _configured(cursor: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"vendor": connection.vendor}
    if connection.vendor == "postgresql":
        for name in SETTINGS:
            cursor.execute("SELECT current_setting(%s)", [name])
            found[name] = cursor.fetchone()[0]
        return found
    for name in PRAGMAS:
        cursor.execute(f"PRAGMA {name}")
        found[name] = cursor.fetchone()[0]
    return found
