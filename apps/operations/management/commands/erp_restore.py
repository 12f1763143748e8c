"""`erp_restore FILE`: a backup into a new database, compared; in use only after `--swap`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.common import context
from apps.operations.backup import engines, making, records, restoring, swapping
from apps.operations.backup.errors import BackupError
from apps.operations.backup.folder import folder
from apps.operations.backup.steps import Steps


class Command(BaseCommand):
    """Restore beside what is in use; exchange both only when that is asked for."""

    help = (
        "Restore a backup into a new database and folder beside those in use and compare it with "
        "its manifest. --swap puts it in use and keeps what was there. "
        "Exit 0: restored, 1: the backup or the exchange was refused, 2: say more."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, help="The archive; a bare name is looked for in ERP_BACKUP_DIR."
        )
        parser.add_argument("--swap", action="store_true", help="Put the restored copy in use.")
        parser.add_argument("--yes", action="store_true", help="Do so in production, too.")
        parser.add_argument(
            "--stop-sessions", action="store_true", help="Throw out who is connected (PostgreSQL)."
        )
        parser.add_argument(
            "--migrate", action="store_true", help="Bring a backup of an older version up to date."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["swap"] and not options["yes"] and not settings.DEBUG:
            message = _("This replaces what people work with. Say --swap --yes when it is meant.")
            raise CommandError(message, returncode=2)
        talks = options["verbosity"] > 0 and not options["json"]
        steps = Steps(self.stdout.write if talks else Steps().say)
        with context.working(channel=context.Channel.COMMAND):
            try:
                report = self._run(options, steps)
            except BackupError as error:
                if options["json"]:
                    self.stdout.write(json.dumps({"error": error.code, "message": str(error)}))
                raise CommandError(str(error), returncode=1) from error
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._say(report)

    def _run(self, options: dict[str, Any], steps: Steps) -> dict[str, Any]:
        path = located(options["file"])
        if options["swap"] and not options["stop_sessions"]:
            swapping.refuse_sessions(engines.current())
        restored = restoring.restore(path, making.ours(), migrate=options["migrate"], steps=steps)
        lost = swapping.lost_window(restored.archive.manifest).as_dict()
        if options["swap"]:
            with steps.step("swap", _("Exchanging it with what is in use")):
                try:
                    swapping.swap(restored, stop_sessions=options["stop_sessions"])
                except BackupError:
                    restored.remove()
                    raise
            records.restored(restored.archive, lost, restored.kept)
        return {
            "file": str(path),
            "database": restored.database,
            "attachments_folder": str(restored.shelf.new or ""),
            "kept": restored.kept if options["swap"] else "",
            "kept_attachments": str(restored.shelf.kept or "") if options["swap"] else "",
            "swapped": options["swap"],
            "lost": lost,
            **restoring.describe(restored.archive.manifest),
            "steps": steps.listed(),
            "seconds": steps.seconds,
        }

    def _say(self, report: dict[str, Any]) -> None:
        write = self.stdout.write
        write(_("Restored and compared: %(rows)d rows, %(attachments)d files.") % report)
        write(_("The backup ends at %(from)s; what is in use at %(to)s.") % _known(report["lost"]))
        if report["lost"]["audit_entries"] is not None:
            line = _("Done after the backup and not in it: %(audit_entries)d entries of history.")
            write(line % report["lost"])
        if not report["swapped"]:
            write(_("It is in %(database)s and nobody uses it yet.") % report)
            write(_("Next: look at it; put it in use by erp_restore FILE --swap, or drop it."))
            return
        write(_("It is in use now. What was there is kept as %(kept)s.") % report)
        write(_("Next: start the services, run erp_verify, tell people what is lost."))


def located(path: Path) -> Path:
    """The archive itself, or one of this name in the folder of backups."""
    if not path.exists() and path.name == str(path):
        return folder() / path
    return path


def _known(lost: dict[str, Any]) -> dict[str, str]:
    return {name: lost[name] or _("an unknown time") for name in ("from", "to")}
