"""Set up the help desk: channels, contacts, levels, the contact matrix, the rota, the courses."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.common import context
from apps.support.services import setting_up

NEXT = "Next: name the people behind the contacts in the back office (Support, Contacts)."


class Command(BaseCommand):
    """Creates what is missing; run it as often as you like."""

    help = "Create the missing channels, contacts, levels, types of issue, rota and courses."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be created")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        with context.working(channel=context.Channel.COMMAND):
            outcomes = setting_up.set_up(dry_run=options["dry_run"])
        if options["json"]:
            result = {kind: asdict(outcome) for kind, outcome in outcomes.items()}
            self.stdout.write(json.dumps({"dry_run": options["dry_run"], "kinds": result}))
            return
        if options["verbosity"] == 0:
            return
        verb = "to create" if options["dry_run"] else "created"
        for kind, outcome in outcomes.items():
            kept = f", {len(outcome.kept)} changed here and kept" if outcome.kept else ""
            self.stdout.write(
                f"{kind}: {len(outcome.created)} {verb}, {outcome.unchanged} unchanged{kept}"
            )
        self.stdout.write(NEXT)
