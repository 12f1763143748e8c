"""Each runbook on a machine where its fault was made: its commands, in its order, and no others.

Heavy: `make soak` runs them (TEST_LOAD_SECONDS). What the quick suite looks at is in
test_commands.py.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.deploy.programs import needs, needs_postgres
from tests.operations.runbooks import machine as machines
from tests.operations.runbooks import pages
from tests.operations.runbooks.machine import Machine, causes

pytestmark = [
    needs_postgres,
    needs("bash", "curl", "nginx", "openssl", "redis-server"),
    pytest.mark.xdist_group("runbooks"),
    pytest.mark.skipif(
        "TEST_LOAD_SECONDS" not in os.environ, reason="runbooks are followed by `make soak`"
    ),
]


@pytest.fixture(scope="module")
def standing(tmp_path_factory) -> Iterator[Machine]:
    with machines.standing(tmp_path_factory.mktemp("machine")) as made:
        yield made


@pytest.fixture
def machine(standing: Machine) -> Iterator[Machine]:
    """Well before, and well again after: each test mends what it broke."""
    assert standing.answers() == 200
    standing.values.clear()
    yield standing
    assert standing.answers() == 200


def test_database(machine: Machine):
    """The server was killed."""
    page = pages.read("database")
    os.kill(machine.unit("postgresql").pid(), signal.SIGQUIT)
    until(lambda: machine.answers() == 503)

    seen = machine.look(page)

    doctor = seen["manage.py erp_check --topic database --json"]
    assert causes(doctor) & {"database_unreachable", "database_port_closed"}, doctor.said
    assert seen["systemctl status postgresql"].code == 3
    assert seen['pg_isready -d "$DATABASE_URL"'].code == 2
    machine.mend(page.option(1))
    until(lambda: machine.answers() == 200)
    machine.see(page)


def test_slow(machine: Machine):
    """One statement holds a table everybody needs."""
    page = pages.read("slow")
    statement = "LOCK TABLE accounts_user IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)"
    holder = subprocess.Popen(
        ["psql", "-X", "-d", "erp", "-c", statement],
        env={**os.environ, **machine.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: machine.log_in("engineer", "engineer123", seconds=3) == 0)

    seen = machine.look(page)

    running = next(step for command, step in seen.items() if "now() - query_start" in command)
    pid, *_rest = re.search(r"^ *(\d+) \|.*LOCK TABLE", running.said, re.MULTILINE).groups()
    machine.values["PID"] = pid
    machine.mend(page.option(2))
    assert holder.wait(20) != 0
    assert machine.log_in("engineer", "engineer123") == 200
    machine.see(page, still=frozenset({"slow_requests", "slow_statements"}))


def test_login_failure(machine: Machine):
    """Somebody typed wrong passwords until the log-in was locked."""
    page = pages.read("login-failure")
    for number in range(10):
        machine.log_in("engineer", f"wrong {number}")
    assert machine.log_in("engineer", "engineer123") in {401, 403, 429}

    seen = machine.look(page)

    doctor = seen["manage.py erp_check --topic auth --json"]
    assert "user_locked" in causes(doctor)
    named = [check for check in doctor.json()["checks"] if check["cause"] == "user_locked"]
    assert "engineer" in str(named), named
    machine.values["USERNAME"] = "engineer"
    machine.mend(page.option(1))
    assert machine.log_in("engineer", "engineer123") == 200
    machine.see(page)


@pytest.fixture
def small_disk(standing: Machine) -> Iterator[Path]:
    """A disk of its own for backups, where the system lets us have one."""
    folder = Path(standing.environment["ERP_BACKUP_DIR"])
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_disk(small_disk: Path, machine: Machine):
    """Backups that no rotation removed fill their disk: the next one fails."""
    page = pages.read("disk")
    now = datetime.now(UTC)
    for number in range(1, 6):
        moment = now - timedelta(days=3, minutes=number)
        name = f"erp_{moment:%Y%m%dT%H%M%S}000Z.erpbackup"
        (small_disk / name).write_bytes(b"\0" * 30_000_000)
    assert machine.run("manage.py erp_backup").code != 0

    seen = machine.look(page)

    assert "disk_full" in causes(seen["manage.py erp_check --topic disk --json"])
    assert len(list(small_disk.glob("*.erpbackup"))) == 5  # a dry run removes nothing
    machine.mend(page.option(2))
    # The new one, and the newest of the other day.
    assert len(list(small_disk.glob("*.erpbackup"))) == 2
    machine.see(page)
    machine.mend("manage.py erp_backup --verify")
    assert "disk_full" not in causes(machine.run("manage.py erp_check --topic disk --json"))


def test_restore(machine: Machine):
    """A figure was changed behind the application's back."""
    page = pages.read("restore")
    proved = machine.mend("manage.py erp_backup --verify --json").json()
    machine.sql(
        "SET session_replication_role = replica; UPDATE requisitions_requisition"
        " SET estimated_total = estimated_total + 1 WHERE id ="
        " (SELECT min(id) FROM requisitions_requisition WHERE status <> 'draft')"
    )
    machine.values["FILE"] = Path(proved["file"]).name

    seen = machine.look(page)

    assert seen["manage.py erp_verify --json"].code == 1
    assert machine.answers() == 0  # stopped: nobody makes it worse
    machine.mend(page.option(1))
    machine.see(page)
    assert machine.answers() == 200
    assert machine.log_in("engineer", "engineer123") == 200


def test_scale_out(machine: Machine):
    """One process is not enough: a second one serves, the log-in is the same, and it goes again."""
    page = pages.read("scale-out")
    assert machine.answers(web="second", seconds=2) == 0

    seen = machine.look(page)

    assert seen["grep -c ^REDIS_URL= /etc/erp/erp.env"].said.strip() == "1"
    assert seen["nginx -t"].code == 0
    machine.mend(page.option(1))
    assert machine.answers(web="second") == 200
    machine.see(page)
    machine.mend(page.option(4))
    assert machine.answers(web="second", seconds=2) == 0


def until(holds, *, seconds: float = 60) -> None:
    """Wait for what has to come."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)
