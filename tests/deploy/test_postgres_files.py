"""The server's own files: every line is one PostgreSQL reads, and figures follow the machine."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import psycopg
import pytest

from erp import env
from tests.deploy.database import KEYS, Server
from tests.deploy.programs import DEPLOY, needs_postgres, one_server, run

pytestmark = one_server
FOLDER = DEPLOY / "postgres"
BYTES = {"MB": 1, "GB": 1024}


def lines(text: str) -> dict[str, str]:
    """Settings of a file of conf.d, without their reasons."""
    found = re.findall(r"^([a-z_.]+) = ('[^']*'|\S+)", text, re.MULTILINE)
    return {name: value.strip("'") for name, value in found}


def megabytes(value: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(MB|GB)", value).groups()
    return int(number) * BYTES[unit]


def tuned(*numbers: int) -> str:
    result = run(["sh", str(FOLDER / "tune.sh"), *map(str, numbers)])
    assert result.returncode == 0, result.stdout
    return result.stdout


def complaints(server: Server, text: str) -> list[str]:
    """Ask the server what it thinks of a file, without taking it over."""
    folder = server.cluster.folder / "data"
    extra = folder / "postgresql.auto.conf"
    before = extra.read_text()
    extra.write_text(before + text)
    try:
        with psycopg.connect(server.superuser_url()) as connection:
            found = connection.execute(
                "SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL"
            ).fetchall()
    finally:
        extra.write_text(before)
    # What takes effect at the next start only is no mistake.
    return [name for name, error in found if error != "setting could not be applied"]


@needs_postgres
def test_server_reads_every_line(server: Server):
    assert complaints(server, (FOLDER / "erp.conf").read_text()) == []
    assert complaints(server, tuned(32, 8, 200)) == []


@needs_postgres
def test_a_wrong_line_would_be_noticed(server: Server):
    assert complaints(server, "shared_bufers = 4GB\n") == ["shared_bufers"]


def test_every_line_has_its_reason():
    settings = [
        line for line in (FOLDER / "erp.conf").read_text().splitlines() if re.match(r"[a-z]", line)
    ]
    spoken_for = {"log_checkpoints", "log_timezone", "password_encryption"}

    bare = [line.split()[0] for line in settings if " #" not in line]

    assert set(bare) <= spoken_for


def test_durability_is_not_for_sale():
    settings = lines((FOLDER / "erp.conf").read_text())

    assert {settings[name] for name in ("fsync", "synchronous_commit", "full_page_writes")} == {
        "on"
    }


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        ((4, 2), {"shared_buffers": 1024, "work_mem": 6}),
        ((16, 4), {"shared_buffers": 4096, "work_mem": 25}),
        ((64, 16, 400), {"shared_buffers": 16384, "work_mem": 30}),
        ((64, 16, 400, 50), {"shared_buffers": 8192, "work_mem": 15}),
        ((512, 64), {"shared_buffers": 131072, "work_mem": 64, "maintenance_work_mem": 2048}),
        ((1, 1, 400), {"shared_buffers": 256, "work_mem": 4, "maintenance_work_mem": 64}),
    ],
)
def test_figures_follow_the_machine(machine, expected):
    settings = lines(tuned(*machine))

    assert {name: megabytes(settings[name]) for name in expected} == expected


def test_all_sorts_at_once_fit_into_memory():
    for gigabytes, connections in ((16, 120), (64, 400), (256, 1000)):
        settings = lines(tuned(gigabytes, 8, connections))
        taken = megabytes(settings["shared_buffers"])
        taken += 2 * connections * megabytes(settings["work_mem"])

        assert taken <= gigabytes * 1024


@pytest.mark.parametrize(
    "wrong", [(), ("16",), ("0", "4"), ("16", "four"), ("16", "4", "120", "101")]
)
def test_nonsense_is_refused(wrong):
    assert run(["sh", str(FOLDER / "tune.sh"), *wrong]).returncode == 2


def test_tune_names_what_the_file_marks():
    marked = {
        line.split()[0]
        for line in (FOLDER / "erp.conf").read_text().splitlines()
        if "[tune]" in line and not line.startswith("#")
    }

    assert set(lines(tuned(16, 4))) == marked


def test_pgbouncer_pools_transactions_and_the_application_agrees():
    config = configparser.ConfigParser(interpolation=None)
    config.read_string((FOLDER / "pgbouncer.ini").read_text())
    url = f"postgres://erp_app:secret@127.0.0.1:{config['pgbouncer']['listen_port']}/erp"

    loaded = env.load(
        {**KEYS, "ERP_ALLOWED_HOSTS": "x", "DATABASE_URL": url, "ERP_DATABASE_POOL": "0"}
    ).database

    assert config["pgbouncer"]["pool_mode"] == "transaction"
    assert loaded["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert "pool" not in loaded["OPTIONS"]
    most = int(config["pgbouncer"]["max_db_connections"])
    settings = lines((FOLDER / "erp.conf").read_text())
    assert most <= int(settings["max_connections"]) - int(
        settings["superuser_reserved_connections"]
    )
    asked = {line for line in config["pgbouncer"] if line.startswith("auth")}
    assert config["pgbouncer"]["auth_type"] == "scram-sha-256", asked


def test_pgbackrest_keeps_encrypted_and_out_of_the_file_what_opens_it():
    text = (FOLDER / "pgbackrest.conf").read_text()
    config = configparser.ConfigParser(interpolation=None)
    config.read_string(text)

    assert config["global"]["repo1-cipher-type"] == "aes-256-cbc"
    assert not re.search(r"^repo\d-cipher-pass", text, re.MULTILINE)
    assert Path(config["erp"]["pg1-path"]).is_absolute()
