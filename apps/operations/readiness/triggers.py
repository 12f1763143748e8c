"""Evidence and signatures are added and never changed: the database refuses it to everybody.

PostgreSQL gets its triggers by migration. On SQLite, which makes a table anew to alter it, they are
put up after migrations.
"""

from __future__ import annotations

from typing import Any

from apps.common.guards import triggers_in_force

TABLES = ("operations_evidencerun", "operations_releasesignature")
FINAL = "readiness_record_is_final"
_FUNCTION = f"""
    CREATE OR REPLACE FUNCTION readiness_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{FINAL}' USING ERRCODE = 'integrity_constraint_violation';
    END $$"""


def _sqlite(table: str) -> dict[str, str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{FINAL}'); END"
    made = "CREATE TRIGGER IF NOT EXISTS"
    there = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608  # our own names
    return {
        f"{table}_update": f"{made} {table}_update BEFORE UPDATE ON {table} {refuse}",
        f"{table}_delete": f"{made} {table}_delete BEFORE DELETE ON {table} {refuse}",
        f"{table}_replace": f"{made} {table}_replace BEFORE INSERT ON {table} {there} {refuse}",
    }


def _postgres(table: str) -> dict[str, str]:
    return {
        f"{table}_change": f"""
            CREATE OR REPLACE TRIGGER {table}_change BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION readiness_refuse()"""
    }


def put_up(connection: Any) -> None:
    """Make the triggers this database has not got, once its tables are there."""
    if not set(connection.introspection.table_names()) >= set(TABLES):
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for table in TABLES:
            for statement in _wanted(connection, table).values():
                cursor.execute(statement)


def take_down(connection: Any) -> None:
    """Remove the triggers: for migrations, and for tests that empty the database."""
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in (one for one in TABLES if one in there):
            on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            for name in _wanted(connection, table):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def missing(connection: Any) -> list[tuple[str, str]]:
    """Tables with the names of triggers they ought to have and have not, or switched off."""
    found = triggers_in_force(connection)
    wanted = [(table, name) for table in TABLES for name in _wanted(connection, table)]
    return [(table, name) for table, name in wanted if name not in found]


def before_migrations(using: str, **_kwargs: Any) -> None:
    """On SQLite, clear the way for altering tables."""
    from django.db import connections

    if connections[using].vendor == "sqlite":
        take_down(connections[using])


def after_migrations(using: str, **_kwargs: Any) -> None:
    """On SQLite, guard the records again."""
    from django.db import connections

    if connections[using].vendor == "sqlite":
        put_up(connections[using])


def _wanted(connection: Any, table: str) -> dict[str, str]:
    return _postgres(table) if connection.vendor == "postgresql" else _sqlite(table)
