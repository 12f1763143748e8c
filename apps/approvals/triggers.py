"""Four eyes in the database itself: who asked or edited decides nothing; decisions are final.

PostgreSQL gets its triggers by migration. On SQLite, which cannot alter a table that a trigger
elsewhere names, they are taken down before migrations and put up after them.
"""

from __future__ import annotations

from typing import Any

from apps.common.guards import triggers_in_force

DUTIES = "approvaldecision_duties_kept_apart"
FINAL = "approvaldecision_is_final"
TABLE = "approvals_approvaldecision"
NAMED = {TABLE, "approvals_approvalstep", "approvals_approvalexclusion"}

_KEPT_APART = """
    SELECT 1 FROM approvals_approvalexclusion excluded
    JOIN approvals_approvalstep step ON step.request_id = excluded.request_id
    WHERE step.id = NEW.step_id AND excluded.user_id IN (NEW.actor_id, NEW.on_behalf_of_id)
"""
SQLITE = {
    "approvaldecision_insert": f"""
        CREATE TRIGGER IF NOT EXISTS approvaldecision_insert BEFORE INSERT ON {TABLE}
        WHEN EXISTS ({_KEPT_APART}) BEGIN SELECT RAISE(ABORT, '{DUTIES}'); END""",
    "approvaldecision_update": f"""
        CREATE TRIGGER IF NOT EXISTS approvaldecision_update BEFORE UPDATE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{FINAL}'); END""",
    "approvaldecision_delete": f"""
        CREATE TRIGGER IF NOT EXISTS approvaldecision_delete BEFORE DELETE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{FINAL}'); END""",
    "approvaldecision_replace": """
        CREATE TRIGGER IF NOT EXISTS approvaldecision_replace
        BEFORE INSERT ON approvals_approvaldecision
        WHEN EXISTS (SELECT 1 FROM approvals_approvaldecision WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'approvaldecision_is_final'); END""",
}

_FUNCTIONS = (
    f"""
    CREATE OR REPLACE FUNCTION approvaldecision_check() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS ({_KEPT_APART}) THEN
            RAISE EXCEPTION '{DUTIES}' USING ERRCODE = 'check_violation', CONSTRAINT = '{DUTIES}';
        END IF;
        RETURN NEW;
    END $$""",
    f"""
    CREATE OR REPLACE FUNCTION approvaldecision_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{FINAL}' USING ERRCODE = 'integrity_constraint_violation';
    END $$""",
)
POSTGRES = {
    "approvaldecision_insert": f"""
        CREATE OR REPLACE TRIGGER approvaldecision_insert BEFORE INSERT ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION approvaldecision_check()""",
    "approvaldecision_change": f"""
        CREATE OR REPLACE TRIGGER approvaldecision_change BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION approvaldecision_refuse()""",
}


def put_up(connection: Any) -> None:
    """Make the triggers this database has not got, once its tables are there."""
    if not set(connection.introspection.table_names()) >= NAMED:
        return
    with connection.cursor() as cursor:
        for statement in _FUNCTIONS if connection.vendor == "postgresql" else ():
            cursor.execute(statement)
        for statement in _wanted(connection).values():
            cursor.execute(statement)


def take_down(connection: Any) -> None:
    """Remove the triggers: for migrations, and for tests that empty the database."""
    on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    if on_table and TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for name in _wanted(connection):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def missing(connection: Any) -> list[str]:
    """Names of the triggers this database ought to have and has not, or has switched off."""
    found = triggers_in_force(connection)
    return [name for name in _wanted(connection) if name not in found]


def before_migrations(using: str, **_kwargs: Any) -> None:
    """On SQLite, clear the way for altering tables."""
    from django.db import connections

    if connections[using].vendor == "sqlite":
        take_down(connections[using])


def after_migrations(using: str, **_kwargs: Any) -> None:
    """On SQLite, guard the decisions again."""
    from django.db import connections

    if connections[using].vendor == "sqlite":
        put_up(connections[using])


def _wanted(connection: Any) -> dict[str, str]:
    return POSTGRES if connection.vendor == "postgresql" else SQLITE
