"""`erp_smoke`: whether the running system does what people come for."""

from __future__ import annotations

import json
import sys
import time
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.common import context
from apps.operations.models import EvidenceRun
from apps.operations.readiness import recording
from apps.operations.smoke import buying, lines, pages, stage
from apps.operations.smoke.asking import Red, Server
from apps.operations.smoke.lines import Line, Round

BRIEF = (lines.HEALTH, lines.LOGIN, lines.REFUSALS, lines.METRICS_LINE, lines.LOG)
GO_LIVE = (
    *(lines.LOGIN, buying.REQUISITION, buying.ORDER, lines.ENDPOINTS, buying.TRANSACTIONS),
    *(lines.METRICS_LINE, lines.LOG, pages.TLS, pages.WEB),
)
WITHOUT_PEOPLE = (pages.TLS, pages.WEB)


class Command(BaseCommand):
    """Ask a running server by HTTP, with people made for it."""

    help = (
        "Ask the running server by real HTTP: health, log-in, refusals, metrics, log; --golive: "
        "the nine lines of the go-live list, with a requisition that becomes an order; --web: "
        "pages only. Opens the accounts smoke-* with passwords nobody sees and shuts them again "
        "(people are never deleted); documents are named as what they are and cancelled. Keeps the "
        "result as evidence for erp_readiness. Exit 0: all lines are green, 1: one is red, 2: "
        "refused, nothing was made."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--golive", action="store_true", help="The nine lines before go-live.")
        which.add_argument("--web", action="store_true", help="Pages, styles, scripts only.")
        parser.add_argument("--url", default="", help="Where it runs; default: ERP_BASE_URL.")
        parser.add_argument(
            "--by", default="", help="The administrator in whose name people are made and shut."
        )
        parser.add_argument(
            "--no-record", action="store_true", help="Do not keep the result as evidence."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        url = options["url"] or settings.BASE_URL
        if not url.startswith(("http://", "https://")):
            raise CommandError(
                _("The address has to begin with http:// or https://."), returncode=2
            )
        wanted = WITHOUT_PEOPLE if options["web"] else GO_LIVE if options["golive"] else BRIEF
        begun = timezone.now()
        rows, left = self._run(Server(url), wanted, options)
        green = sum(row["green"] for row in rows)
        kept = not options["no_record"] and _keep(url, rows, begun)
        if options["json"]:
            report = {"url": url, "green": green, "of": len(rows), "lines": rows, "left": left}
            report["kept"] = kept
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._say(rows, green, left)
            if not kept and not options["no_record"]:
                self.stderr.write(_("The result could not be kept: the database takes nothing."))
        if green < len(rows) or left:
            sys.exit(1)

    def _run(
        self, server: Server, wanted: tuple[Line, ...], options: dict[str, Any]
    ) -> tuple[list[dict[str, Any]], list[str]]:
        if wanted is WITHOUT_PEOPLE:
            return [_look(line, Round(server, None)) for line in wanted], []
        try:
            scene = stage.Stage(stage.operator(options["by"]))
        except stage.CannotCleanError as error:
            said = _("Refused, because nothing could be cleaned up: %(why)s") % {"why": error}
            raise CommandError(said, returncode=2) from error
        run = Round(server, scene)
        with ExitStack() as after:
            after.callback(scene.clear)
            with context.working(channel=context.Channel.COMMAND, comment=stage.TITLE):
                scene.set_up(with_company=options["golive"])
            lines.begin(run)
            rows = [_look(line, run) for line in wanted]
        return rows, scene.left

    def _say(self, rows: list[dict[str, Any]], green: int, left: list[str]) -> None:
        for row in rows:
            mark = "✓" if row["green"] else "✗"
            self.stdout.write(f"{mark} {row['label']}: {row['said']}")
        for what in left:
            self.stdout.write(_("Left behind: %(what)s") % {"what": what})
        self.stdout.write(f"{green}/{len(rows)}")
        if green < len(rows):
            self.stdout.write(_("Next: %(step)s") % {"step": "manage.py erp_check"})


def _keep(url: str, rows: list[dict[str, Any]], begun: datetime) -> bool:
    """Keep the result, where the database still takes it; what is red counts all the same."""
    try:
        recording.record(
            EvidenceRun.Kind.SMOKE,
            source=f"erp_smoke --url {url}",
            span=(begun, timezone.now()),
            has_passed=all(row["green"] for row in rows),
            content={"url": url, "lines": {row["name"]: row for row in rows}},
        )
    except Error:
        return False
    return True


def _look(line: Line, run: Round) -> dict[str, Any]:
    begun = time.monotonic()
    try:
        said, green = line.ask(run), True
    except Red as error:
        said, green = str(error), False
    except (Error, LookupError, TypeError, ValueError) as error:
        # The database went away, or the server answers in another shape than this release does.
        said, green = f"{type(error).__name__}: {error}", False
    seconds = round(time.monotonic() - begun, 3)
    label = str(line.label)
    return {"name": line.name, "label": label, "green": green, "said": said, "seconds": seconds}
