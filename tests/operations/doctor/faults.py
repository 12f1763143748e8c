"""Ways to break an installation for real, each undone at the end."""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from cryptography.fernet import Fernet
from django.conf import settings as live
from django.contrib.auth.models import Group
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from rest_framework_simplejwt.state import token_backend

from apps.accounts.models import User
from apps.catalog.models import Supplier, SupplierBankAccount
from apps.common.models import OutboxMessage
from apps.operations.doctor import host, load
from apps.operations.metrics import measure, names
from apps.operations.metrics.heartbeat import flush
from apps.operations.models import BackupRun
from tests.operations.doctor.certificates import certificate
from tests.operations.probes.conftest import FAULTS, closed_port, pointed_at


def sql(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def breaks(act):
    """A fault made by one act in the copy."""

    @contextmanager
    def fault(site, monkeypatch):
        act(site)
        yield

    return fault


def configured(**changes):
    """A fault of the settings."""

    @contextmanager
    def fault(site, monkeypatch):
        with override_settings(**changes):
            yield

    return fault


def patched(target, name, value):
    """A fault of this process, or a threshold moved to where the machine stands."""

    @contextmanager
    def fault(site, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(target, name, value)
            yield

    return fault


def database(kind):
    """A database that is away, hangs or is empty."""

    @contextmanager
    def fault(site, monkeypatch):
        with FAULTS[kind](site.folder):
            yield

    return fault


def unmigrated(site):
    MigrationRecorder(connection).record_unapplied("operations", "0001_samples")


def unguarded(site):
    if connection.vendor == "sqlite":
        sql("DROP TRIGGER audit_entry_no_update")
    else:
        sql("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_no_change")


def history_of_tomorrow(site):
    """The clock of whoever wrote last was ahead."""
    if connection.vendor == "sqlite":
        sql(
            "DROP TRIGGER audit_entry_no_update",
            "UPDATE audit_entry SET timestamp = datetime('now', '+1 hour')"
            " WHERE id = (SELECT max(id) FROM audit_entry)",
        )
        return
    sql(
        "CREATE SCHEMA ahead",
        "CREATE FUNCTION ahead.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS"
        " 'SELECT pg_catalog.clock_timestamp() + interval ''1 hour'''",
        f'ALTER DATABASE "{site.config["NAME"]}" SET search_path = ahead, public, pg_catalog',
    )


def no_folder(site):
    """A file stands where the folder was: even root writes nothing into it."""
    site.media.rename(site.folder / "away")
    site.media.write_text("no folder")


def job_waits(site):
    past = timezone.now() - dt.timedelta(hours=1)
    DBTaskResult.objects.create(
        status="READY",
        run_after=past,
        task_path="apps.common.tasks.send_outbox",
        args_kwargs={"args": [], "kwargs": {}},
        backend_name="default",
        exception_class_path="",
        traceback="",
    )
    DBTaskResult.objects.update(enqueued_at=past)


def job_failed(site):
    job_waits(site)
    DBTaskResult.objects.update(status="FAILED", finished_at=timezone.now())


def message_waits(site):
    past = timezone.now() - dt.timedelta(hours=2)
    OutboxMessage.objects.create(topic="mail", available_at=past)
    OutboxMessage.objects.update(created_at=past)


def message_failed(site):
    OutboxMessage.objects.create(topic="mail", available_at=timezone.now(), status="failed")


def bank_account(site):
    """A secret under a key that is lost."""
    with override_settings(FIELD_KEYS=[Fernet.generate_key().decode()]):
        SupplierBankAccount.objects.create(
            supplier=Supplier.objects.order_by("pk")[0],
            account_name="A",
            bank_name="B",
            account_number="6222020200112233445",
            created_by=User.objects.get(username="admin"),
            updated_by=User.objects.get(username="admin"),
        )


def measured(metric, value):
    def act(site):
        if metric is names.POOL_WAITING:
            measure.stand(metric, value)
        else:
            measure.observe(metric, value, *["/x"][: len(metric.labels)])
        flush()

    return act


def backup(hours, *, verified=True, there=True, outcome="complete"):
    """A run of backups, so many hours ago."""

    def act(site):
        moment = timezone.now() - dt.timedelta(hours=hours)
        name = "erp-test.backup"
        complete = {"file_name": name, "sha256": "0" * 64} if outcome == "complete" else {}
        BackupRun.objects.create(
            outcome=outcome,
            engine="sqlite",
            app_version="0.1.0",
            started_at=moment,
            finished_at=moment,
            verified_at=moment if verified else None,
            error="" if complete else "the disk is full",
            **complete,
        )
        if there:
            site.backups.mkdir(exist_ok=True)
            (site.backups / name).write_bytes(b"x")

    return act


def no_key_for_backups(site):
    live.OPERATING = replace(live.OPERATING, backup_keys=[])


def nobody_governs(site):
    User.objects.filter(groups__name="admin").update(is_active=False)


def rights_given_away(site):
    engineer = Group.objects.get(name="engineer")
    admin = Group.objects.get(name="admin")
    engineer.permissions.add(admin.permissions.get(codename="change_user"))


def wrong_passwords(site):
    """Ten wrong passwords in the browser, one after the other."""
    client = Client()
    for number in range(10):
        client.post("/login", {"username": "engineer", "password": f"wrong {number}"})


def odd_password(site):
    User.objects.filter(username="engineer").update(password="plain text")


def rollback_journal(site):
    connection.close()
    sql("PRAGMA journal_mode=DELETE")


def overwritten(site):
    """Somebody copied something else over the file."""
    connection.close()
    for path in Path(site.config["NAME"]).parent.glob("erp.sqlite3*"):
        path.write_bytes(b"this is no database " * 500)


@contextmanager
def read_only(site, monkeypatch):
    if connection.vendor == "sqlite":
        options = {"NAME": f"file:{site.config['NAME']}?mode=ro"}
    else:
        options = {"OPTIONS": {"options": "-c default_transaction_read_only=on"}}
    with pointed_at(**options):
        yield


@contextmanager
def mail_away(site, monkeypatch):
    with closed_port() as port:
        backend = "django.core.mail.backends.smtp.EmailBackend"
        options = {"host": "127.0.0.1", "port": port}
        with override_settings(MAILERS={"default": {"BACKEND": backend, "OPTIONS": options}}):
            yield


@contextmanager
def redis_away(site, monkeypatch):
    with closed_port() as port:
        redis = "django.core.cache.backends.redis.RedisCache"
        caches = {"default": {"BACKEND": redis, "LOCATION": f"redis://127.0.0.1:{port}/0"}}
        before = live.CACHES
        with override_settings(CACHES=caches):
            yield
        assert before == live.CACHES


@contextmanager
def lock_held(site, monkeypatch):
    """One session holds a row, another waits for it (PostgreSQL)."""
    from django.db.utils import load_backend

    config = {**site.config, "OPTIONS": {}}
    backend = load_backend(config["ENGINE"])
    one, two = (backend.DatabaseWrapper(config, "default") for _number in range(2))
    with one.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE catalog_unit IN ACCESS EXCLUSIVE MODE")
    two.inc_thread_sharing()
    waiting = threading.Thread(target=_wait_for, args=(two,))
    waiting.start()
    while waiting.is_alive() and not _somebody_waits():
        pass
    try:
        yield
    finally:
        one.close()
        waiting.join()


def _wait_for(two):
    with two.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalog_unit")
    two.close()


def _somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"
        )
        return cursor.fetchone() is not None


WEAK = "short"
MANIFEST = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# topic, the cause the doctor has to name, and the fault
ANYWHERE = [
    ("database", "migrations_missing", breaks(unmigrated)),
    ("database", "audit_guards_missing", breaks(unguarded)),
    ("database", "clock_skew", breaks(history_of_tomorrow)),
    ("database", "database_read_only", read_only),
    ("database", "time_zone_missing", configured(USER_TIME_ZONE="Mars/Olympus")),
    ("database", "pool_exhausted", breaks(measured(names.POOL_WAITING, 3))),
    ("slow", "slow_statements", breaks(measured(names.QUERY_TIME, 4.2))),
    ("slow", "slow_requests", breaks(measured(names.REQUEST_SECONDS, 9.0))),
    ("slow", "memory_full", patched(host, "BUSY", 0.0)),
    ("slow", "worker_dead", breaks(job_waits)),
    ("disk", "disk_full", patched(host, "TOO_FULL", 0.0)),
    ("disk", "media_not_writable", breaks(no_folder)),
    ("web", "static_missing", configured(DEBUG=False, STORAGES=MANIFEST)),
    ("web", "certificate_ends", certificate(5)),
    ("web", "certificate_expired", certificate(-3)),
    ("queue", "jobs_failed", breaks(job_failed)),
    ("queue", "outbox_stuck", breaks(message_waits)),
    ("mail", "messages_failed", breaks(message_failed)),
    ("mail", "mail_unreachable", mail_away),
    ("cache", "cache_unreachable", redis_away),
    ("security", "demo_passwords", configured(DEBUG=False)),
    ("security", "debug_on", configured(DEBUG=True, ALLOWED_HOSTS=["erp.example.com"])),
    ("security", "weak_key", configured(DEBUG=False, SECRET_KEY=WEAK)),
    ("security", "settings_unsafe", configured(DEBUG=False, SESSION_COOKIE_SECURE=False)),
    ("security", "field_key_wrong", breaks(bank_account)),
    ("security", "roles_changed", breaks(rights_given_away)),
    ("auth", "tokens_broken", patched(token_backend, "prepared_signing_key", b"short")),
    ("auth", "no_administrator", breaks(nobody_governs)),
    ("auth", "user_locked", breaks(wrong_passwords)),
    ("auth", "password_unreadable", breaks(odd_password)),
    ("backup", "backup_missing", breaks(lambda site: None)),
    ("backup", "backup_unverified", breaks(backup(1, verified=False))),
    ("backup", "backup_old", breaks(backup(27))),
    ("backup", "backup_file_missing", breaks(backup(1, there=False))),
    ("backup", "backup_failed", breaks(backup(1, verified=False, outcome="failed"))),
    ("backup", "backup_key_missing", breaks(no_key_for_backups)),
]
SQLITE = [
    ("database", "database_missing", database("refused")),
    ("database", "database_locked", database("hung")),
    ("database", "database_empty", database("emptied")),
    ("database", "database_damaged", breaks(overwritten)),
    ("database", "sqlite_not_wal", breaks(rollback_journal)),
]
POSTGRES = [
    ("database", "database_unreachable", database("refused")),
    ("database", "database_port_closed", database("refused")),
    ("database", "database_hangs", database("hung")),
    ("database", "database_empty", database("emptied")),
    ("database", "connections_near_limit", patched(load, "TOO_MANY", 0.0)),
    ("database", "locks_waiting", lock_held),
]
