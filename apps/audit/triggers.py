"""Entries are written once: triggers refuse every change and removal, whoever asks.

On SQLite a third one refuses to replace an entry by inserting another under its number, which
removes the old row without telling the trigger for removals. On PostgreSQL the whole table cannot
be emptied either.

Django alters a table of SQLite by making it anew, and triggers go with the old one. They are put up
again after every migration there; on PostgreSQL they stay, and a missing one is somebody's doing.
"""

from __future__ import annotations

from typing import Any

from apps.common.guards import triggers_in_force

TABLE = "audit_entry"
MESSAGE = "audit entries are append-only"

SQLITE = {
    "audit_entry_no_update": f"""
        CREATE TRIGGER IF NOT EXISTS audit_entry_no_update BEFORE UPDATE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
    "audit_entry_no_delete": f"""
        CREATE TRIGGER IF NOT EXISTS audit_entry_no_delete BEFORE DELETE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
    "audit_entry_no_replace": f"""
        CREATE TRIGGER IF NOT EXISTS audit_entry_no_replace BEFORE INSERT ON {TABLE}
        WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",  # noqa: S608 - both are constants
}
_FUNCTION = f"""
    CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
    END $$"""
POSTGRES = {
    "audit_entry_no_change": f"""
        CREATE OR REPLACE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()""",
    "audit_entry_no_truncate": f"""
        CREATE OR REPLACE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()""",
}


def put_up(connection: Any) -> None:
    """Make the triggers that are not there."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for statement in _wanted(connection).values():
            cursor.execute(statement)


def take_down(connection: Any) -> None:
    """Remove the triggers: for migrations of the table, and for tests that empty the database."""
    on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in _wanted(connection):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def after_migrations(using: str, **_kwargs: Any) -> None:
    """On SQLite, guard the entries again, once their table is there."""
    from django.db import connections

    connection = connections[using]
    if connection.vendor == "sqlite" and TABLE in connection.introspection.table_names():
        put_up(connection)


def missing(connection: Any) -> list[str]:
    """Names of the triggers this database ought to have and has not, or has switched off."""
    found = triggers_in_force(connection)
    return [name for name in _wanted(connection) if name not in found]


def _wanted(connection: Any) -> dict[str, str]:
    return POSTGRES if connection.vendor == "postgresql" else SQLITE
