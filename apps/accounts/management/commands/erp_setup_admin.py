"""Make the first administrator of a new installation."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandParser

from apps.accounts import services
from apps.common import context
from apps.common.errors import ConflictError

NEXT = "Next: log in at %s with this password; another one has to be chosen there."


class Command(BaseCommand):
    """Makes one administrator where there is none; where there is one it says so."""

    help = (
        "Make the first administrator, with a password for the first log-in that is shown once; as"
        " long as nobody used it, a second run gives a new one. Ends with 0 when that was done,"
        " with 1 when an administrator is at work already, with 2 when name or address cannot be."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", default="admin", help="log-in name (%(default)s)")
        parser.add_argument("--email", default="", help="address for mail, required to make one")
        parser.add_argument("--name", default="", help="full name")
        parser.add_argument("--undo", action="store_true", help="shut it again if nobody used it")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with context.working(channel=context.Channel.COMMAND):
                said = self._undo(options) if options["undo"] else self._make(options)
        except ConflictError as error:
            self.stderr.write(str(error))
            sys.exit(1)
        except ValidationError as error:
            for field, messages in error.message_dict.items():
                self.stderr.write(f"{field}: {' '.join(messages)}")
            sys.exit(2)
        if options["json"]:
            self.stdout.write(json.dumps(said))
        elif options["undo"]:
            self.stdout.write(f"The account {said['username']} is shut; a new run opens it.")
        else:
            self.stdout.write(f"Administrator {said['username']}. Password: {said['password']}")
            self.stdout.write(NEXT % f"{settings.BASE_URL}/login")

    def _make(self, options: dict[str, Any]) -> dict[str, str]:
        if not options["email"]:
            raise ValidationError({"email": ["An address is needed: --email=..."]})
        given = {key: options[key] for key in ("username", "email", "name")}
        person, password = services.make_first_admin(**given)
        return {"username": person.username, "password": password}

    def _undo(self, options: dict[str, Any]) -> dict[str, str]:
        return {"username": services.undo_first_admin(username=options["username"]).username}
