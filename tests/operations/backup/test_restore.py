"""Restoring: beside what is in use, exchanged only on demand, taken back when that fails."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.operations.backup import engines, folder, making, restoring, swapping
from apps.operations.backup.errors import BackupError
from apps.operations.backup.looking import aimed_at, config_of, let_go
from apps.operations.models import BackupRun
from apps.requisitions.models import Requisition, RequisitionLine
from tests.operations import sites

pytestmark = pytest.mark.django_db


def said(*arguments):
    out = StringIO()
    call_command(*arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def archive(site):
    call_command("erp_backup", stdout=StringIO())
    return folder.archives()[0]


def later(site):
    """Somebody works on after the backup: a title, a new entry of history, a new file."""
    Requisition.objects.filter(pk=1).update(title="Written after the backup")
    sites.attach_to_first(site)


def test_restored_copy_lies_beside_and_is_not_used(site, archive):
    later(site)
    before = sites.databases()

    report = said("erp_restore", str(archive))

    assert Requisition.objects.get(pk=1).title == "Written after the backup"
    assert report["swapped"] is False
    assert len(sites.databases() - before) == 1
    with aimed_at(config_of(report["database"])):
        assert Requisition.objects.get(pk=1).title != "Written after the backup"
    stored = [p for p in Path(report["attachments_folder"]).rglob("*") if p.is_file()]
    assert len(stored) == report["attachments"] == 2


def test_exchange_keeps_what_was_there(site, archive):
    later(site)

    report = said("erp_restore", archive.name, "--swap")

    assert Requisition.objects.get(pk=1).title != "Written after the backup"
    assert len([p for p in site.media.rglob("*") if p.is_file()]) == 2
    kept = Path(report["kept_attachments"])
    assert len([p for p in kept.rglob("*") if p.is_file()]) == 3
    assert "_before_" in report["kept"]
    with aimed_at(config_of(report["kept"])):
        assert Requisition.objects.get(pk=1).title == "Written after the backup"
    run = BackupRun.objects.get()
    assert run.file_name == archive.name
    assert run.verified_at is not None


def test_lost_window_is_told(site, archive):
    later(site)

    lost = said("erp_restore", str(archive))["lost"]

    assert lost["audit_entries"] >= 1
    assert lost["from"] < lost["to"]


def test_people_are_told_what_to_do_next(site, archive):
    out = StringIO()

    call_command("erp_restore", str(archive), stdout=out)

    assert "Next:" in out.getvalue()
    assert "not in it" in out.getvalue()


def test_production_wants_to_hear_yes(site, archive, settings):
    settings.DEBUG = False
    before = sites.state(site)

    with pytest.raises(CommandError, match="--swap --yes") as caught:
        call_command("erp_restore", str(archive), "--swap")

    assert caught.value.returncode == 2
    assert sites.state(site) == before


HOLD_POSTGRES = """
import os, psycopg, time
connection = psycopg.connect(os.environ["WHERE"]); connection.execute("SELECT 1")
print("connected", flush=True); time.sleep(60)
"""
HOLD_SQLITE = """
import os, sqlite3, time
connection = sqlite3.connect(os.environ["WHERE"])
connection.execute("BEGIN"); connection.execute("SELECT COUNT(*) FROM auth_group").fetchall()
print("connected", flush=True); time.sleep(60)
"""


@pytest.fixture
def somebody(site, on_postgres):
    """Another process that has the database open."""
    code, where = (HOLD_POSTGRES, site.url) if on_postgres else (HOLD_SQLITE, site.config["NAME"])
    known = {**os.environ, "WHERE": str(where)}  # it holds a password
    process = subprocess.Popen([sys.executable, "-c", code], env=known, stdout=subprocess.PIPE)
    process.stdout.readline()
    yield process
    process.kill()
    process.communicate()


def test_database_in_use_is_not_exchanged(site, archive, somebody):
    before = sites.state(site)

    with pytest.raises(CommandError, match="Somebody is connected"):
        call_command("erp_restore", str(archive), "--swap", stdout=StringIO())

    assert sites.state(site) == before


def test_who_has_just_hung_up_is_waited_for():
    """A server ends a session a moment after its client went away."""
    asked = [["erp (-, 127.0.0.1)"], []]

    class Engine:
        def sessions(self):
            return asked.pop(0)

    swapping.refuse_sessions(Engine())

    assert asked == []


def test_sessions_are_thrown_out_on_demand(site, archive, somebody, on_postgres):
    if not on_postgres:
        pytest.skip("nobody can be thrown out of a file")

    call_command("erp_restore", str(archive), "--swap", "--stop-sessions", stdout=StringIO())

    assert Requisition.objects.count() == sites.REQUISITIONS
    with aimed_at(config_of()) as again, again.cursor() as cursor:
        cursor.execute("SELECT 1")  # and everybody may come in again


def test_failed_exchange_is_taken_back(site, archive):
    """The copy is gone before the exchange: files are back where they were, so is the database."""
    restored = restoring.restore(archive, site.keys)
    let_go()
    engines.current().drop(restored.database)
    files = sorted(p.name for p in site.media.rglob("*"))

    with pytest.raises(BackupError) as caught:
        swapping.swap(restored)

    assert caught.value.code == "not_exchanged"
    assert sorted(p.name for p in site.media.rglob("*")) == files
    assert Requisition.objects.count() == sites.REQUISITIONS
    assert not restored.shelf.kept.exists()


def test_lost_database_is_restored_under_its_name(site, archive):
    let_go()
    engines.current().drop(site.config["NAME"])
    assert not engines.current().exists()

    report = said("erp_restore", str(archive), "--swap")

    assert report["lost"]["audit_entries"] is None
    assert Requisition.objects.count() == sites.REQUISITIONS


def test_copy_that_is_not_the_same_is_not_kept(site, archive, monkeypatch):
    """What comes out of the archive is compared, not believed: here a line is lost on the way."""
    before = sites.databases()
    load = type(engines.current()).load

    def loses(self, name, blocks):
        load(self, name, blocks)
        with aimed_at(config_of(name)) as copy, copy.cursor() as cursor:
            cursor.execute("DELETE FROM common_mention")
            cursor.execute("UPDATE requisitions_requisitionline SET amount = amount + 1")

    monkeypatch.setattr(type(engines.current()), "load", loses)

    with pytest.raises(CommandError, match="differs from the backup") as caught:
        call_command("erp_restore", str(archive), stdout=StringIO())

    assert "requisitionline.amount" in str(caught.value)
    assert sites.databases() == before
    assert not list(site.folder.glob("media_restored*"))
    assert RequisitionLine.objects.exists()


def test_archive_of_unknown_migrations_is_refused(site):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('common', '0099_tomorrow', CURRENT_TIMESTAMP)"
        )
    call_command("erp_backup", stdout=StringIO())
    before = sites.state(site)

    with pytest.raises(CommandError, match="0099_tomorrow"):
        call_command("erp_restore", str(folder.archives()[0]), stdout=StringIO())

    assert sites.state(site) == before


def test_older_archive_is_brought_up_to_date_on_demand(site):
    call_command("migrate", "operations", "zero", verbosity=0)
    path = making.make().path
    call_command("migrate", verbosity=0)
    with pytest.raises(CommandError, match="--migrate"):
        call_command("erp_restore", str(path), stdout=StringIO())

    report = said("erp_restore", str(path), "--migrate")

    with aimed_at(config_of(report["database"])):
        assert BackupRun.objects.count() == 0
        assert Requisition.objects.count() == sites.REQUISITIONS
