"""The ledger's last line of defence, in the database itself: nobody orders more than was asked for.

PostgreSQL gets its triggers by migration. SQLite cannot: it refuses to rename a table that a
trigger elsewhere names, which is how Django alters tables there, so every later migration of
requisition lines would fail. On SQLite they are therefore taken down before migrations and put up
after them. Quantities are compared as whole millionths, because SQLite keeps decimals as floats.
"""

from __future__ import annotations

from typing import Any

from apps.common.guards import triggers_in_force

WITHIN_REQUESTED = "allocation_within_requested"

_SQLITE_TAKEN = """
    SELECT COALESCE(SUM(
        CAST(ROUND(quantity * 1000000) AS INTEGER)
        - CAST(ROUND(released_quantity * 1000000) AS INTEGER)
    ), 0) FROM procurement_allocation WHERE requisition_line_id = {line}
"""
_SQLITE_CHECK = """
    SELECT RAISE(ABORT, '{name}') WHERE (
        SELECT CAST(ROUND(quantity * 1000000) AS INTEGER)
        FROM requisitions_requisitionline WHERE id = {line}
    ) < ({taken});
"""


def _sqlite_trigger(name: str, event: str, line: str) -> str:
    check = _SQLITE_CHECK.format(
        name=WITHIN_REQUESTED, line=line, taken=_SQLITE_TAKEN.format(line=line)
    )
    return f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} BEGIN {check} END"


SQLITE = {
    "procurement_allocation_insert": _sqlite_trigger(
        "procurement_allocation_insert",
        "INSERT ON procurement_allocation",
        "NEW.requisition_line_id",
    ),
    "procurement_allocation_update": _sqlite_trigger(
        "procurement_allocation_update",
        "UPDATE ON procurement_allocation",
        "NEW.requisition_line_id",
    ),
    "procurement_requested_update": _sqlite_trigger(
        "procurement_requested_update",
        "UPDATE OF quantity ON requisitions_requisitionline",
        "NEW.id",
    ),
}

# The row lock makes the sum true: whoever comes second waits, and its next statement in the
# function sees what the first one committed.
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked numeric;
    taken numeric;
BEGIN
    SELECT quantity INTO asked FROM requisitions_requisitionline
        WHERE id = NEW.{line} FOR UPDATE;
    SELECT COALESCE(SUM(quantity - released_quantity), 0) INTO taken
        FROM procurement_allocation WHERE requisition_line_id = NEW.{line};
    IF taken > asked THEN
        RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
    END IF;
    RETURN NULL;
END $$
"""

POSTGRES_UP = (
    _POSTGRES_FUNCTION.format(
        function="procurement_allocation_check", line="requisition_line_id", name=WITHIN_REQUESTED
    ),
    _POSTGRES_FUNCTION.format(
        function="procurement_requested_check", line="id", name=WITHIN_REQUESTED
    ),
    "CREATE TRIGGER procurement_allocation_change AFTER INSERT OR UPDATE ON procurement_allocation"
    " FOR EACH ROW EXECUTE FUNCTION procurement_allocation_check()",
    "CREATE TRIGGER procurement_requested_change AFTER UPDATE ON requisitions_requisitionline"
    " FOR EACH ROW WHEN (NEW.quantity < OLD.quantity)"
    " EXECUTE FUNCTION procurement_requested_check()",
)
POSTGRES_DOWN = (
    "DROP TRIGGER IF EXISTS procurement_requested_change ON requisitions_requisitionline",
    "DROP TRIGGER IF EXISTS procurement_allocation_change ON procurement_allocation",
    "DROP FUNCTION IF EXISTS procurement_requested_check()",
    "DROP FUNCTION IF EXISTS procurement_allocation_check()",
)
POSTGRES = ("procurement_allocation_change", "procurement_requested_change")


def missing(connection: Any) -> list[str]:
    """Names of the triggers this database ought to have and has not, or has switched off."""
    wanted = POSTGRES if connection.vendor == "postgresql" else tuple(SQLITE)
    found = triggers_in_force(connection)
    return [name for name in wanted if name not in found]


def take_down(using: str, **_kwargs: Any) -> None:
    """Before migrations: on SQLite, clear the way for altering tables."""
    from django.db import connections

    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for name in SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def put_up(using: str, **_kwargs: Any) -> None:
    """After migrations: on SQLite, guard the ledger again, if its tables are there by now."""
    from django.db import connections

    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    tables = set(connection.introspection.table_names())
    if {"procurement_allocation", "requisitions_requisitionline"} <= tables:
        with connection.cursor() as cursor:
            for statement in SQLITE.values():
                cursor.execute(statement)
