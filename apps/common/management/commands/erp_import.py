"""`erp_import KIND FILE`: bring a table in, all or nothing, and say what came of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.common.errors import DomainError, InvalidInputError
from apps.common.importing import (
    ImportKind,
    Job,
    Mode,
    Report,
    journal,
    kind_named,
    known_kinds,
    mappings,
    may_import,
    run_import,
)
from apps.common.tabular.errors import summary
from apps.common.tabular.write import write_csv

BAR = 30
IN_JSON = 200


class Command(BaseCommand):
    """Import items, suppliers, categories, requisitions or purchase orders from csv or xlsx."""

    help = (
        "Import a csv or xlsx file. All or nothing by default; --dry-run writes nothing; "
        "--resume writes batch by batch and goes on where an earlier run stopped. "
        "Exit 0: every row taken, 1: rows were refused, 2: the file could not be read at all."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", help="One of: " + ", ".join(known_kinds()))
        parser.add_argument("file", type=Path, help="A csv or xlsx file; its content decides.")
        parser.add_argument("--mapping", default="", help="A stored mapping of the columns.")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="The same value of a field for every row, or an option; may be given repeatedly.",
        )
        parser.add_argument("--user", default="", help="Who imports; default: the first admin.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen.")
        parser.add_argument("--resume", action="store_true", help="Write in batches; go on.")
        parser.add_argument(
            "--errors", type=Path, help="Write what was refused or left empty to this csv."
        )
        parser.add_argument(
            "--template", action="store_true", help="Write an empty table to FILE instead."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"] and options["resume"]:
            raise CommandError(_("Choose --dry-run or --resume."), returncode=2)
        try:
            kind = kind_named(options["kind"])
            if options["template"]:
                self._write_template(kind, options["file"])
                return
            report = self._import(kind, options)
            if options["errors"]:
                journal.write_csv(options["errors"], report.listed())
        except (DomainError, OSError) as error:
            if options["json"]:
                code = getattr(error, "code", "unreadable_file")
                self.stdout.write(json.dumps({"error": code, "message": str(error)}))
            raise CommandError(str(error), returncode=2) from error
        self._say(report, options)
        if not report.succeeded:
            sys.exit(1)

    def _import(self, kind: ImportKind, options: dict[str, Any]) -> Report:
        job = Job(kind, options["mapping"], _mode(options), mappings.fixed_values(options["set"]))
        by = _person(options["user"], kind)
        path: Path = options["file"]
        with path.open("rb") as stream:
            return run_import(job, stream, file_name=path.name, by=by, progress=self._bar(options))

    def _write_template(self, kind: ImportKind, path: Path) -> None:
        with path.open("xb") as target:
            write_csv(target, [field.name for field in kind.fields], [])
        self.stdout.write(_("An empty table is in %(file)s.") % {"file": path.name})

    def _bar(self, options: dict[str, Any]) -> Callable[[int, int], None]:
        """A progress bar on the error stream, when a person is watching."""
        if options["json"] or not self.stderr.isatty():
            return lambda _done, _total: None

        def show(done: int, total: int) -> None:
            filled = BAR * done // max(total, 1)
            ending = "\n" if done >= total else ""
            bar = "█" * filled + "░" * (BAR - filled)
            self.stderr.write(f"\r{bar} {done}/{total}", style_func=str, ending=ending)

        return show

    def _say(self, report: Report, options: dict[str, Any]) -> None:
        figures = {"run": report.run.pk, "status": report.run.status, **report.as_dict()}
        if options["json"]:
            figures["refused"] = [str(error) for error in report.errors[:IN_JSON]]
            self.stdout.write(json.dumps(figures, ensure_ascii=False))
            return
        line = _(
            "%(rows)d rows: %(created)d created, %(updated)d updated, %(unchanged)d unchanged, "
            "%(skipped)d skipped; %(errors)d values refused, %(warnings)d left empty."
        )
        self.stdout.write(line % figures)
        for name, value in figures["totals"].items():
            self.stdout.write(f"  {name}: {value}")
        for note in report.notes:
            self.stdout.write(f"  {note}")
        self._list(_("Refused:"), report.errors)
        self._list(_("Left empty:"), report.warnings)
        self._list(_("Taken, but odd:"), report.notices)
        self.stdout.write(_next_step(report, _mode(options)))

    def _list(self, heading: str, found: list[Any]) -> None:
        if found:
            self.stdout.write(heading)
            for text in summary(found)[1:]:
                self.stdout.write(f"  {text}")


def _mode(options: dict[str, Any]) -> Mode:
    if options["dry_run"]:
        return Mode.DRY_RUN
    return Mode.RESUME if options["resume"] else Mode.ALL_OR_NOTHING


def _next_step(report: Report, mode: Mode) -> str:
    if mode is Mode.DRY_RUN:
        return _("Nothing was written: this was a dry run.")
    if report.succeeded:
        return _("Done. The run is kept in the back office under System, Import runs.")
    if mode is Mode.RESUME:
        return _("The good rows are in. Mend the refused ones (--errors FILE) and run again.")
    return _("Nothing was written. Mend the refused rows (--errors FILE) and run again.")


def _person(username: str, kind: ImportKind) -> Any:
    """Who answers for the import: the person named, or the first administrator who may."""
    people = get_user_model()._default_manager.filter(is_active=True)
    if username:
        found = people.filter(username=username).first()
    else:
        admins = people.filter(groups__name="admin").order_by("pk")
        found = next((person for person in admins if may_import(person, kind)), None)
    if found is None:
        message = _("There is nobody to import as; name a person by --user.")
        raise InvalidInputError(message, code="unknown_user")
    return found
