"""The installer under a prefix: green from nothing, each step taken back, quiet the second time."""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from erp import env
from tests.deploy.database import Server
from tests.deploy.programs import DEPLOY, needs, needs_postgres, run
from tests.postgres import free_port

pytestmark = [
    needs_postgres,
    needs("bash", "nginx", "openssl", "curl", "setsid"),
    pytest.mark.xdist_group("install"),  # one machine, installed step by step
    pytest.mark.skipif(
        "TEST_LOAD_SECONDS" not in os.environ, reason="the installer is drilled by `make soak`"
    ),
]
SCRIPT = DEPLOY / "install" / "install.sh"
STEPS = re.search(r"^STEPS='([^']+)'", SCRIPT.read_text(), re.MULTILINE)[1].split()
SOAK = "TEST_LOAD_SECONDS" in os.environ
LONG = {"schema", "static", "checks"}
# Pages of the API are big and none of them is opened here.
SMALL = "--ignore drf_spectacular_sidecar --ignore rest_framework --ignore guardian"


@dataclass
class Machine:
    """A prefix that stands for a machine, and the database server it is given."""

    prefix: Path
    server: Server
    ports: list[int] = field(default_factory=lambda: [free_port() for _number in range(4)])

    @property
    def https(self) -> int:
        return self.ports[3]

    def install(self, *options: str, **changed: str) -> subprocess.CompletedProcess[str]:
        given = {
            "prefix": str(self.prefix),
            "host": "localhost",
            "email": "admin@example.com",
            "database-url": self.server.superuser_url(),
            "database": "inst",
            "role-prefix": "inst",
            "environment": sys.prefix,
            "web-ports": f"{self.ports[0]} {self.ports[1]}",
            "http-port": str(self.ports[2]),
            "https-port": str(self.https),
            "collect": SMALL,
            **{name.replace("_", "-"): text for name, text in changed.items()},
        }
        words = [word for name, text in given.items() for word in (f"--{name}", text)]
        return run(["bash", str(SCRIPT), *words, *options], timeout=600)

    def files(self, *, times: bool = False) -> dict[str, object]:
        """What lies under the prefix, but for logs, counters and the notes of the installer."""
        left_out = ("var/log/", "var/lib/erp-install", "run/erp/metrics/")
        around = {"var", "var/lib", "var/log"}  # where the notes and logs are
        found: dict[str, object] = {}
        for path in sorted(self.prefix.rglob("*")):
            name = str(path.relative_to(self.prefix))
            if name.startswith(left_out) or name in around:
                continue
            content = path.readlink() if path.is_symlink() else ""
            if path.is_file() and not path.is_symlink():
                content = hashlib.sha256(path.read_bytes()).hexdigest()
            stat = path.lstat()
            found[name] = (stat.st_mode, str(content), stat.st_mtime_ns if times else 0)
        return found

    def database(self) -> list[str]:
        """Roles, databases, tables and people of the installation."""
        roles = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'inst%' UNION"
        databases = "SELECT datname FROM pg_database WHERE datname = 'inst' ORDER BY 1"
        with psycopg.connect(self.server.superuser_url()) as connection:
            found = [name for (name,) in connection.execute(f"{roles} {databases}")]
        if "inst" in found:
            tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            with psycopg.connect(self.server.superuser_url("inst")) as connection:
                found += [name for (name,) in connection.execute(tables)]
                if "accounts_user" in found:
                    people = "SELECT username FROM accounts_user WHERE is_active"
                    found += [name for (name,) in connection.execute(people)]
        return found

    def done(self) -> set[str]:
        return {path.name for path in (self.prefix / "var/lib/erp-install/done").glob("*")}

    def answers(self, path: str) -> int:
        trust = ssl.create_default_context(cafile=str(self.prefix / "etc/erp/tls/erp.crt"))
        connection = http.client.HTTPSConnection("localhost", self.https, context=trust, timeout=20)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status


@pytest.fixture(scope="module")
def machine(server: Server, tmp_path_factory) -> Iterator[Machine]:
    # Whoever installs may have worked with this copy before: its texts are compiled.
    assert run([sys.executable, "scripts/compile_messages.py"]).returncode == 0
    made = Machine(tmp_path_factory.mktemp("machine"), server)
    yield made
    for step in ("nginx", "services"):
        made.install("--rollback", step)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--nonsense", "x"], "not known"),
        (["--host"], "needs a value"),
        (["--host", "two words"], "no name of a host"),
        (["--host", "a/b"], "no name of a host"),
        (["--database", "erp; DROP"], "--database"),
        (["--role-prefix", "Erp"], "--role-prefix"),
        (["--web-ports", "8001 x"], "no port"),
        (["--https-port", "70000"], "no port"),
        (["--from", "nowhere"], "no step nowhere"),
        (["--only", "nowhere"], "no step nowhere"),
        (["--rollback", "nowhere"], "no step nowhere"),
        (["--certificate", "/nowhere"], "go together"),
    ],
)
def test_wrong_options_are_named_and_nothing_is_done(tmp_path, options, said):
    prefix = tmp_path / "nothing"

    result = run(["bash", str(SCRIPT), "--prefix", str(prefix), *options])

    assert result.returncode == 2
    assert said in result.stdout
    assert not prefix.exists()


def test_a_dry_run_names_every_step_and_does_nothing(server, tmp_path):
    machine = Machine(tmp_path / "nothing", server)

    result = machine.install("--dry-run")

    assert result.returncode == 0
    assert re.findall(r"^Would do (\w+):", result.stdout, re.MULTILINE) == STEPS
    assert not machine.prefix.exists()
    assert machine.database() == []


def test_a_server_that_is_not_there_stops_it_by_name(server, tmp_path):
    machine = Machine(tmp_path / "machine", server)
    for step in ("folders", "code", "python", "settings"):
        assert machine.install("--only", step).returncode == 0
    before = machine.files()

    result = machine.install(
        "--only", "database", database_url=f"postgres://erp:x@127.0.0.1:{free_port()}/postgres"
    )

    assert result.returncode == 1
    assert "database failed" in result.stdout
    assert machine.files() == before


def test_a_release_that_is_not_there_leaves_the_running_one_alone(server, tmp_path):
    machine = Machine(tmp_path / "machine", server)
    assert machine.install("--only", "folders").returncode == 0
    older = machine.prefix / "opt/erp/releases/older"
    older.mkdir()
    (machine.prefix / "opt/erp/current").symlink_to(older)
    before = machine.files()

    result = machine.install("--only", "python")

    assert result.returncode == 1
    assert "the step code comes first" in result.stdout
    assert machine.files() == before


def test_a_key_of_another_certificate_is_refused(server, tmp_path):
    machine = Machine(tmp_path / "machine", server)
    for name in ("one", "two"):
        made = f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN={name}"
        files = ["-keyout", str(tmp_path / f"{name}.key"), "-out", str(tmp_path / f"{name}.crt")]
        assert run(["openssl", *made.split(), *files]).returncode == 0

    result = machine.install(
        "--only",
        "certificate",
        certificate=str(tmp_path / "one.crt"),
        key=str(tmp_path / "two.key"),
    )

    assert result.returncode == 1
    assert "key does not belong" in result.stdout
    assert not (machine.prefix / "etc/erp/tls").exists()


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_fails_leaves_nothing_and_then_succeeds(machine: Machine, step: str):
    """In the order of the steps: each finds what those before it left."""
    before, database = machine.files(), machine.database()
    drill = "--no-post-process" if step == "static" else SMALL
    if step in LONG and not SOAK:
        assert machine.install("--only", step).returncode == 0
        pytest.skip(f"{step} was done; its drill takes long (make soak)")

    failed = machine.install("--only", step, "--fail-after", step, collect=drill)

    assert failed.returncode == 1, failed.stdout
    assert f"== {step} failed." in failed.stdout
    assert "could not be taken back" not in failed.stdout
    assert machine.files() == before
    assert machine.database() == database
    assert step not in machine.done()

    again = machine.install("--only", step)

    assert again.returncode == 0, again.stdout
    assert re.search(r"done in \d+ s", again.stdout)
    assert step in machine.done()


def test_it_is_green(machine: Machine):
    assert machine.done() == set(STEPS)
    assert machine.answers("/login") == 200
    assert machine.answers("/api/v1/requisitions") == 401


def test_a_second_run_changes_nothing(machine: Machine):
    before, database = machine.files(times=True), machine.database()

    result = machine.install()

    assert result.returncode == 0, result.stdout
    assert "Nothing to do" in result.stdout
    assert machine.files(times=True) == before
    assert machine.database() == database


def test_settings_and_certificate_are_never_written_over(machine: Machine):
    kept = [machine.prefix / "etc/erp" / name for name in ("erp.env", "migrate.env", "tls/erp.crt")]
    before = [path.read_bytes() for path in kept]

    result = machine.install("--only", "settings", host="elsewhere.example.com")
    certificate = machine.install("--only", "certificate", host="elsewhere.example.com")

    assert (result.returncode, certificate.returncode) == (0, 0)
    assert [path.read_bytes() for path in kept] == before
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


def test_settings_name_what_the_product_reads(machine: Machine):
    text = (machine.prefix / "etc/erp/erp.env").read_text()
    values = dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))

    assert set(values) <= env.known_names()
    loaded = env.load(values)
    assert loaded.proxies == 1
    assert str(machine.prefix) in str(loaded.media_root)


def test_people_at_work_keep_their_tables(machine: Machine):
    database = machine.database()

    for step in ("schema", "database"):
        assert machine.install("--rollback", step).returncode == 1

    assert machine.database() == database
    assert machine.answers("/login") == 200


def test_a_port_somebody_else_has_stops_nginx_and_its_files_go(machine: Machine, server, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        other = Machine(tmp_path / "machine", server)
        other.ports[3] = taken.getsockname()[1]
        for step in ("folders", "code", "python", "settings", "certificate"):
            assert other.install("--only", step).returncode == 0
        before = other.files()

        result = other.install("--only", "nginx")

        assert result.returncode == 1, result.stdout
        assert "in use" in result.stdout
        assert other.files() == before


def test_a_new_release_does_again_what_belongs_to_a_release(machine: Machine):
    mark = machine.prefix / "var/lib/erp-install/done/static"
    mark.write_text("another-release\n1 seconds\n")

    result = machine.install("--dry-run")

    assert re.findall(r"^Would do (\w+):", result.stdout, re.MULTILINE) == ["static"]
