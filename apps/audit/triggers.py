"""Entries are written once: triggers refuse every change and removal, whoever asks.

On PostgreSQL the whole table cannot be emptied either.
"""

from __future__ import annotations

from apps.common.guards import Guard, final_on_sqlite, on_postgres, refusing

TABLE = "audit_entry"
MESSAGE = "audit entries are append-only"
REFUSE = "audit_entry_refuse"

GUARD = Guard(
    sqlite=final_on_sqlite("audit_entry_no", TABLE, MESSAGE),
    postgres=(
        on_postgres("audit_entry_no_change", TABLE, "BEFORE UPDATE OR DELETE", REFUSE),
        on_postgres("audit_entry_no_truncate", TABLE, "BEFORE TRUNCATE", REFUSE, each="STATEMENT"),
    ),
    functions=refusing(REFUSE, MESSAGE),
)
