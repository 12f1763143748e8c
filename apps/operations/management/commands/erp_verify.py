"""`erp_verify`: is the stored data whole? Every finding is named by table and row."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.common import integrity

SHOWN = 50


class Command(BaseCommand):
    """Ask every check of data integrity; it reads only."""

    help = (
        "Check the stored data: files of the database, keys, rules, totals, the ledger, numbers, "
        "states, approvals, alerts, history, attachments. Writes nothing. Exit 0: all is whole, "
        "1: something is not, and is named."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only",
            action="append",
            default=[],
            metavar="CHECK",
            help="Only this check; may be given repeatedly. One of: "
            + ", ".join(integrity.names()),
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        unknown = sorted({*options["only"]} - {*integrity.names()})
        if unknown:
            message = _("There is no check %(names)s.") % {"names": ", ".join(unknown)}
            raise CommandError(message, returncode=2)
        findings: list[integrity.Finding] = []
        seconds: dict[str, float] = {}
        begun = time.monotonic()
        for check, found in integrity.run(options["only"]):
            took = time.monotonic() - begun
            seconds[check.name] = round(seconds.get(check.name, 0) + took, 3)
            findings += found
            begun = time.monotonic()
        if options["json"]:
            report = {
                "whole": not findings,
                "checks": seconds,
                "findings": [finding.as_dict() for finding in findings],
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False, default=str))
        else:
            self._say(findings, seconds)
        if findings:
            sys.exit(1)

    def _say(self, findings: list[integrity.Finding], seconds: dict[str, float]) -> None:
        for name, took in seconds.items():
            count = sum(finding.check == name for finding in findings)
            self.stdout.write(f"{'✗' if count else '✓'} {name}: {count} ({took:.1f} s)")
        for finding in findings[:SHOWN]:
            pk = "" if finding.pk is None else f" {finding.pk}"
            self.stdout.write(f"  {finding.check}: {finding.table}{pk}: {finding.what}")
        if len(findings) > SHOWN:
            self.stdout.write(_("… and %(count)d more (--json)") % {"count": len(findings) - SHOWN})
        if findings:
            self.stdout.write(
                _("Next: stop the services and restore a backup: erp_recover corruption.")
            )
        else:
            self.stdout.write(_("All is whole."))
