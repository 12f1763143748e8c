"""Set up the layouts of known files, so that they can be imported by name."""

from __future__ import annotations

from apps.common.commands import SetUpCommand
from apps.common.importing import shipped
from apps.common.shipped import Outcome


class Command(SetUpCommand):
    """Creates what is missing; run it as often as you like."""

    help = "Create the missing import mappings from fixtures/mappings; changed ones are kept."

    def set_up(self, *, dry_run: bool) -> dict[str, Outcome]:
        """Create the mappings that are missing."""
        return {"mappings": shipped.set_up(dry_run=dry_run)}
