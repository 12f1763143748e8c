"""`erp_support_bundle`: one file for whoever helps from far away."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.operations.doctor import bundle


class Command(BaseCommand):
    """Put versions, settings, checks, figures and the log into a zip file, without secrets."""

    help = (
        "Write a zip file for support: versions, settings without secrets, checks, migrations, "
        "figures, the newest log lines. Look into it before you send it. Exit 0: it is written, "
        "1: it cannot be, 2: bad usage."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--output", type=Path, help="The file to write; by default in the temporary folder."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        name = f"erp-support-{timezone.now():%Y%m%dT%H%M%SZ}.zip"
        path: Path = options["output"] or Path(tempfile.gettempdir()) / name
        try:
            names = bundle.write(path)
        except FileExistsError as error:
            said = _("The file %(path)s is there already.") % {"path": path}
            raise CommandError(said, returncode=2) from error
        except OSError as error:
            said = _("It cannot be written: %(why)s") % {"why": error.strerror}
            raise CommandError(said, returncode=1) from error
        if options["json"]:
            self.stdout.write(json.dumps({"file": str(path), "parts": names}))
        else:
            said = _("%(path)s: %(count)d parts. Look into it before you send it.")
            self.stdout.write(said % {"path": path, "count": len(names)})
