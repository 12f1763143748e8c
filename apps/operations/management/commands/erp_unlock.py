"""`erp_unlock`: let somebody in again who is locked out after wrong passwords."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.accounts import services
from apps.accounts.models import User
from apps.common import context
from apps.operations.doctor.access import locked_names


class Command(BaseCommand):
    """Forget the failed attempts of one person; history keeps them, and this."""

    help = (
        "Open the log-in of a person who is locked out after wrong passwords, one at a time. "
        "Exit 0: the log-in is open, 1: there is no such account or it is shut, 2: bad usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", nargs="?", default="", help="Log-in name.")
        parser.add_argument("--list", action="store_true", help="Only say who is locked out.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["username"]) == options["list"]:
            raise CommandError(_("Give one log-in name, or --list."), returncode=2)
        with context.working(channel=context.Channel.COMMAND):
            report = _listed() if options["list"] else _unlock(options["username"])
        if options["json"]:
            self.stdout.write(json.dumps({"error": "", **report}))
        else:
            self.stdout.write(report["said"])
        if report.get("error"):
            sys.exit(1)


def _listed() -> dict[str, Any]:
    names = locked_names()
    said = ", ".join(names) or _("Nobody is locked out.")
    return {"locked": names, "said": said}


def _unlock(name: str) -> dict[str, Any]:
    person = User.objects.filter(username__iexact=User.normalize_username(name)).first()
    if person is None:
        return {"error": "unknown", "said": _("There is no account of that name.")}
    if not person.is_active:
        said = _("This account is shut: an administrator opens it in the back office.")
        return {"error": "inactive", "said": said}
    removed = services.unlock_as_operator(person)
    said = _("%(name)s was not locked.") if not removed else _("%(name)s may log in again.")
    return {"username": person.username, "removed": removed, "said": said % {"name": name}}
