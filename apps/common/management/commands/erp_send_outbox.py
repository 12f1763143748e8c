"""Send outgoing messages that are due; for a timer, and after an outage of the mail server."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.common import context, outbox


class Command(BaseCommand):
    """Sends each due message once; exit code 1 when some could not be sent for good."""

    help = "Send the outgoing messages (mails, notices) that are due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count what is due")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--limit", type=int, default=1000, help="at most so many messages")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["dry_run"]:
            result = {"due": outbox.due_count()}
        else:
            with context.working(channel=context.Channel.COMMAND):
                result = asdict(outbox.send_due(limit=options["limit"]))
        if options["json"]:
            self.stdout.write(json.dumps(result))
        elif options["verbosity"]:
            self.stdout.write(", ".join(f"{name}: {count}" for name, count in result.items()))
        if result.get("failed"):
            raise SystemExit(1)
