"""Evidence and signatures are added and never changed: the database refuses it to everybody."""

from __future__ import annotations

from apps.common.guards import Guard, final_on_sqlite, on_postgres, refusing

TABLES = ("operations_evidencerun", "operations_releasesignature")
FINAL = "readiness_record_is_final"
REFUSE = "readiness_refuse"

GUARD = Guard(
    sqlite=tuple(one for table in TABLES for one in final_on_sqlite(table, table, FINAL)),
    postgres=tuple(
        on_postgres(f"{table}_change", table, "BEFORE UPDATE OR DELETE", REFUSE) for table in TABLES
    ),
    functions=refusing(REFUSE, FINAL),
)
