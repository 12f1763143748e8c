"""Units of systemd: it understands them, they are closed, and they run commands there are."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from erp import env
from tests.deploy import units
from tests.deploy.database import environment
from tests.deploy.programs import DEPLOY, ROOT, clean, needs, run

SERVICES = units.names(".service")
TIMERS = units.names(".timer")
# Commands of the operations contract that other parts of the product bring.
CONTRACT = {"erp_backup", "erp_monitor"}
WORK = {"db_worker", "erp_remind", "erp_report", "erp_send_outbox", "migrate"}
HARDENING = units.read("erp-.service.d/hardening.conf")


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("root")
    units.stubs(folder)
    return folder


def verify(root: Path, *names: str) -> str:
    """Ask systemd about units; its complaints are returned, whatever its exit code."""
    given = [name.replace("@.", "@8001.") for name in names]
    result = run(["systemd-analyze", "verify", "--man=no", f"--root={root}", *given])
    return result.stdout + (f"exit {result.returncode}" if result.returncode else "")


@needs("systemd-analyze")
@pytest.mark.parametrize("name", [*SERVICES, *TIMERS, "erp.target"])
def test_systemd_understands_it(root, name):
    assert verify(root, name) == ""


@needs("systemd-analyze")
@pytest.mark.parametrize(
    "spoilt",
    [("Restart=always", "Restart=allways"), ("ExecStart=/opt", "ExecStart=/nowhere")],
)
def test_a_mistake_would_be_noticed(tmp_path, spoilt):
    units.stubs(tmp_path)
    unit = tmp_path / "etc" / "systemd" / "system" / "erp-worker.service"
    unit.write_text(unit.read_text().replace(*spoilt))

    assert verify(tmp_path, "erp-worker.service")


@needs("systemd-analyze")
@pytest.mark.parametrize("name", SERVICES)
def test_little_is_left_open(root, name):
    """Of 10 (open) to 0 (shut in): what is left is the network, which the service is for."""
    unit = name.replace("@.", "@8001.")
    command = ["systemd-analyze", "security", "--offline=true", f"--root={root}", "--no-pager"]

    result = run([*command, "--threshold=15", unit])

    assert result.returncode == 0, result.stdout


@needs("systemd-analyze")
@pytest.mark.parametrize("name", TIMERS)
def test_timer_fires_when_it_is_meant_to(name):
    timer = units.read(name)["Timer"]

    for when in timer["OnCalendar"]:
        assert run(["systemd-analyze", "calendar", when]).returncode == 0
    assert (units.FOLDER / timer["Unit"][0]).exists()


@pytest.mark.parametrize("name", SERVICES)
def test_service_runs_a_command_there_is(settings, name):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    for command, *arguments in units.managed(name):
        known = get_commands()
        if command not in known and command in CONTRACT:
            pytest.skip(f"{command} is not in this tree yet")
        parser = load_command_class(known[command], command).create_parser("manage.py", command)
        parser.parse_args(arguments)


def test_each_thing_that_has_to_run_does():
    run_by_units = {words[0] for name in SERVICES for words in units.managed(name)}

    assert run_by_units >= {*WORK, *CONTRACT}
    wanted = " ".join(units.read("erp.target")["Unit"]["Wants"])
    for name in (*TIMERS, "erp-web.service", "erp-worker.service", "erp-monitor.service"):
        assert name in wanted


def test_every_service_reads_the_one_environment():
    assert HARDENING["Service"]["EnvironmentFile"] == ["/etc/erp/erp.env"]
    for name in SERVICES:
        assert name.startswith("erp-")  # or the drop-in for all of them is not read
        given = " ".join(units.read(name)["Service"]["Environment"]).split()
        foreign = {pair.split("=")[0] for pair in given}
        # A name with our prefix that nobody reads would stop the start.
        assert {n for n in foreign if n.startswith("ERP_")} <= env.known_names()


def test_no_secret_is_on_a_command_line():
    for name in SERVICES:
        for words in units.commands(name):
            assert not {"PGPASSWORD", "SECRET"} & set(" ".join(words).replace("$", " ").split())
    migrate = units.read("erp-migrate.service")["Service"]
    assert migrate["EnvironmentFile"] == ["/etc/erp/migrate.env"]


def test_folders_are_those_the_units_write_to():
    lines = (DEPLOY / "systemd" / "tmpfiles.conf").read_text().splitlines()
    made = {line.split()[1] for line in lines if line.startswith("d ")}
    written = {
        path
        for name in SERVICES
        for value in (
            *units.read(name)["Service"]["ReadWritePaths"],
            *HARDENING["Service"]["ReadWritePaths"],
        )
        for path in value.split()
    }

    assert written <= made


PR_SET_MDWE, REFUSE_EXEC_GAIN = 65, 1


def no_new_code() -> None:
    """Ask of the kernel what MemoryDenyWriteExecute= asks; all that is started inherits it."""
    if ctypes.CDLL(None).prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0):
        os._exit(70)


@pytest.fixture(scope="module")
def denies() -> None:
    """Skip where the kernel cannot deny memory that is written and executed."""
    probe = subprocess.run([sys.executable, "-c", ""], preexec_fn=no_new_code, check=False)
    if probe.returncode == 70:
        pytest.skip("this kernel knows no PR_SET_MDWE")


@pytest.mark.parametrize(
    "work",
    [
        "import psycopg, bcrypt, brotli, typst; bcrypt.hashpw(b'x' * 8, bcrypt.gensalt(4))",
        "from cryptography.fernet import Fernet; Fernet(Fernet.generate_key()).encrypt(b'x')",
        "import typst; assert typst.compile(b'= Hello $x^2$', format='pdf')",
        "import granian.server",
        "import django; django.setup(); from django.urls import get_resolver; "
        "get_resolver().url_patterns",
    ],
    ids=["libraries", "encryption", "documents", "server", "product"],
)
def test_the_product_lives_without_writable_code(denies, work):
    values = environment("sqlite://:memory:", ERP_ALLOW_SQLITE="1")
    values["DJANGO_SETTINGS_MODULE"] = "erp.settings"

    result = subprocess.run(
        [sys.executable, "-c", work],
        cwd=ROOT,
        env={**clean(), **values},
        preexec_fn=no_new_code,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr
