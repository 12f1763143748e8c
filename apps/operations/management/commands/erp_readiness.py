"""`erp_readiness`: whether the system is ready, computed from what was seen."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.common import context
from apps.common.errors import DomainError
from apps.operations.doctor.answers import first_line
from apps.operations.models import EvidenceRun
from apps.operations.readiness import (
    assessing,
    evidence_page,
    pdf,
    predeployment,
    recording,
    releases,
    reports,
    telling,
)


class Command(BaseCommand):
    """Compute readiness, keep it, print it."""

    help = (
        "Say whether the system is ready: every box of the readiness document with its evidence, "
        "five scores and what is still open. --pre does the seven checks of the day before a "
        "release (each alert channel gets a test message). --record keeps the result for the "
        "sign-offs in the back office. Exit 0: ready, 1: not ready, 2: it could not be found out."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--pre", action="store_true", help="The seven checks before deployment.")
        which.add_argument(
            "--import-report",
            metavar="FILE",
            help="Keep a report as evidence: JUnit XML of the tests, or JSON of a load run.",
        )
        which.add_argument(
            "--evidence-page",
            metavar="DIR",
            help="Write evidence.md in English and Chinese below this folder of documents.",
        )
        parser.add_argument("--record", action="store_true", help="Keep the result.")
        parser.add_argument("--pdf", metavar="FILE", help="Write the certificate as PDF.")
        parser.add_argument(
            "--language", choices=("en", "zh-hans"), default="", help="Language of what is written."
        )
        parser.add_argument("--url", default="", help="--pre: outer address; else ERP_BASE_URL.")
        for name, text in (
            ("address", "--pre: an address the name has to lead to; may be repeated."),
            ("instance", "--pre: a process behind the load balancer; may be repeated."),
            ("accept", "--pre: a check that cannot be done here and was done by hand."),
        ):
            parser.add_argument(f"--{name}", action="append", default=[], help=text)
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        language = options["language"] or settings.LANGUAGE_CODE
        try:
            with (
                translation.override(language),
                timezone.override(ZoneInfo(settings.USER_TIME_ZONE)),
                context.working(channel=context.Channel.COMMAND),
            ):
                is_fine = self._do(options, language)
        except (DomainError, Error, OSError) as error:
            details = getattr(error, "errors", {})
            more = "; ".join(str(text) for texts in details.values() for text in texts)
            said = f"{first_line(error)} {more}".strip()
            raise CommandError(said, returncode=2) from error
        if not is_fine:
            sys.exit(1)

    def _do(self, options: dict[str, Any], language: str) -> bool:
        if options["import_report"]:
            return self._import(Path(options["import_report"]), options)
        if options["evidence_page"]:
            return self._page(Path(options["evidence_page"]))
        if options["pre"]:
            return self._pre(options)
        return self._assess(options, language)

    def _import(self, path: Path, options: dict[str, Any]) -> bool:
        found = reports.read(path)
        run = recording.record(
            found.kind,
            source=path.name,
            span=(found.started_at, found.finished_at),
            has_passed=found.has_passed,
            content=found.content,
        )
        if options["json"]:
            said = {"kind": run.kind, "passed": run.has_passed, "sha256": run.sha256}
            self.stdout.write(json.dumps(said))
            return run.has_passed
        self.stdout.write(
            _("Kept as evidence: %(kind)s, %(sha256)s.")
            % {"kind": run.get_kind_display(), "sha256": run.sha256}
        )
        self.stdout.write(_("Next: %(step)s") % {"step": "manage.py erp_readiness"})
        return run.has_passed

    def _page(self, folder: Path) -> bool:
        for path in evidence_page.write(folder):
            self.stdout.write(_("Written: %(path)s") % {"path": path})
        return True

    def _pre(self, options: dict[str, Any]) -> bool:
        begun = timezone.now()
        url = options["url"] or settings.BASE_URL
        unknown = {*options["accept"]} - {*predeployment.STEPS}
        if unknown or not url.startswith(("http://", "https://")):
            said = _("There is no such check or address: %(what)s")
            raise CommandError(said % {"what": ", ".join(sorted(unknown)) or url}, returncode=2)
        target = predeployment.Target(url, (*options["address"],), (*options["instance"],))
        rows = [
            telling.pre_row(name, label, found, options["accept"])
            for name, label, found in predeployment.run(target)
        ]
        is_fine = all(row["green"] for row in rows)
        recording.record(
            EvidenceRun.Kind.PREDEPLOY,
            source=f"erp_readiness --pre --url {url}",
            span=(begun, timezone.now()),
            has_passed=is_fine,
            content={"url": url, "lines": {row["name"]: row for row in rows}},
        )
        self._print(telling.pre(rows, as_json=options["json"]))
        return is_fine

    def _assess(self, options: dict[str, Any], language: str) -> bool:
        assessment, evidence = assessing.in_words(language)
        release = releases.record(evidence) if options["record"] else releases.newest()
        if options["pdf"]:
            made = pdf.certificate(evidence, release, language)
            Path(options["pdf"]).write_bytes(made.content)
            for warning in made.warnings:
                self.stderr.write(warning)
        self._print(telling.assessment(assessment, evidence, release, as_json=options["json"]))
        return assessment.is_ready

    def _print(self, lines: list[str]) -> None:
        for line in lines:
            self.stdout.write(line)
