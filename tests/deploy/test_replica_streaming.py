"""A real standby: made by pg_basebackup, following by streaming, paused, stopped and promoted."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.deploy.database import Server, environment
from tests.deploy.programs import needs_postgres, run
from tests.deploy.test_replica import steps

pytestmark = [
    needs_postgres,
    pytest.mark.skipif(
        "TEST_LOAD_SECONDS" not in os.environ,
        reason="seconds of lag mean nothing on a busy machine: shown by `make soak`",
    ),
]
LIMIT = "1"


class Standby:
    """A copy of the cluster that follows it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.folder = Path(tempfile.mkdtemp(prefix=f"erp-postgres-{os.getpid()}-"))
        self.port = postgres.free_port()
        owner = postgres.unprivileged()
        self.who: dict[str, object] = {}
        if owner:
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self.who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        self.copy()
        self.start()

    def copy(self) -> None:
        binaries = postgres.programs()
        assert binaries
        command = [str(binaries / "pg_basebackup"), "-D", str(self.folder / "data")]
        command += ["-d", self.server.superuser_url(), "-R", "-X", "stream", "-c", "fast"]
        command += ["-C", "-S", f"standby_{secrets.token_hex(4)}", "--no-sync"]
        result = run(command, cwd=self.folder, **self.who)
        assert result.returncode == 0, result.stdout

    def start(self) -> None:
        binaries = postgres.programs()
        assert binaries
        self.process = postgres.serve(binaries, self.folder, self.port, self.who, durable=False)
        self.wait("SELECT pg_is_in_recovery()")

    def wait(self, question: str) -> None:
        """Return when the standby says yes."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if self.ask(question):
                    return
            except psycopg.OperationalError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.05)
        raise AssertionError(f"never: {question}")

    def ask(self, question: str) -> object:
        url = self.server.superuser_url("erp").replace(f":{self.server.port}/", f":{self.port}/")
        with psycopg.connect(url, autocommit=True) as connection:
            row = connection.execute(question).fetchone()
        return row[0] if row else None

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(10)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        with psycopg.connect(self.server.superuser_url(), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                " WHERE NOT active"
            )


@pytest.fixture(scope="module")
def standby(server: Server) -> Iterator[Standby]:
    made = Standby(server)
    yield made
    made.remove()


@pytest.fixture(scope="module")
def values(server: Server, standby: Standby) -> dict[str, str]:
    url = server.url("app")
    return environment(
        url,
        ERP_DATABASE_REPLICA_URL=url.replace(f":{server.port}/", f":{standby.port}/"),
        ERP_DATABASE_REPLICA_LAG=LIMIT,
    )


def test_a_standby_that_follows_answers(values):
    said = steps(values, "marked", "streamed", "standby_refuses", "cut_off")

    assert said["answered"] == "replica"
    assert said["from"] == "replica"
    assert "read-only transaction" in str(said["refused"])
    assert said["asked"] == ["replica", "default"]
    assert (said["answer"], said["then"]) == ("default", "default")


def test_a_standby_that_falls_behind_is_not_asked_until_it_caught_up(values, standby):
    standby.ask("SELECT pg_wal_replay_pause()")
    standby.wait("SELECT pg_get_wal_replay_pause_state() = 'paused'")
    try:
        said = steps(values, "behind")
    finally:
        standby.ask("SELECT pg_wal_replay_resume()")

    assert said["answered"] == ["replica", "default"]
    assert float(str(said["waited"])) < 1
    assert steps(values, "marked")["answered"] == "replica"


def test_a_standby_that_is_down_is_not_waited_for(values, standby):
    standby.stop()
    started = time.monotonic()

    try:
        said = steps(values, "marked", "behind")
    finally:
        standby.start()

    assert said["answered"] == ["default", "default"]
    assert float(str(said["waited"])) < 1
    assert time.monotonic() - started < 60
    assert steps(values, "marked")["answered"] == "replica"


def test_a_standby_that_was_promoted_goes_its_own_way(values, standby):
    standby.ask("SELECT pg_promote()")
    standby.wait("SELECT NOT pg_is_in_recovery()")

    assert steps(values, "marked")["answered"] == "default"
