"""Four eyes in the database itself: who asked or edited decides nothing; decisions are final."""

from __future__ import annotations

from apps.common.guards import Guard, final_on_sqlite, function, on_postgres, on_sqlite, refusing

DUTIES = "approvaldecision_duties_kept_apart"
FINAL = "approvaldecision_is_final"
TABLE = "approvals_approvaldecision"

_KEPT_APART = """EXISTS (
    SELECT 1 FROM approvals_approvalexclusion excluded
    JOIN approvals_approvalstep step ON step.request_id = excluded.request_id
    WHERE step.id = NEW.step_id AND excluded.user_id IN (NEW.actor_id, NEW.on_behalf_of_id)
)"""
_CHECK, _REFUSE = "approvaldecision_check", "approvaldecision_refuse"
_CHECKED = f"""
    IF {_KEPT_APART} THEN
        RAISE EXCEPTION '{DUTIES}' USING ERRCODE = 'check_violation', CONSTRAINT = '{DUTIES}';
    END IF;
    RETURN NEW;
"""

GUARD = Guard(
    sqlite=(
        on_sqlite(
            "approvaldecision_insert",
            TABLE,
            "BEFORE INSERT",
            f"SELECT RAISE(ABORT, '{DUTIES}')",
            when=_KEPT_APART,
        ),
        *final_on_sqlite("approvaldecision", TABLE, FINAL),
    ),
    postgres=(
        on_postgres("approvaldecision_insert", TABLE, "BEFORE INSERT", _CHECK),
        on_postgres("approvaldecision_change", TABLE, "BEFORE UPDATE OR DELETE", _REFUSE),
    ),
    functions=function(_CHECK, _CHECKED) | refusing(_REFUSE, FINAL),
    also_read=frozenset({"approvals_approvalstep", "approvals_approvalexclusion"}),
)
