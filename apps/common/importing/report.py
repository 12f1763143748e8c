"""What an import did, for people and for machines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from apps.common.importing import journal
from apps.common.importing.kinds import Outcome
from apps.common.models import ImportRun
from apps.common.tabular.errors import RowError


@dataclass
class Report:
    """The figures of a run and the list of what was refused or left empty."""

    run: ImportRun
    rows: int = 0
    skipped: int = 0
    outcome: Outcome = field(default_factory=Outcome)
    notes: list[str] = field(default_factory=list)

    @property
    def errors(self) -> list[RowError]:
        """Values and rows that were refused."""
        return self.outcome.errors

    @property
    def warnings(self) -> list[RowError]:
        """Values that were left empty."""
        return self.outcome.warnings

    @property
    def notices(self) -> list[RowError]:
        """Values that were taken as they stand, but look at them."""
        return self.outcome.notices

    @property
    def succeeded(self) -> bool:
        """Whether every row was taken (in a dry run: would be)."""
        return not self.errors

    def listed(self) -> list[journal.Entry]:
        """Everything refused, left empty or odd, line by line."""
        return journal.listed(self.errors, self.warnings, self.notices)

    def as_dict(self) -> dict[str, Any]:
        """The figures for `--json` and for the run's record."""
        outcome = self.outcome
        return {
            "rows": self.rows,
            "created": outcome.created,
            "updated": outcome.updated,
            "unchanged": outcome.unchanged,
            "skipped": self.skipped,
            "errors": len(outcome.errors),
            "refused_rows": len({error.row for error in outcome.errors}),
            "warnings": len(outcome.warnings),
            "notices": len(outcome.notices),
            "totals": {name: str(value) for name, value in outcome.totals.items()},
            "notes": self.notes,
        }
