"""`erp_backup`: database and files into one sealed archive; proved and rotated when asked."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.common import context
from apps.operations.backup import engines, making, proving, records, restoring, rotation
from apps.operations.backup.errors import BackupError
from apps.operations.backup.steps import Steps


class Command(BaseCommand):
    """Save everything, prove it, keep 7 days, 4 weeks and 12 months."""

    help = (
        "Back up the database and all attachments into one encrypted archive in ERP_BACKUP_DIR. "
        "Exit 0: the backup is complete (and proved, with --verify), 1: it failed, 2: refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plain", action="store_true", help="Do not encrypt the archive.")
        parser.add_argument(
            "--verify", action="store_true", help="Restore it into scratch space and compare."
        )
        parser.add_argument(
            "--rotate", action="store_true", help="Keep 7 days, 4 weeks, 12 months; remove others."
        )
        parser.add_argument("--dry-run", action="store_true", help="Write nothing; say what would.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        started_at = timezone.now()
        with context.working(channel=context.Channel.COMMAND):
            try:
                report = _preview(options) if options["dry_run"] else self._run(options)
            except BackupError as error:
                refused = error.code in {"not_encrypted", "already_running"}
                if not options["dry_run"] and not refused:
                    with suppress(Error):  # a database that is down cannot remember it
                        records.failed(error, plain=options["plain"], started_at=started_at)
                if options["json"]:
                    self.stdout.write(json.dumps({"error": error.code, "message": str(error)}))
                raise CommandError(str(error), returncode=2 if refused else 1) from error
        self._say(report, options)

    def _run(self, options: dict[str, Any]) -> dict[str, Any]:
        talks = options["verbosity"] > 0 and not options["json"]
        steps = Steps(self.stdout.write if talks else Steps().say)
        removed: list[str] = []
        with steps.step("backup", _("Backing up")):
            try:
                made = making.make(plain=options["plain"])
            except BackupError as error:
                # A disk full of old backups would never be rotated: they go first then.
                removed = rotation.rotate() if _may_make_room(error, options) else []
                if not removed:
                    raise
                made = making.make(plain=options["plain"])
        records.made(made)
        report = {
            "file": str(made.path),
            "size": made.size,
            "sha256": made.sha256,
            "encrypted": made.is_encrypted,
            "verified": False,
            "removed": removed,
            **restoring.describe(made.manifest),
        }
        if options["verify"]:
            records.verified(proving.prove(made.path, making.ours(), steps=steps))
            report["verified"] = True
        if options["rotate"]:
            report["removed"] = [*removed, *rotation.rotate()]
        return {**report, "steps": steps.listed(), "seconds": steps.seconds}

    def _say(self, report: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        if options["dry_run"]:
            line = _(
                "Nothing was written. At most %(needed)d MB are needed; %(count)d old ones go."
            )
            self.stdout.write(line % {"needed": report["needed"], "count": len(report["removed"])})
            return
        self.stdout.write(
            _("%(file)s: %(size)d bytes, %(rows)d rows, %(attachments)d files.") % report
        )
        if not report["encrypted"]:
            self.stdout.write(_("It is not encrypted: whoever has the file can read it."))
        if report["removed"]:
            self.stdout.write(_("Removed: %(names)s") % {"names": ", ".join(report["removed"])})
        if report["verified"]:
            self.stdout.write(_("It was restored and is the same. Keep a copy elsewhere."))
        else:
            self.stdout.write(_("It is not proved yet: run erp_backup --verify, or erp_restore."))


def _may_make_room(error: BackupError, options: dict[str, Any]) -> bool:
    return bool(options["rotate"]) and error.code == "disk_full"


def _preview(options: dict[str, Any]) -> dict[str, Any]:
    removed = rotation.rotate(dry_run=True) if options["rotate"] else []
    return {"needed": making.needed(engines.current()) // 2**20 + 1, "removed": removed}
