"""`erp_recover outage|corruption`: the emergency plan, step by step, timed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.common import context
from apps.operations.backup import recovery
from apps.operations.backup.errors import BackupError
from apps.operations.backup.recovery import Recovery
from apps.operations.backup.services import Services, read_commands
from apps.operations.backup.steps import Steps, silent
from apps.operations.management.commands.erp_restore import located

PLANS = {"outage": recovery.outage, "corruption": recovery.corruption}


class Command(BaseCommand):
    """Work through the emergency plan; what may not be done is printed instead."""

    help = (
        "Recover from an outage (assess, database, application, verify) or from corrupted data "
        "(stop, verify, restore, restart). Without --yes nothing is replaced and systemd's "
        "commands are printed. Exit 0: the system works, 1: it does not, 2: bad usage."
    )

    # A database that is down is what the command is for.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("emergency", choices=sorted(PLANS), help="What happened.")
        parser.add_argument(
            "--yes", action="store_true", help="Run systemd's commands and replace damaged data."
        )
        parser.add_argument(
            "--service-command",
            action="append",
            default=[],
            metavar="NAME=COMMAND",
            help="How a service is restarted here (NAME: database, application, worker, proxy; "
            "NAME.stop, NAME.start); run without --yes. May be given repeatedly.",
        )
        parser.add_argument("--url", default="", help="A page that answers when all is well.")
        parser.add_argument(
            "--file", type=Path, help="Restore this backup; default: newest proved."
        )
        parser.add_argument(
            "--stop-sessions", action="store_true", help="Throw out who is connected (PostgreSQL)."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        talks = options["verbosity"] > 0 and not options["json"]
        say = self.stdout.write if talks else silent
        try:
            given = read_commands(options["service_command"])
        except BackupError as error:
            raise CommandError(str(error), returncode=2) from error
        plan = Recovery(
            say,
            Services(say, options["yes"], given),
            Steps(say),
            url=options["url"],
            file=located(options["file"]) if options["file"] else None,
            may_swap=options["yes"],
            stop_sessions=options["stop_sessions"],
        )
        failed = ""
        with context.working(channel=context.Channel.COMMAND):
            try:
                PLANS[options["emergency"]](plan)
            except BackupError as failure:
                failed = str(failure)
        if options["json"]:
            self.stdout.write(json.dumps(_figures(plan, failed), ensure_ascii=False))
        if failed:
            raise CommandError(failed, returncode=1)
        self._say(plan, say)

    def _say(self, plan: Recovery, say: Any) -> None:
        say(_("The system works. It took %(seconds).1f s.") % {"seconds": plan.steps.seconds})
        if plan.services.left:
            say(_("Still to do: %(commands)s") % {"commands": "; ".join(plan.services.left)})
        if plan.restored:
            say(_("Next: tell people what is lost, keep the old database until it is understood."))


def _figures(plan: Recovery, error: str) -> dict[str, Any]:
    return {
        "works": not error,
        "error": error,
        "steps": plan.steps.listed(),
        "seconds": plan.steps.seconds,
        "still_to_do": plan.services.left,
        "damage": [finding.as_dict() for finding in plan.damage],
        "restored": plan.restored,
    }
