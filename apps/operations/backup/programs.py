"""PostgreSQL's own programs: found, newer than the server, and called without a secret in sight."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db.backends.postgresql.client import DatabaseClient
from django.utils.translation import gettext as _

from apps.operations.backup.errors import BackupError

BLOCK = 256 * 1024


def folders() -> Iterator[Path]:
    """Where the programs may be: Debian's folders, the newest first, then the search path."""
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda folder: _number(folder.parent.name), reverse=True)
    yield from (Path(folder) for folder in os.get_exec_path())


def find(name: str) -> Path | None:
    """The newest program of this name."""
    for folder in folders():
        found = shutil.which(name, path=str(folder))
        if found:
            return Path(found)
    return None


def program(name: str, server: int) -> Path:
    """The program, not older than the server it talks to. Raises BackupError."""
    path = find(name)
    if path is None:
        raise BackupError(
            _("%(program)s is not installed; it comes with the PostgreSQL client programs.")
            % {"program": name},
            code="no_client_programs",
        )
    said = subprocess.run(  # noqa: S603 - the program just found
        [path, "--version"], capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"(\d+)(\.\d+)*", said)
    version = int(found.group(1)) if found else 0
    if version < server:
        raise BackupError(
            _("%(program)s %(found)d cannot work with a server of version %(server)d.")
            % {"program": name, "found": version, "server": server},
            code="client_too_old",
        )
    return path


def environment(config: Mapping[str, Any]) -> dict[str, str]:
    """How a program finds the database: by its environment, which other users cannot read."""
    _args, secrets = DatabaseClient.settings_to_cmd_args_env(
        {**config, "OPTIONS": config["OPTIONS"]}, []
    )
    found = {**os.environ, **(secrets or {}), "PGCONNECT_TIMEOUT": "20"}
    for name, key in (("PGHOST", "HOST"), ("PGPORT", "PORT"), ("PGUSER", "USER")):
        if config.get(key):
            found[name] = str(config[key])
    found["PGDATABASE"] = str(config["NAME"])
    return found


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text) or 0)
