"""The emergency plan: a server that is down comes back, damaged data is found and replaced."""

import json
import os
import shlex
import signal
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection

from apps.operations.backup import folder, services
from apps.operations.backup.looking import aimed_at
from apps.requisitions.models import Requisition, RequisitionLine
from erp import databases
from tests import postgres
from tests.operations import sites

pytestmark = pytest.mark.django_db


def recover(*arguments):
    out = StringIO()
    error = ""
    try:
        call_command("erp_recover", *arguments, "--json", stdout=out)
    except CommandError as refused:
        error = str(refused)
    report = json.loads(out.getvalue())
    assert report["error"] == error
    return report


def steps(report):
    return [step["step"] for step in report["steps"]]


def note(path):
    """A service command that leaves a line saying it was run."""
    code = f"import sys; open({str(path)!r}, 'a').write(sys.argv[1] + chr(10))"
    return lambda word: shlex.join([sys.executable, "-c", code, word])


@pytest.fixture
def cluster():
    """A server of this test alone, to be stopped and started."""
    cluster = postgres.Cluster.start()
    yield cluster
    cluster.stop()


def serving(cluster):
    """The command that starts the cluster's server again, as a service manager would."""
    owner = postgres.unprivileged()
    parts = [str(postgres.programs() / "pg_ctl"), "-D", str(cluster.folder / "data"), "-w"]
    port = cluster.url.rsplit(":", 1)[1].partition("/")[0]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={cluster.folder}"
    parts += ["-l", str(cluster.folder / "log_again"), "-o", options, "start"]
    if owner:
        keep = ["--reuid", str(owner.pw_uid), "--regid", str(owner.pw_gid), "--clear-groups"]
        parts = ["setpriv", *keep, "--", *parts]
    return shlex.join(parts)


@pytest.mark.postgres
def test_database_that_is_down_comes_back(site, cluster, tmp_path):
    """On another server: the backup is brought there first, then the server is stopped."""
    call_command("erp_backup", stdout=StringIO())
    archive = str(folder.archives()[0])
    there = databases.parse(cluster.url)
    run = note(tmp_path / "services")
    with aimed_at({**site.config, **there, "NAME": "erp"}):
        call_command("erp_restore", archive, "--swap", stdout=StringIO())
        connection.close()
        cluster.server.send_signal(signal.SIGINT)
        cluster.server.wait(20)
        with pytest.raises(Error):
            Requisition.objects.count()

        report = recover(
            "outage",
            f"--service-command=database={serving(cluster)}",
            *(f"--service-command={name}={run(name)}" for name in services.APPLICATION),
        )

        assert report["works"], report["error"]
        assert Requisition.objects.count() == sites.REQUISITIONS
        connection.close()
        pid = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
    assert report["seconds"] < 5 * 60
    assert steps(report) == ["assess", "database", "application", "verify"]
    assert (tmp_path / "services").read_text().split() == list(services.APPLICATION)


def test_database_that_answers_is_left_alone(site, tmp_path):
    run = note(tmp_path / "services")

    report = recover("outage", f"--service-command=database={run('database')}")

    assert report["works"]
    assert not (tmp_path / "services").exists()
    assert len(report["still_to_do"]) == 3  # systemd's commands are printed, not run
    assert all(command.startswith("systemctl restart") for command in report["still_to_do"])


def test_command_of_a_service_that_fails_is_named(site):
    failing = shlex.join([sys.executable, "-c", "import sys; sys.exit('no such unit')"])

    report = recover("outage", f"--service-command=application={failing}")

    assert not report["works"]
    assert "no such unit" in report["error"]
    assert steps(report)[-1] == "application"


@pytest.mark.parametrize("text", ["database", "mail=x", "database=", "=x", "proxy.pause=x"])
def test_bad_service_command_is_refused(site, text):
    with pytest.raises(CommandError) as caught:
        call_command("erp_recover", "outage", f"--service-command={text}")

    assert caught.value.returncode == 2


def damage():
    pk = RequisitionLine.objects.order_by("pk").values_list("pk", flat=True)[3]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE requisitions_requisitionline SET amount = 1 WHERE id = %s", [pk])
    connection.close()
    return pk


@pytest.fixture
def own_services(tmp_path):
    run = note(tmp_path / "services")
    pairs = [(name, do) for name in services.APPLICATION for do in ("stop", "start")]
    return [f"--service-command={name}.{do}={run(f'{do}-{name}')}" for name, do in pairs]


def test_damage_is_found_and_replaced(site, own_services, tmp_path):
    call_command("erp_backup", "--verify", stdout=StringIO())
    pk = damage()

    report = recover("corruption", "--yes", *own_services)

    assert report["works"], report["error"]
    assert steps(report) == ["stop", "verify", "restore", "restart"]
    assert RequisitionLine.objects.get(pk=pk).amount != 1
    assert report["restored"]["lost"]["audit_entries"] is not None
    with aimed_at({**site.config, "NAME": report["restored"]["kept"]}):
        assert RequisitionLine.objects.get(pk=pk).amount == 1
    order = (tmp_path / "services").read_text().split()
    assert order[0] == "stop-proxy"
    assert order[-1] == "start-proxy"


def test_nothing_is_replaced_without_yes(site, own_services):
    call_command("erp_backup", stdout=StringIO())
    pk = damage()
    before = sites.state(site)

    report = recover("corruption", *own_services)

    assert not report["works"]
    assert {(f["table"], f["pk"]) for f in report["damage"]} >= {
        ("requisitions_requisitionline", pk)
    }
    assert sites.state(site) == before


def test_sound_data_is_not_replaced(site, own_services):
    call_command("erp_backup", stdout=StringIO())
    before = sites.state(site)

    report = recover("corruption", "--yes", *own_services)

    assert report["works"]
    assert report["restored"] == {}
    assert sites.state(site) == before


def test_without_a_backup_the_damage_stays_and_is_said(site, own_services):
    damage()

    report = recover("corruption", "--yes", *own_services)

    assert "no backup" in report["error"]
