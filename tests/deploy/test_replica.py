"""Which database answers: the copy for marked reads nobody can notice, the primary for all else."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from erp import env
from tests.deploy.database import environment
from tests.deploy.programs import ROOT, clean, manage, run

pytestmark = pytest.mark.xdist_group("replica")  # one primary, migrated once
STEPS = Path(__file__).with_name("replica_steps.py")


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, str]:
    """A primary and a copy of it in another file."""
    folder = tmp_path_factory.mktemp("replica")
    urls = {
        "DATABASE_URL": f"sqlite:///{folder / 'primary.sqlite3'}",
        "ERP_DATABASE_REPLICA_URL": f"sqlite:///{folder / 'copy.sqlite3'}",
        "ERP_ALLOW_SQLITE": "1",
        # How old the files are says nothing on a busy machine; who looks at age sets its own limit.
        "ERP_DATABASE_REPLICA_LAG": "3600",
    }
    values = environment(url=urls["DATABASE_URL"]) | urls
    template = os.environ.get("TEST_TEMPLATE_SQLITE", "")
    if template:
        shutil.copyfile(template, folder / "primary.sqlite3")
    else:
        manage("migrate", "--verbosity", "0", env=values)
    with closing(sqlite3.connect(folder / "primary.sqlite3")) as primary:
        primary.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(folder / "primary.sqlite3", folder / "copy.sqlite3")
    return values


def steps(values: dict[str, str], *names: str) -> dict[str, object]:
    result = run([sys.executable, "-m", "tests.deploy.replica_steps", *names], env=values)
    assert result.returncode == 0, result.stdout
    found: dict[str, object] = json.loads(result.stdout.splitlines()[-1])
    return found


def test_each_read_is_answered_by_the_right_file(files):
    said = steps(files, "routing", "marks")

    assert said == {
        "unmarked": "default",
        "marked": "replica",
        "in_transaction": "default",
        "after_write": "default",
        "next_request": "replica",
        "related_of_a_read_row": "default",
        "saved_row_of_the_copy_went_to": "default",
        "bound": "replica",
        "export": "replica",
        "dashboard": "replica",
        "nested_end": "default",
    }


def test_the_copy_is_never_written(files):
    copy = Path(files["ERP_DATABASE_REPLICA_URL"].removeprefix("sqlite:///"))
    before = copy.read_bytes()

    said = steps(files, "writing")

    assert "readonly" in str(said["refused"])
    assert copy.read_bytes() == before


def test_a_copy_that_is_too_old_is_not_asked(files):
    assert steps({**files, "ERP_DATABASE_REPLICA_LAG": "1"}, "old")["answered"] == [
        "replica",
        "default",
        "replica",
    ]


def test_a_copy_that_is_not_there_is_not_asked(files, tmp_path):
    missing = tmp_path / "nowhere.sqlite3"

    said = steps({**files, "ERP_DATABASE_REPLICA_URL": f"sqlite:///{missing}"}, "marked")

    assert said["answered"] == "default"
    assert not missing.exists()


def test_without_a_copy_nothing_changes(files):
    values = {name: text for name, text in files.items() if "REPLICA" not in name}

    assert steps(values, "marked") == {"answered": "default", "routers": []}


def test_a_copy_of_another_kind_is_refused():
    values = environment("postgres://erp@db.example.com/erp")
    values["ERP_DATABASE_REPLICA_URL"] = "sqlite:////copy.sqlite3"

    with pytest.raises(ImproperlyConfigured, match="ERP_DATABASE_REPLICA_URL names another kind"):
        env.load(values)


@pytest.mark.parametrize("lag", ["-1", "soon", "3601"])
def test_a_limit_nobody_can_read_is_named(lag):
    values = environment("postgres://erp@db.example.com/erp", ERP_DATABASE_REPLICA_LAG=lag)

    with pytest.raises(ImproperlyConfigured, match="ERP_DATABASE_REPLICA_LAG"):
        env.load(values)


def test_migrations_pass_the_copy_by(files):
    result = subprocess.run(
        [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
        cwd=ROOT,
        env={**clean(), **files},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr
