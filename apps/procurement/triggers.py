"""The ledger's last line of defence, in the database itself: nobody orders more than was asked for.

On SQLite quantities are compared as whole millionths, because it keeps decimals as floats.
"""

from __future__ import annotations

from apps.common.guards import Guard, Trigger, function, on_postgres, on_sqlite

WITHIN_REQUESTED = "allocation_within_requested"
LEDGER, LINES = "procurement_allocation", "requisitions_requisitionline"

_SQLITE = """
    SELECT RAISE(ABORT, '{name}') WHERE (
        SELECT CAST(ROUND(quantity * 1000000) AS INTEGER) FROM {lines} WHERE id = {line}
    ) < (
        SELECT COALESCE(SUM(
            CAST(ROUND(quantity * 1000000) AS INTEGER)
            - CAST(ROUND(released_quantity * 1000000) AS INTEGER)
        ), 0) FROM {ledger} WHERE requisition_line_id = {line}
    )
"""
# The row lock makes the sum true: whoever comes second waits, and its next statement in the
# function sees what the first one committed.
_POSTGRES = """
    SELECT quantity INTO asked FROM {lines} WHERE id = {line} FOR UPDATE;
    SELECT COALESCE(SUM(quantity - released_quantity), 0) INTO taken
        FROM {ledger} WHERE requisition_line_id = {line};
    IF taken > asked THEN
        RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
    END IF;
    RETURN NULL;
"""


def _check(text: str, line: str) -> str:
    return text.format(name=WITHIN_REQUESTED, lines=LINES, ledger=LEDGER, line=line)


def _of_ledger(name: str, event: str) -> Trigger:
    return on_sqlite(name, LEDGER, event, _check(_SQLITE, "NEW.requisition_line_id"))


GUARD = Guard(
    sqlite=(
        _of_ledger("procurement_allocation_insert", "AFTER INSERT"),
        _of_ledger("procurement_allocation_update", "AFTER UPDATE"),
        on_sqlite(
            "procurement_requested_update",
            LINES,
            "AFTER UPDATE OF quantity",
            _check(_SQLITE, "NEW.id"),
        ),
    ),
    postgres=(
        on_postgres(
            "procurement_allocation_change",
            LEDGER,
            "AFTER INSERT OR UPDATE",
            "procurement_allocation_check",
        ),
        on_postgres(
            "procurement_requested_change",
            LINES,
            "AFTER UPDATE",
            "procurement_requested_check",
            each="ROW WHEN (NEW.quantity < OLD.quantity)",
        ),
    ),
    functions=function(
        "procurement_allocation_check",
        _check(_POSTGRES, "NEW.requisition_line_id"),
        "DECLARE asked numeric; taken numeric;",
    )
    | function(
        "procurement_requested_check",
        _check(_POSTGRES, "NEW.id"),
        "DECLARE asked numeric; taken numeric;",
    ),
)
