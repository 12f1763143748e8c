"""The programs tests of deployment need, and how they are run: named when one is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.conf import settings

from tests import postgres

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "deploy"


def find(name: str) -> str | None:
    """Find a program, in the folders of administrators too."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")


def needs(*names: str) -> pytest.MarkDecorator:
    """Skip, naming what this machine does not have."""
    missing = [name for name in names if not find(name)]
    return pytest.mark.skipif(bool(missing), reason=f"not on this machine: {', '.join(missing)}")


needs_postgres = pytest.mark.skipif(
    postgres.programs() is None or not find("psql"),
    reason="no PostgreSQL programs (initdb, postgres, psql) on this machine",
)


# One worker makes the server, the schema and the running site; another one would make them again.
one_server = pytest.mark.xdist_group("server")


def clean() -> dict[str, str]:
    """Give the environment without what belongs to this run of the tests."""
    mine = ("ERP_", "DJANGO_", "TEST_", "PYTEST_", "DATABASE_", "REDIS_", "PG", "GRANIAN_")
    return {name: text for name, text in os.environ.items() if not name.startswith(mine)}


def run(
    command: list[str], *, env: Mapping[str, str] | None = None, **more: object
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and give what it said, both streams in one."""
    return subprocess.run(  # type: ignore[call-overload, no-any-return]  # keywords of the caller
        command,
        env={**clean(), **(env or {})},
        text=True,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **{"cwd": ROOT, "timeout": 300, **more},
    )


def manage(*arguments: str, env: Mapping[str, str]) -> str:
    """Run a command of the product; it has to succeed."""
    result = run([sys.executable, "manage.py", *arguments], env=env)
    assert result.returncode == 0, result.stdout
    return result.stdout
