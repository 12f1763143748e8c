"""Make the first administrator, with a password for one log-in."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandParser

from apps.accounts import services
from apps.common import context
from apps.common.errors import DomainError


class Command(BaseCommand):
    """Makes an administrator where there is none; everybody else is made in the back office."""

    help = (
        "Make the first administrator and print a password that is good for one log-in. Ends with"
        " 0 when the account was made, with 1 when there is an administrator already (--another"
        " makes one more, for when nobody can get in), with 2 when the input cannot be."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="log-in name")
        parser.add_argument("--email", required=True, help="where links and notices go")
        parser.add_argument("--name", default="", help="the person's name; default: the log-in")
        parser.add_argument(
            "--another", action="store_true", help="even though there is an administrator"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        data = {
            "username": options["username"],
            "email": options["email"],
            "name": options["name"] or options["username"],
        }
        try:
            with context.working(channel=context.Channel.COMMAND):
                person, password = services.create_first_admin(data, another=options["another"])
        except ValidationError as error:
            self._refuse("; ".join(error.messages), "invalid_input", 2, as_json=options["json"])
        except DomainError as error:
            self._refuse(str(error), error.code, 1, as_json=options["json"])
        if options["json"]:
            made = {"username": person.username, "password": password}
            self.stdout.write(json.dumps(made))
            return
        self.stdout.write(f"Administrator {person.username} made.")
        self.stdout.write(f"Password for the first log-in: {password}")
        self.stdout.write("Next: log in at /admin/ and choose a password of your own.")

    def _refuse(self, text: str, code: str, exit_code: int, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"error": code, "message": text}))
        self.stderr.write(text)
        sys.exit(exit_code)
