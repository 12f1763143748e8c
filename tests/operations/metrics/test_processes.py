"""Two real workers behind one port: what one counts the other tells, and nothing goes with either.

Started by the server of production on the data of the tests; on SQLite on a copy of them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from django.conf import settings
from django.db import connection

from apps.operations.models import Sample
from tests.postgres import free_port

pytestmark = pytest.mark.django_db(transaction=True)
START_SECONDS = 60
LOGIN = 'erp_http_requests_total{method="GET",route="/login",status="200"}'


def database_url(folder: Path) -> str:
    """The database of the tests, or a copy of its file."""
    configured = connection.settings_dict
    if connection.vendor == "sqlite":
        copy = folder / "erp.sqlite3"
        opened = (closing(sqlite3.connect(name)) for name in (configured["NAME"], copy))
        with next(opened) as source, next(opened) as target:
            source.backup(target)
        return f"sqlite:///{copy}"
    user = f"{configured['USER']}:{quote(configured['PASSWORD'])}"
    return f"postgres://{user}@{configured['HOST']}:{configured['PORT']}/{configured['NAME']}"


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """What an installation in this folder is told."""
    return {k: v for k, v in os.environ.items() if not k.startswith("ERP_")} | {
        "ERP_DEBUG": "1",
        "ERP_METRICS_DIR": str(folder / "metrics"),
        "ERP_LOG_FORMAT": "json",
        "DATABASE_URL": database_url(folder),
        "DJANGO_SETTINGS_MODULE": "erp.settings",
        **variables,
    }


class Server:
    """Granian with two workers."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2"]
        command += ["--port", str(self.port), "--blocking-threads", "2", "--respawn-failed-workers"]
        command += ["--no-ws", "--log-level", "warning", "--workers-kill-timeout", "3"]
        command += ["erp.wsgi:application"]
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=environment(folder), stdout=log, stderr=log
            )

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.get("/livez")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text()[-3000:])

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
        """One request on a connection of its own, so that either worker may get it."""
        request = urllib.request.Request(self.url + path, method=method, headers=headers)  # noqa: S310 - http
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - http
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def figure(self, name: str) -> float:
        """One figure of the page of metrics."""
        found = re.search(rf"^{re.escape(name)} (\S+)$", self.get("/metrics")[1], re.MULTILINE)
        return float(found[1]) if found else 0.0

    def workers(self) -> list[psutil.Process]:
        """Those that write counters."""
        files = (self.folder / "metrics").glob("counter_*.db")
        pids = {int(path.stem.rpartition("_")[2]) for path in files} - {0}
        return [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]

    def stop(self) -> None:
        """As the system stops a service."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    try:
        made.wait()
        yield made
    finally:
        made.stop()


def stored_log_ins(server: Server) -> float:
    """How many requests of the log-in page the store has."""
    if connection.vendor == "postgresql":
        rows = Sample.objects.filter(series__label="/login").values_list("count", flat=True)
        return sum(rows)
    with closing(sqlite3.connect(server.folder / "erp.sqlite3")) as copy:
        found = copy.execute(
            "SELECT sum(count) FROM operations_sample JOIN operations_series s ON s.id = series_id"
            " WHERE label = '/login'"
        ).fetchone()[0]
    return found or 0


def answers_probes(server: Server) -> None:
    """By an address no host list knows, and without a line in the log."""
    for path in ("/livez", "/readyz", "/startupz", "/api/health", "/api/health/auth"):
        status, body = server.get(path, Host="10.0.0.7:8000")
        assert (status, json.loads(body)["status"]) == (200, "healthy"), path
        assert server.get(path, "HEAD") == (200, "")
        assert server.get(path, "POST")[0] == 405
    lines = (server.folder / "log").read_text().splitlines()
    assert all(json.loads(line) for line in lines if line.startswith("{"))
    assert [line for line in lines if "/livez" in line or "/readyz" in line] == []


def test_two_workers_are_one_system(server: Server) -> None:
    answers_probes(server)
    for _number in range(40):
        assert server.get("/login")[0] == 200
    assert len(server.workers()) == 2, "both workers took part"
    assert {server.figure(LOGIN) for _number in range(6)} == {40.0}

    # One dies, with what it counted in its files only.
    server.workers()[0].kill()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if server.figure(LOGIN) and len(server.workers()) <= 2:
                break
        except OSError:
            time.sleep(0.1)
    assert {server.figure(LOGIN) for _number in range(6)} == {40.0}

    # And the other is stopped: what it knows is written away.
    alive = server.figure(LOGIN)
    server.stop()
    assert 0 < stored_log_ins(server) <= alive


ALONE = """
import django
django.setup()
from django.test import Client
client = Client(HTTP_HOST="localhost")
assert client.get("/login").status_code == 200
print(client.get("/metrics").content.decode())
"""


def test_folder_that_cannot_be_written_costs_only_the_sum(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    folder = str(tmp_path / "file" / "below")
    alone = subprocess.run(
        [sys.executable, "-c", ALONE],
        cwd=settings.BASE_DIR,
        env=environment(tmp_path, ERP_METRICS_DIR=folder),
        capture_output=True,
        text=True,
        check=False,
    )

    assert alone.returncode == 0, alone.stderr
    assert f"{LOGIN} 1.0" in alone.stdout
    assert "erp_database_up 1.0" in alone.stdout
    assert alone.stdout.count("each process counts alone") + alone.stderr.count("alone") == 1


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not on this machine")
def test_page_passes_the_linter_of_prometheus(client) -> None:
    client.get("/login")
    page = client.get("/metrics", headers={"accept": "text/plain;version=0.0.4"})

    result = subprocess.run(
        ["promtool", "check", "metrics"], input=page.content, capture_output=True, check=False
    )

    complaints = (result.stdout + result.stderr).decode().splitlines()
    assert [line for line in complaints if "no help text" not in line] == []
