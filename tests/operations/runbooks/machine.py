"""A machine with the whole installation, and somebody who follows a page on it."""

from __future__ import annotations

import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from cryptography.fernet import Fernet

from tests import postgres
from tests.deploy import stack, units
from tests.deploy.programs import ROOT, clean, find, run
from tests.operations.runbooks.pages import Page
from tests.operations.runbooks.systemctl import Unit

MISSING = {126, 127}
BUSY = {"processor_busy", "memory_full"}
BIN = {
    "systemctl": "exec {python} {root}/tests/operations/runbooks/systemctl.py \"$@\"",
    "manage.py": "cd {root} && exec {python} manage.py \"$@\"",
    # The journal is the log files of the units; what they say is for people, not for this test.
    "journalctl": "tail -n 50 {folder}/*.log",
    "timedatectl": "date",
    "nginx": 'exec {nginx} "$@" -e {folder}/nginx/error.log -c {folder}/nginx/nginx.conf',
}  # fmt: skip


@dataclass
class Step:
    """One command of a page, as it was run."""

    command: str
    code: int
    said: str

    def json(self) -> Any:
        """What it says to machines: the last line that is an object."""
        lines = [line for line in self.said.splitlines() if line.startswith("{")]
        return json.loads(lines[-1])


@dataclass
class Machine:
    """Where everything is; `values` are what a person fills in for the capitals of a page."""

    folder: Path
    environment: dict[str, str]
    ports: dict[str, int]
    cluster: postgres.Cluster
    values: dict[str, str] = field(default_factory=dict)

    def run(self, command: str, *, seconds: float = 300) -> Step:
        """Run one command as a page has it."""
        for name, value in {**self.values, **self.places}.items():
            command = re.sub(rf"(?<![\w-]){re.escape(name)}(?!\w)", value, command)
        done = run(["bash", "-c", command], env=self.environment, cwd=self.folder, timeout=seconds)
        step = Step(command, done.returncode, done.stdout)
        assert step.code not in MISSING, (command, step.said)
        assert "usage: manage.py" not in step.said, (command, step.said)
        return step

    @property
    def places(self) -> dict[str, str]:
        return {
            "localhost:5000": f"localhost:{self.ports['web']}",
            "/etc/erp/erp.env": str(self.folder / "erp.env"),
        }

    def look(self, page: Page) -> dict[str, Step]:
        """The actions and the investigation, in the order of the page; they only tell."""
        steps = {}
        for command in (*page.parts["actions"], *page.parts["investigation"]):
            steps[command] = self.run(command)
        return steps

    def mend(self, command: str) -> Step:
        """One of the options; it has to work."""
        step = self.run(command)
        assert step.code == 0, (step.command, step.said)
        return step

    def see(self, page: Page, *, still: frozenset[str] = frozenset()) -> None:
        """What comes afterwards: all is well, however busy the machine is with other tests.

        What the page says is named for a while yet may be named.
        """
        for command in page.parts["afterwards"]:
            step = self.run(command)
            busy = "erp_check" in command and causes(step) <= BUSY | still
            assert step.code == 0 or busy, (step.command, step.said)

    def answers(self, path: str = "/readyz", *, web: str = "web", seconds: float = 10) -> int:
        """The status of a page; 0 when nobody answers in time."""
        address = f"http://localhost:{self.ports[web]}{path}"
        try:
            with urllib.request.urlopen(address, timeout=seconds) as answer:  # ours
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return int(error.code)
        except OSError:
            return 0

    def log_in(self, name: str, password: str, *, seconds: float = 10) -> int:
        """As a client of the API does; gives the status, 0 when nobody answers in time."""
        request = urllib.request.Request(  # ours
            f"http://localhost:{self.ports['web']}/api/auth/login",
            json.dumps({"username": name, "password": password}).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=seconds) as answer:  # noqa: S310  # ours
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return int(error.code)
        except OSError:
            return 0

    def unit(self, name: str) -> Unit:
        return Unit(name, json.loads((self.folder / "machine.json").read_text()))

    def sql(self, statements: str) -> None:
        """Behind the application's back."""
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as direct:
            direct.execute(statements)


@contextmanager
def standing(folder: Path) -> Iterator[Machine]:
    """Database, cache, two web processes (one of them not started), a worker, a proxy's files."""
    cluster = postgres.Cluster.start()
    address = urlsplit(cluster.url)
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE erp")
    cache, redis_url = stack.redis(folder)
    ports = {"web": postgres.free_port(), "second": postgres.free_port()}
    environment = {
        **_environment(folder, cluster, ports),
        "REDIS_URL": redis_url,
        "PGHOST": "127.0.0.1",
        "PGPORT": str(address.port),
        "PGUSER": str(address.username),
        "PGPASSWORD": str(address.password),
    }
    _programs(folder)
    _proxy(folder, list(ports.values()))
    (folder / "erp.env").write_text(f"REDIS_URL={redis_url}\n")
    machine = Machine(folder, environment, ports, cluster)
    (folder / "machine.json").write_text(json.dumps(_units(machine)))
    machine.unit("postgresql").note.write_text(str(cluster.server.pid))
    try:
        for command in ("migrate --verbosity 0", "erp_setup_roles", "erp_seed --requisitions 14"):
            machine.mend(f"manage.py {command}")
        machine.mend("systemctl start erp-web erp-worker")
        yield machine
    finally:
        for name in ("erp-worker", "erp-web@8001", "erp-web@8003", "postgresql"):
            machine.unit(name).stop()
        cache.stop()
        cluster.stop()


def causes(step: Step) -> set[str]:
    """What the doctor names."""
    return {check["cause"] for check in step.json()["checks"] if check["cause"]}


def _environment(folder: Path, cluster: postgres.Cluster, ports: dict[str, int]) -> dict[str, str]:
    made = {name: str(folder / name) for name in ("media", "metrics", "backups")}
    for name in made.values():
        Path(name).mkdir()
    return {
        "PATH": f"{folder / 'bin'}:{clean()['PATH']}",
        "MACHINE": str(folder / "machine.json"),
        "ERP_DEBUG": "1",
        "DATABASE_URL": cluster.url.removesuffix("/postgres") + "/erp",
        "ERP_DATABASE_POOL": "0",
        "ERP_MEDIA_ROOT": made["media"],
        "ERP_METRICS_DIR": made["metrics"],
        "ERP_BACKUP_DIR": made["backups"],
        "ERP_BACKUP_KEY": Fernet.generate_key().decode(),
        "ERP_BASE_URL": f"http://localhost:{ports['web']}",
        "ERP_LOG_FILE": str(folder / "erp.log"),
        "ERP_LOG_FORMAT": "json",
        "ERP_RATE_LOGIN": "1000/min",
        "ERP_RATE_ANONYMOUS": "1000/min",
        "PYTHONPATH": str(ROOT),
    }


def _programs(folder: Path) -> None:
    """The words of the pages, for this machine."""
    (folder / "bin").mkdir()
    given = {"python": sys.executable, "root": ROOT, "folder": folder, "nginx": find("nginx")}
    shims = {**BIN, **({} if find("lsof") else {"lsof": "true"})}
    for name, text in shims.items():
        path = folder / "bin" / name
        path.write_text(f"#!/bin/sh\n{text.format(**given)}\n")
        path.chmod(0o755)


def _proxy(folder: Path, ports: list[int]) -> None:
    proxy = folder / "nginx"
    proxy.mkdir()
    stack.certificate(proxy / "tls")
    free = {"http": postgres.free_port(), "https": postgres.free_port()}
    stack.configuration(proxy, ports, patient=False, **free)


def _units(machine: Machine) -> dict[str, Any]:
    """What the shipped units run, by the Python of the tests."""
    owner = postgres.unprivileged()
    common = {"cwd": str(ROOT), "env": machine.environment, "user": None, "stop": "SIGTERM"}

    def web(port: int) -> dict[str, Any]:
        command = units.web(port, WEB_WORKERS="1", WEB_THREADS="4")
        return {**common, "command": command, "port": port}

    (worker,) = units.managed("erp-worker.service")
    server = Path(f"/proc/{machine.cluster.server.pid}/cmdline").read_bytes().split(b"\0")
    return {
        "folder": str(machine.folder),
        "wholes": {"erp-web": ["erp-web@8001"]},
        "units": {
            "erp-web@8001": web(machine.ports["web"]),
            "erp-web@8003": web(machine.ports["second"]),
            "erp-worker": {
                **common,
                "command": [sys.executable, "manage.py", *worker],
                "port": 0,
                "stop": "SIGINT",
            },
            "postgresql": {
                **common,
                "cwd": str(machine.cluster.folder),
                "command": [word.decode() for word in server if word],
                "port": int(machine.environment["PGPORT"]),
                "user": owner.pw_uid if owner else None,
                "stop": "SIGINT",
            },
        },
    }
