"""Running imports in tests, and telling what came of them in few words."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.accounts.models import User
from apps.common.importing import Job, Mode, Report, kind_named, run_import

WHOLE = "TEST_WHOLE_FILES" in os.environ  # large files as a whole on PostgreSQL too
DATA = Path(settings.BASE_DIR).parent / "shared" / "data"


def load(kind: str, table: str | bytes | Path, by: User, **job: Any) -> Report:
    """Import a text, bytes or a file; `mode`, `mapping` and `fixed` as the job takes them."""
    if isinstance(table, Path):
        stream, name = io.BytesIO(table.read_bytes()), table.name
    else:
        content = table.encode() if isinstance(table, str) else table
        stream, name = io.BytesIO(content), f"{kind}.csv"
    return run_import(Job(kind_named(kind), **job), stream, file_name=name, by=by)


def refused(report: Report) -> list[tuple[int, str, str]]:
    return [(error.row, error.column, error.code) for error in report.errors]


def left_empty(report: Report) -> list[tuple[int, str, str]]:
    return [(error.row, error.column, error.code) for error in report.warnings]


def counts(report: Report) -> tuple[int, int, int]:
    outcome = report.outcome
    return outcome.created, outcome.updated, outcome.unchanged


DRY_RUN, RESUME = Mode.DRY_RUN, Mode.RESUME
