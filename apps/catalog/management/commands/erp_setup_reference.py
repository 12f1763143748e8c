"""Set up the reference data: units, currencies, trade terms, taxes, terms of payment."""

from __future__ import annotations

from apps.catalog import services
from apps.common.commands import SetUpCommand
from apps.common.shipped import Outcome


class Command(SetUpCommand):
    """Creates what is missing; run it as often as you like."""

    help = "Create the missing units, currencies, Incoterms, tax codes and payment terms."

    def set_up(self, *, dry_run: bool) -> dict[str, Outcome]:
        """Create what is missing of every kind."""
        return services.setup_reference(dry_run=dry_run)
