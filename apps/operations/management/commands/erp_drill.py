"""`erp_drill`: emergencies rehearsed with real data in scratch space, timed and remembered."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.common import context
from apps.operations.backup import rehearsal
from apps.operations.backup.errors import BackupError
from apps.operations.backup.steps import silent
from apps.operations.models import DrillRun


class Command(BaseCommand):
    """Play an outage or a corruption through; what people work with is not touched."""

    help = (
        "Rehearse an emergency in scratch space: back up, lose or damage a copy, restore, compare. "
        "Exit 0: every drill passed within its limit, 1: one did not, and says why."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        scenarios = [str(scenario) for scenario in rehearsal.LIMITS]
        parser.add_argument(
            "scenario", nargs="?", choices=scenarios, help="Only this emergency; default: both."
        )
        parser.add_argument(
            "--damaged", action="store_true", help="Try damaged backups; all have to be refused."
        )
        parser.add_argument("--rounds", type=int, default=1, metavar="N", help="How many times.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rounds"] < 1:
            raise CommandError(_("Rehearse once or more often."), returncode=2)
        wanted = [options["scenario"]] if options["scenario"] else list(rehearsal.LIMITS)
        talks = options["verbosity"] > 0 and not options["json"]
        say = self.stdout.write if talks else silent
        runs = []
        with context.working(channel=context.Channel.COMMAND):
            for _round in range(options["rounds"]):
                for scenario in wanted:
                    try:
                        run = rehearsal.rehearse(scenario, with_damaged=options["damaged"], say=say)
                    except BackupError as error:
                        raise CommandError(str(error), returncode=1) from error
                    runs.append(run)
                    if talks:
                        self._say(run)
        if options["json"]:
            self.stdout.write(json.dumps({"drills": [_figures(run) for run in runs]}))
        if not all(run.has_passed for run in runs):
            sys.exit(1)

    def _say(self, run: DrillRun) -> None:
        line = _("%(scenario)s: %(seconds)s of %(limit)d s allowed, %(documents)d documents.")
        figures = {**_figures(run), "scenario": run.get_scenario_display()}
        self.stdout.write(line % figures)
        if run.refused:
            line = _("%(count)d damaged backups were refused.")
            self.stdout.write(line % {"count": len(run.refused)})
        self.stdout.write(_("Passed.") if run.has_passed else run.error)


def _figures(run: DrillRun) -> dict[str, Any]:
    return {
        "scenario": run.scenario,
        "passed": run.has_passed,
        "seconds": float(run.seconds),
        "limit": run.limit_seconds,
        "documents": run.documents,
        "steps": run.steps,
        "refused": run.refused,
        "error": run.error,
    }
