"""What commands that set up shipped records have in common."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandParser

from apps.common import context
from apps.common.shipped import Outcome


class SetUpCommand(BaseCommand):
    """Creates what is missing; run it as often as you like."""

    # What the operator does then, if anything.
    next_step: ClassVar[str] = ""

    @abstractmethod
    def set_up(self, *, dry_run: bool) -> Mapping[str, Outcome]:
        """Create what is missing, by kind; with `dry_run` only say what would be created."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be created")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        with context.working(channel=context.Channel.COMMAND):
            outcomes = self.set_up(dry_run=options["dry_run"])
        if options["json"]:
            kinds = {kind: asdict(outcome) for kind, outcome in outcomes.items()}
            self.stdout.write(json.dumps({"dry_run": options["dry_run"], "kinds": kinds}))
        elif options["verbosity"]:
            self._say(outcomes, "to create" if options["dry_run"] else "created")

    def _say(self, outcomes: Mapping[str, Outcome], verb: str) -> None:
        for kind, outcome in outcomes.items():
            kept = f", {len(outcome.kept)} changed here and kept" if outcome.kept else ""
            self.stdout.write(
                f"{kind}: {len(outcome.created)} {verb}, {outcome.unchanged} unchanged{kept}"
            )
        if self.next_step:
            self.stdout.write(f"Next: {self.next_step}")
