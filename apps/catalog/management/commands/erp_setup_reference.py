"""Set up the reference data: units, currencies, trade terms, taxes, terms of payment."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.catalog import services
from apps.common import context


class Command(BaseCommand):
    """Creates what is missing; run it as often as you like."""

    help = "Create the missing units, currencies, Incoterms, tax codes and payment terms."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be created")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        with context.working(channel=context.Channel.COMMAND):
            outcomes = services.setup_reference(dry_run=options["dry_run"])
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
