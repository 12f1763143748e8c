"""The services of one machine and the commands that stop, start and restart them.

The commands are systemd's; a machine without it names its own. What may not be run is printed.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from apps.operations.backup.errors import BackupError
from apps.operations.backup.steps import Say

UNITS = {
    "database": "postgresql",
    "application": "erp-web",
    "worker": "erp-worker",
    "proxy": "nginx",
}
APPLICATION = ("application", "worker", "proxy")
ACTIONS = ("restart", "start", "stop")
SECONDS = 120


@dataclass
class Services:
    """How services are driven here: by given commands, by systemd when allowed, or by hand."""

    say: Say
    is_allowed: bool = False
    given: Mapping[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def drive(self, name: str, action: str) -> bool:
        """Stop, start or restart a service; tells whether it was done.

        Raises BackupError when the command fails.
        """
        command = self._given(name, action)
        if command is None:
            command = ["systemctl", action, UNITS[name]]
            if not (self.is_allowed and has_systemd()):
                self.left.append(shlex.join(command))
                self.say(_("  not run, do it yourself: %(command)s") % {"command": self.left[-1]})
                return False
        self.say(f"  {shlex.join(command)}")
        try:
            done = subprocess.run(  # noqa: S603 - systemd's, or the operator's own command
                command, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(command, str(error)) from error
        if done.returncode:
            raise _failed(command, done.stderr or done.stdout)
        return True

    def _given(self, name: str, action: str) -> list[str] | None:
        """The operator's own command; one for a service restarts and starts it."""
        text = self.given.get(f"{name}.{action}")
        if text is None and action != "stop":
            text = self.given.get(name)
        return shlex.split(text) if text else None


def has_systemd() -> bool:
    """Whether systemd runs this machine."""
    return Path("/run/systemd/system").is_dir()


def read_commands(texts: list[str]) -> dict[str, str]:
    """Read `database=command` or `application.stop=command`. Raises BackupError."""
    known = {*UNITS, *(f"{name}.{action}" for name in UNITS for action in ACTIONS)}
    found = {}
    for text in texts:
        name, separator, command = text.partition("=")
        if not separator or name not in known or not command.strip():
            raise BackupError(
                _("A service command is NAME=COMMAND, and NAME one of %(names)s; not %(text)s.")
                % {"names": ", ".join(UNITS), "text": text},
                code="bad_service_command",
            )
        found[name] = command
    return found


def _failed(command: list[str], why: str) -> BackupError:
    return BackupError(
        _("The command %(command)s failed: %(why)s")
        % {"command": shlex.join(command), "why": why.strip()[-500:]},
        code="service_failed",
    )
