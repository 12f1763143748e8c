"""`erp_setup_mappings`: the layouts of known files, so that they can be imported by name."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.common import context
from apps.common.importing import shipped


class Command(BaseCommand):
    """Creates what is missing; run it as often as you like."""

    help = "Create the missing import mappings from fixtures/mappings; changed ones are kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        with context.working(channel=context.Channel.COMMAND):
            done = shipped.set_up()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(done)))
        elif options["verbosity"]:
            kept = f", {len(done.kept)} changed here and kept" if done.kept else ""
            self.stdout.write(
                f"mappings: {len(done.created)} created, {len(done.unchanged)} unchanged{kept}"
            )
