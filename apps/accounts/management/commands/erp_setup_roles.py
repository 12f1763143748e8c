"""Set up the roles: groups, their rights and their scopes, as the matrix file says."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.accounts import roles, services
from apps.common import context

NEXT = "Next: give people roles in the back office (People & access, Users)."


class Command(BaseCommand):
    """Makes the groups say what the matrix says; run it as often as you like."""

    help = (
        "Set up groups, rights and scopes from fixtures/roles.toml. Ends with 0 when all is as the"
        " matrix says, with 1 when a dry run found something to change, with 2 when the matrix"
        " cannot be."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would change")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with context.working(channel=context.Channel.COMMAND):
                outcome = services.set_up_roles(dry_run=options["dry_run"])
        except roles.MatrixError as error:
            for problem in error.problems:
                self.stderr.write(f"{roles.path().name}: {problem}")
            sys.exit(2)
        if options["json"]:
            self.stdout.write(json.dumps({"dry_run": options["dry_run"], **asdict(outcome)}))
        elif options["verbosity"] > 0:
            self._say(outcome.changed, outcome.attention, dry_run=options["dry_run"])
        if options["dry_run"] and outcome.changed:
            sys.exit(1)

    def _say(self, changed: list[str], attention: list[str], *, dry_run: bool) -> None:
        verb = "to change" if dry_run else "changed"
        self.stdout.write(f"{len(changed)} {verb}" if changed else "roles are as the matrix says")
        for line in changed:
            self.stdout.write(f"  {line}")
        for line in attention:
            self.stdout.write(f"Note: {line}")
        self.stdout.write(NEXT)
