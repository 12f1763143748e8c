"""The throw-away PostgreSQL of the tests: closed to others while it runs, gone afterwards."""

import os
import re

import psycopg
import pytest

from tests.postgres import Cluster, NoPostgresError, available, programs

needs_programs = pytest.mark.skipif(not programs(), reason="no PostgreSQL on this machine")


@needs_programs
def test_cluster_asks_for_its_password_and_leaves_nothing():
    cluster = Cluster.start()
    try:
        with psycopg.connect(cluster.url) as connection:
            row = connection.execute("show server_version_num").fetchone()
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(re.sub(r"//erp:\w+@", "//erp:guessed@", cluster.url))
        owner = cluster.folder.stat().st_uid
    finally:
        cluster.stop()

    assert int(row[0]) >= 150_000
    assert not cluster.folder.exists()
    assert cluster.server.poll() is not None
    assert owner != 0
    assert (owner == os.geteuid()) == (os.geteuid() != 0)


def test_missing_programs_are_said(monkeypatch, tmp_path):
    monkeypatch.setenv("TEST_POSTGRES_BIN", str(tmp_path))
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)

    assert "initdb" in available()
    with pytest.raises(NoPostgresError):
        Cluster.start()


def test_named_server_needs_no_programs(monkeypatch, tmp_path):
    monkeypatch.setenv("TEST_POSTGRES_BIN", str(tmp_path))
    monkeypatch.setenv("TEST_DATABASE_URL", "postgres://erp@db.example.com/postgres")

    assert available() == ""
