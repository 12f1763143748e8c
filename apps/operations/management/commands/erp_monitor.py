"""`erp_monitor`: watch, once or for good. Several may run; one of them leads."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, close_old_connections
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.common import context
from apps.operations.alerting import lease, monitor, prometheus
from apps.operations.alerting.blind import Memory
from apps.operations.alerting.monitor import Round
from apps.operations.alerting.rules import rules

MINUTE = 60
AFTER_MINUTE = 5.0  # when the figures of the minute before are all stored


class Command(BaseCommand):
    """Collect, probe, evaluate, alert, escalate, prune."""

    help = (
        "Watch the system: look at the machine and the database, probe, evaluate the rules of "
        "fixtures/operations/thresholds.toml, open incidents, escalate. Exit 0: the round was "
        "done, 1: a step failed, 2: the database is gone, and those the environment names "
        "(ERP_ALERT_WEBHOOK, ERP_ALERT_MAIL) were told. Whether alerts fire is in the output."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--once", action="store_true", help="One round, for a timer (default).")
        how.add_argument("--loop", action="store_true", help="A round each minute, for a service.")
        how.add_argument(
            "--export-rules",
            nargs="?",
            const="prometheus",
            choices=prometheus.FORMATS,
            help="Print the rules as a file for Prometheus, or for its operator in Kubernetes.",
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object a round.")
        parser.add_argument("--url", default="", help="What to probe; else ERP_PROBE_URL.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["export_rules"]:
            write = prometheus.FORMATS[options["export_rules"]]
            self.stdout.write(write(rules()), ending="")
        else:
            self._watch(**options)

    def _watch(self, **options: Any) -> None:
        holder, memory = monitor.name_of_this(), Memory()
        url = options["url"] or monitor.probe_url()
        stop = threading.Event()  # a signal ends the process; the lease ends by itself
        while True:
            with context.working(channel=context.Channel.COMMAND):
                done = monitor.run(timezone.now(), holder=holder, url=url, memory=memory)
            self._say(done, as_json=options["json"], quiet=options["verbosity"] == 0)
            if not options["loop"]:
                break
            close_old_connections()
            stop.wait(seconds_to_next(time.time()))
        if not done.database:
            self._blame(done, memory)
            raise SystemExit(2)
        self._let_go(holder)
        if not done.is_fine:
            raise SystemExit(1)

    def _let_go(self, holder: str) -> None:
        with suppress(Error):  # the lease ends by itself
            lease.release(holder, timezone.now())

    def _blame(self, done: Round, memory: Memory) -> None:
        """Say who was told that the database is gone, and what to do."""
        if done.told:
            self.stderr.write(_("Told without the database: %(count)d.") % {"count": done.told})
        elif not memory.has_anybody():
            self.stderr.write(
                _("Nobody could be told: name somebody in ERP_ALERT_WEBHOOK or ERP_ALERT_MAIL.")
            )
        elif memory.was_told(timezone.now()):
            self.stderr.write(_("Everybody was told less than a quarter of an hour ago."))
        else:
            self.stderr.write(
                _("Nobody could be told: see the log, and ERP_ALERT_WEBHOOK and ERP_ALERT_MAIL.")
            )
        self.stderr.write(_("Next: start the database: erp_recover outage."))

    def _say(self, done: Round, *, as_json: bool, quiet: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(asdict(done), ensure_ascii=False, default=str))
        elif not done.leads:
            self.stdout.write(_("Another monitor leads; nothing to do."))
        elif not quiet:
            for name, result in done.steps.items():
                self.stdout.write(f"✓ {name}: {json.dumps(result, default=str)}")
        if not as_json:
            for name, error in done.failed.items():
                self.stdout.write(f"✗ {name}: {error}")


def seconds_to_next(now: float) -> float:
    """Until a few seconds past the next minute."""
    return MINUTE - (now - AFTER_MINUTE) % MINUTE
