"""What is refused, by name, and that nothing is touched then."""

import fcntl
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import psutil
import pytest
from cryptography.fernet import Fernet
from django.conf import settings as project
from django.core.management import CommandError, call_command

from apps.operations.backup import damage, folder, making, rotation
from apps.operations.backup.errors import ArchiveError, BackupError
from apps.operations.backup.restoring import restore
from apps.operations.models import BackupRun
from tests.operations import sites

pytestmark = pytest.mark.django_db


def backup(*arguments):
    call_command("erp_backup", *arguments, stdout=StringIO())
    return folder.archives()[0]


def refusal(name, *arguments):
    with pytest.raises(CommandError) as caught:
        call_command(name, *arguments, stdout=StringIO())
    return caught.value


WAYS = [(name, code) for name, _spoil, code in damage._WAYS]


@pytest.mark.parametrize(
    ("name", "code"), [*WAYS, ("wrong_key", "wrong_key"), ("no_key", "no_key")]
)
def test_spoiled_archive_is_refused_and_nothing_is_touched(site, name, code):
    good = backup()
    before = sites.state(site)

    for spoiled in damage.copies(good, site.folder, site.keys):
        if spoiled.name == name:
            with pytest.raises(ArchiveError) as caught:
                restore(spoiled.path, spoiled.keys)
            assert caught.value.code == code == spoiled.code
            assert caught.value.message

    assert sites.state(site) == before


@pytest.mark.parametrize("plain", [False, True])
def test_every_bit_counts(site, plain):
    """Wherever one bit is turned, the archive is refused."""
    good = backup(*(["--plain"] if plain else []))
    size = good.stat().st_size
    spoiled = site.folder / "spoiled.erpbackup"

    for at in [0, 5, 12, 60, 200, size // 3, size // 2, size - 40, size - 17, size - 1]:
        damage.flipped(good, spoiled, at)
        with pytest.raises(ArchiveError):
            restore(spoiled, site.keys)


def test_nothing_can_be_read_without_the_key(site):
    content = backup().read_bytes()

    for word in (b"auth_group", b"requisition", b"engineer", b"PGDMP", b"SQLite format", b"Offer"):
        assert word not in content


def test_old_key_still_opens(site, settings):
    good = backup()
    new = Fernet.generate_key().decode()
    settings.OPERATING = replace(settings.OPERATING, backup_keys=[new, *site.keys])

    call_command("erp_restore", str(good), stdout=StringIO())


def test_production_does_not_write_what_anybody_can_read(site, settings):
    settings.DEBUG = False
    settings.OPERATING = replace(settings.OPERATING, backup_keys=[])

    error = refusal("erp_backup")

    assert error.returncode == 2
    assert "--plain" in str(error)
    assert not site.backups.exists() or folder.archives() == []
    assert b"auth_group" not in backup("--plain").read_bytes()[:20]


def test_rights_are_narrow(site):
    path = backup()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [p.name for p in path.parent.iterdir() if p.name != ".lock"] == [path.name]


def test_two_at_once_are_refused(site):
    backup()
    with (site.backups / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        error = refusal("erp_backup")

    assert "running" in str(error)
    assert error.returncode == 2
    assert len(folder.archives()) == 1


def test_no_room_is_said_before_anything_is_written(site, monkeypatch):
    monkeypatch.setattr(folder, "SPARE", 10**18)

    error = refusal("erp_backup")

    assert "not enough room" in str(error)
    assert folder.archives() == []
    assert BackupRun.objects.get().outcome == BackupRun.Outcome.FAILED


def run(site, code, **limits):
    """Another process of the same installation."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ERP_", "DJANGO"))}
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=project.BASE_DIR,
        env={**environment, **site.environment, "DJANGO_SETTINGS_MODULE": "erp.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


PRELUDE = "import django; django.setup(); from django.core.management import call_command; "
FULL = PRELUDE + (
    "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    "resource.setrlimit(resource.RLIMIT_FSIZE, (60000, 60000)); call_command('erp_backup')"
)
SLOW = PRELUDE + (
    "from apps.operations.backup import making; import time; gather = making.facts.gather; "
    "making.facts.gather = lambda: (gather(), print('halfway', flush=True), time.sleep(60)); "
    "call_command('erp_backup', verbosity=0)"
)


def test_disk_that_fills_up_leaves_nothing_that_looks_complete(site):
    process = run(site, FULL)
    _said, error = process.communicate(timeout=90)

    assert process.returncode != 0
    assert "could not be written" in error or "damaged" in error
    assert folder.archives() == []
    assert list(site.backups.glob(".*.part")) == []


def test_killed_run_leaves_nothing_that_looks_complete(site):
    process = run(site, SLOW)
    assert "halfway" in process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)

    left = list(site.backups.glob(".*.part"))
    assert left
    assert folder.archives() == []

    assert backup().exists()  # its lock is gone, and what it left is swept
    assert list(site.backups.glob(".*.part")) == []


def test_password_is_on_no_command_line(site, on_postgres):
    """Whoever lists the processes of the machine does not learn it, of none that works for us."""
    if not on_postgres:
        pytest.skip("SQLite has no password")
    process = run(site, PRELUDE + "call_command('erp_backup', verbosity=0)")
    seen = set()
    while process.poll() is None:
        seen |= {line for line in map(command_of, family(process.pid)) if line}
    _said, error = process.communicate(timeout=30)

    assert process.returncode == 0, error
    assert any("pg_dump" in line for line in seen)
    assert [line for line in seen if site.config["PASSWORD"] in line] == []


def family(pid):
    """A process and all it has started."""
    with suppress(psutil.NoSuchProcess):
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    return []


def command_of(process):
    """What a list of processes shows of it; nothing when it is over."""
    with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
        return " ".join(process.cmdline())
    return ""


def test_client_programs_older_than_the_server_are_named(site, on_postgres, monkeypatch, tmp_path):
    if not on_postgres:
        pytest.skip("SQLite needs no programs")
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o755)
    monkeypatch.setattr("apps.operations.backup.programs.folders", lambda: iter([tmp_path]))

    assert "pg_dump 9 cannot work with a server" in str(refusal("erp_backup"))


DAYS = 400
NOW = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)


def dated(day, hour=2):
    moment = NOW - timedelta(days=day, hours=2 - hour)
    return Path(f"erp_{moment:%Y%m%dT%H%M%S}000Z.erpbackup")


def test_rotation_keeps_days_weeks_and_months():
    paths = [dated(day) for day in range(DAYS)]

    gone = rotation.surplus(paths, proved=set())

    kept = [path for path in paths if path not in gone]
    days = [(NOW - folder.moment_of(path)).days for path in kept]
    assert days[:7] == list(range(7))
    assert len({folder.moment_of(path).isocalendar()[:2] for path in kept[:9]}) >= 3
    assert len({(folder.moment_of(p).year, folder.moment_of(p).month) for p in kept}) == 12
    assert len(kept) <= 7 + 4 + 12


def test_rotation_never_takes_the_newest_proved_one():
    paths = [dated(day) for day in range(DAYS)]
    old = dated(333)

    assert old in rotation.surplus(paths, proved=set())
    assert old not in rotation.surplus(paths, proved={old.name, dated(350).name})
    assert dated(350) in rotation.surplus(paths, proved={old.name, dated(350).name})


def test_rotation_leaves_other_files_alone(site):
    kept = backup()
    stranger = site.backups / "erp_notes.txt"
    stranger.write_text("mine")
    old = site.backups / dated(0).name.replace("2026", "2020")
    older = site.backups / dated(0, hour=1).name.replace("2026", "2020")
    for path in (old, older):
        path.write_bytes(kept.read_bytes())

    assert rotation.rotate(dry_run=True) == [older.name]
    assert older.exists()
    assert rotation.rotate() == [older.name]

    assert {p.name for p in site.backups.iterdir()} == {kept.name, old.name, stranger.name, ".lock"}


@pytest.fixture
def full_of_backups(site, monkeypatch):
    """A disk with room for a new backup only when one of the old ones has gone."""
    names = [dated(0, hour=hour).name.replace("2026", "2020") for hour in (1, 2)]
    site.backups.mkdir(exist_ok=True)
    for name in names:
        (site.backups / name).write_bytes(b"old")
    usage = shutil.disk_usage(site.backups)

    def looked(path):
        there = len(list(site.backups.glob("*.erpbackup")))
        return usage._replace(free=0) if there > 1 else usage

    monkeypatch.setattr(folder.shutil, "disk_usage", looked)
    return names


def test_a_disk_full_of_backups_is_rotated_before_the_next_one(site, full_of_backups):
    older, newer = full_of_backups
    said = StringIO()

    with pytest.raises(CommandError, match="not enough room"):
        call_command("erp_backup", stdout=said)
    assert {path.name for path in site.backups.glob("*.erpbackup")} == {older, newer}
    call_command("erp_backup", "--rotate", "--json", stdout=(said := StringIO()))

    report = json.loads(said.getvalue())
    assert report["removed"] == [older]
    kept = {path.name for path in site.backups.glob("*.erpbackup")}
    assert kept == {newer, Path(report["file"]).name}


def test_a_disk_full_of_other_things_is_said(site, full_of_backups):
    older, _newer = full_of_backups
    (site.backups / older).rename(site.backups / dated(1).name)  # kept: another month

    with pytest.raises(CommandError, match="not enough room"):
        call_command("erp_backup", "--rotate", stdout=StringIO())

    assert len(list(site.backups.glob("*.erpbackup"))) == 2


def test_unusable_folder_is_named(site, settings):
    site.folder.joinpath("file").write_text("")
    settings.OPERATING = replace(settings.OPERATING, backup_dir=site.folder / "file" / "below")

    with pytest.raises(BackupError) as caught:
        making.make()

    assert caught.value.code == "folder_unusable"
