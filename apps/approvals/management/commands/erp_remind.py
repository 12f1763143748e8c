"""Chase decisions: for a timer, every quarter of an hour or so."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.approvals import services
from apps.common import context


class Command(BaseCommand):
    """Reminds once, escalates once; exit code 1 when nobody was found for an overdue step."""

    help = "Remind approvers whose time is nearly over and escalate what is overdue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        with context.working(channel=context.Channel.COMMAND):
            chased = asdict(services.remind_and_escalate(dry_run=options["dry_run"]))
        if options["json"]:
            self.stdout.write(json.dumps({"dry_run": options["dry_run"], **chased}))
        elif options["verbosity"]:
            self.stdout.write(", ".join(f"{name}: {len(pks)}" for name, pks in chased.items()))
        if chased["stuck"]:
            raise SystemExit(1)
