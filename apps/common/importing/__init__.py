"""Imports of tables: kinds that apps declare, mappings as data, and one engine that runs them.

An app registers an `ImportKind` with the fields of a row and a function that writes a batch of
rows through the app's own services; the engine does the rest, for the command and the back office
alike.
"""

from apps.common.importing.engine import Job, Mode, run_import
from apps.common.importing.kinds import (
    ImportField,
    ImportKind,
    ImportOption,
    ImportWork,
    Outcome,
    ParsedRow,
    kind_named,
    kinds_of,
    known_kinds,
    may_import,
    register,
)
from apps.common.importing.report import Report

__all__ = [
    "ImportField",
    "ImportKind",
    "ImportOption",
    "ImportWork",
    "Job",
    "Mode",
    "Outcome",
    "ParsedRow",
    "Report",
    "kind_named",
    "kinds_of",
    "known_kinds",
    "may_import",
    "register",
    "run_import",
]
