"""Set up the help desk: channels, contacts, levels, the contact matrix, the rota, the courses."""

from __future__ import annotations

from apps.common.commands import SetUpCommand
from apps.common.shipped import Outcome
from apps.support.services import setting_up


class Command(SetUpCommand):
    """Creates what is missing; run it as often as you like."""

    help = "Create the missing channels, contacts, levels, types of issue, rota and courses."
    next_step = "name the people behind the contacts in the back office (Support, Contacts)."

    def set_up(self, *, dry_run: bool) -> dict[str, Outcome]:
        """Create what is missing of every kind."""
        return setting_up.set_up(dry_run=dry_run)
