"""Escalate unanswered support issues: for a timer, every minute."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.common import context
from apps.support import services


class Command(BaseCommand):
    """Brings each issue to the level it has reached; a second run at once does nothing."""

    help = (
        "Escalate support issues nobody answered and mark broken promises. Ends with 1 when an"
        " issue had nobody to be told: name people behind the contacts then."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        with context.working(channel=context.Channel.COMMAND):
            done = asdict(services.escalate_due())
        if options["json"]:
            self.stdout.write(json.dumps(done))
        elif options["verbosity"]:
            self.stdout.write(", ".join(f"{name}: {len(pks)}" for name, pks in done.items()))
        if done["unheard"]:
            raise SystemExit(1)
