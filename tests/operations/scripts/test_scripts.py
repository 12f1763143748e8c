"""The seven scripts of the readiness document, each run against a real server and database."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.operations.servers import environment, installation

ROOT = Path(settings.BASE_DIR)
CHECKS = {"state", "checks", "actions"}
SCRIPTS = {
    "pre_deployment_health_check": {"green", "of", "lines"},
    "health_check_all": CHECKS,
    "db_health_check": {*CHECKS, "database"},
    "app_health_check": {"url", "green", "of", "lines", "left", "kept"},
    "end_to_end_test": {"url", "green", "of", "lines", "left", "kept"},
    "data_integrity_check": {"whole", "checks", "findings"},
    "data_verification_test": {"whole", "checks", "findings"},
}
GREEN = ("app_health_check", "end_to_end_test", "db_health_check")

pytestmark = pytest.mark.xdist_group("scripts")  # one server


@pytest.fixture(scope="module")
def running(story, django_db_blocker, tmp_path_factory):
    with (
        django_db_blocker.unblock(),
        installation(story, tmp_path_factory.mktemp("scripts")) as (site, port),
    ):
        yield environment(site, port)


def run(name, variables, *arguments):
    return subprocess.run(
        [ROOT / "scripts" / f"{name}.sh", *arguments],
        cwd="/",
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_script_asks_the_real_thing(running, name):
    done = run(name, running, "--json")

    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert rows, done.stderr
    assert set(rows[0]) == SCRIPTS[name]
    if name in GREEN and os.environ.get("TEST_DATABASE", "sqlite") == "sqlite":
        assert done.returncode == 0, done.stdout + done.stderr
    else:
        assert done.returncode in {0, 1}, done.stderr


@pytest.mark.django_db  # without a test that asks for it, no database is made at all
def test_exit_codes_come_through():
    nowhere = {**os.environ, "PYTHON": "/nowhere/python"}

    for name in SCRIPTS:
        assert run(name, nowhere).returncode == 2
    assert run("app_health_check", os.environ, "--nonsense").returncode == 2


@pytest.mark.parametrize("name", [*sorted(SCRIPTS), "with_manage"])
def test_script_is_plain_posix(name):
    path = ROOT / "scripts" / f"{name}.sh"

    assert os.access(path, os.X_OK)
    assert path.read_text().startswith("#!/bin/sh\n")
    assert subprocess.run(["sh", "-n", path], check=False).returncode == 0
