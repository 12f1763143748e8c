"""Each thing broken for real: 503, in time, and not a word about the inside."""

import time

import pytest
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from rest_framework_simplejwt.state import token_backend

from apps.common import events
from apps.operations.models import Series
from apps.operations.probes import checks, views
from tests.operations.probes.conftest import FAULTS, pointed_at

pytestmark = pytest.mark.django_db
COMMITTED = pytest.mark.django_db(transaction=True)

DEPEND_ON_THE_DATABASE = ("/readyz", "/startupz", "/api/health", "/api/health/database")
INSIDE = ("127.0.0.1", "sqlite", "postgres", "django", "SELECT", "Error", "erp-tests", "locked")
LIMIT_SECONDS = 2.0


def failing(client, path="/readyz"):
    """The checks that fail, by name."""
    body = client.get(f"{path}?verbose").json()
    return [name for name, seen in body["checks"].items() if seen["status"] == "unhealthy"]


@pytest.mark.parametrize("path", DEPEND_ON_THE_DATABASE)
def test_broken_database_is_told_in_time(client, broken_database, path):
    started = time.perf_counter()
    response = client.get(path)
    took = time.perf_counter() - started

    assert response.status_code == 503
    assert response.json()["status"] == "unhealthy"
    assert response.headers["Cache-Control"] == "no-store"
    assert took < LIMIT_SECONDS
    assert [word for word in INSIDE if word in response.content.decode()] == []


@pytest.mark.parametrize("path", ["/livez", "/api/health/auth"])
def test_what_needs_no_database_does_not_miss_it(client, broken_database, path):
    assert client.get(path).status_code == 200


def test_bodies_keep_their_shape(client, broken_database):
    health = client.get("/api/health").json()
    database = client.get("/api/health/database").json()

    assert health.keys() == {"status", "message", "timestamp"}
    assert "running" not in health["message"]
    assert database == {"status": "unhealthy", "connections": None, "query_time": None}


def test_database_that_comes_back_is_healthy_again(client, tmp_path):
    with FAULTS["refused"](tmp_path):
        assert client.get("/readyz").status_code == 503
    views.Probe.recent.clear()

    assert client.get("/readyz").status_code == 200


def test_missing_file_is_not_made(client, tmp_path, on_postgres):
    if on_postgres:
        pytest.skip("a matter of files")
    path = tmp_path / "erp.sqlite3"
    with pointed_at(NAME=str(path)):
        assert client.get("/api/health/database").status_code == 503

    assert not path.exists()


@pytest.mark.parametrize("key", [b"", None, b"short"])
def test_broken_key_is_told(client, monkeypatch, key):
    monkeypatch.setattr(token_backend, "prepared_signing_key", key)
    started = time.perf_counter()

    auth, health = client.get("/api/health/auth"), client.get("/api/health")

    assert time.perf_counter() - started < LIMIT_SECONDS
    assert (auth.status_code, auth.json()) == (503, {"status": "unhealthy", "jwt_valid": False})
    assert health.status_code == 503
    assert client.get("/api/health/database").status_code == 200
    assert client.get("/livez").status_code == 200


def test_key_that_accepts_anything_is_told(client, monkeypatch):
    """An expired token that is still let in is a broken log-in, too."""
    monkeypatch.setattr(token_backend, "leeway", 30 * 24 * 60 * 60)

    assert client.get("/api/health/auth").status_code == 503


@COMMITTED
def test_migration_that_is_not_applied(client):
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("operations", "0001_samples")
    try:
        assert failing(client) == ["migrations"]
        assert client.get("/readyz").status_code == 503
        assert client.get("/startupz").status_code == 503
        assert client.get("/livez").status_code == 200
    finally:
        recorder.record_applied("operations", "0001_samples")


def test_full_disk(client, monkeypatch):
    """The floor is raised above what is free: the disk stays as it is."""
    full = (checks.DiskSpace, {"least_free": 10**18})
    monkeypatch.setattr(views.Ready, "checks", (full,))

    assert failing(client) == ["disk"]
    assert client.get("/readyz").status_code == 503


def test_audit_that_nobody_writes(client, monkeypatch):
    monkeypatch.setattr(events.recorded, "receivers", [])
    events.recorded.sender_receivers_cache.clear()
    try:
        assert failing(client) == ["audit"]
    finally:
        events.recorded.sender_receivers_cache.clear()


@COMMITTED
def test_table_of_the_audit_that_is_gone(client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry RENAME TO audit_entry_away")
    try:
        assert failing(client) == ["audit"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_entry_away RENAME TO audit_entry")


@COMMITTED
def test_database_that_takes_no_changes(client, on_postgres, tmp_path):
    """A standby, or a file one may read and not write."""
    if on_postgres:
        options = {"OPTIONS": {"options": "-c default_transaction_read_only=on"}}
    else:
        name = connection.settings_dict["NAME"]
        options = {"NAME": f"file:{name}?mode=ro"}
    with pointed_at(**options):
        assert failing(client) == ["database_writes"]
        assert client.get("/api/health/database").status_code == 200
    connection.close()  # it may have been opened anew in between


def test_writer_at_work_is_no_fault(client, on_postgres):
    with transaction.atomic():
        Series.objects.count()
        assert client.get("/readyz").status_code == 200
    assert Series.objects.count() == 0


def test_started_once_is_started(client, tmp_path):
    assert client.get("/startupz").status_code == 200
    with FAULTS["refused"](tmp_path):
        views.Probe.recent.clear()
        assert client.get("/startupz").status_code == 200
        assert client.get("/readyz").status_code == 503
