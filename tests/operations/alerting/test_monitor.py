"""The command's rounds on this machine: real looks, a real probe, one leader, a dead database."""

from __future__ import annotations

import http.server
import json
import threading
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.operations.alerting import lease, monitor
from apps.operations.alerting.blind import Memory
from apps.operations.management.commands.erp_monitor import seconds_to_next
from apps.operations.metrics import gauges, names, reading
from apps.operations.models import Incident, MonitorLease, Sample
from tests.operations.probes.conftest import closed_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(own_desk):
    """Some tests here empty the database: each has a help desk of its own."""
    return own_desk


@pytest.fixture
def health_page():
    """A health page that answers what it is told to, in turn; then 200."""
    answers: list[int] = []

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answers.pop(0) if answers else 200)
            self.end_headers()

        def log_message(self, *_args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", answers
    server.shutdown()
    server.server_close()
    thread.join(5)


def monitored(*options):
    out = StringIO()
    code = 0
    try:
        call_command("erp_monitor", *options, stdout=out)
    except SystemExit as stopped:
        code = stopped.code
    return code, out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_round(desk, health_page):
    code, said = monitored("--once", "--json", "--url", health_page[0])

    done = json.loads(said)
    assert (code, done["leads"], done["failed"]) == (0, True, {})
    assert list(done["steps"]) == ["collect", "probe", "evaluate", "escalate", "support", "prune"]
    assert done["steps"]["evaluate"]["states"]["disk"] != "unknown"
    assert reading.latest(names.PROBE_SUCCESS).average == 1.0
    assert reading.latest(names.HOST_CPU) is not None
    age = {m.name: value for m, _label, value in gauges.of_database()}[names.MONITOR_AGE.name]
    assert 0 <= age < 60


@pytest.mark.parametrize(("answers", "is_down"), [([503], False), ([503, 503], True), ([], False)])
def test_one_failed_probe_wakes_nobody(desk, health_page, answers, is_down):
    health_page[1].extend(answers)

    monitored("--url", health_page[0])

    assert Incident.objects.filter(alert="application_down").exists() is is_down


def test_an_application_that_is_gone_and_comes_back(desk, health_page):
    with closed_port() as port:
        monitored("--url", f"http://127.0.0.1:{port}/")
    incident = Incident.objects.get(alert="application_down")
    assert incident.status == "open"
    Sample.objects.filter(series__metric=names.PROBE_SUCCESS.name).delete()  # the next minute
    monitored("--url", health_page[0])
    assert Incident.objects.get(pk=incident.pk).status == "open"  # not yet for two minutes


def test_only_the_leader_does_a_round(db, health_page):
    lease.take("another", timezone.now())

    code, said = monitored("--url", health_page[0])

    assert (code, said.strip()) == (0, "Another monitor leads; nothing to do.")
    assert not Sample.objects.exists()


def test_once_lets_the_next_one_lead(db, health_page):
    monitored("--url", health_page[0])

    assert lease.take("another", timezone.now())


def test_a_step_that_fails_holds_up_no_other_and_the_heart_stops(db, health_page, settings):
    settings.OPERATING = type(settings.OPERATING)(
        **{**vars(settings.OPERATING), "probe_url": "ftp://x"}
    )

    code, said = monitored("--json")

    done = json.loads(said)
    assert code == 1
    assert done["failed"] == {"probe": "ValueError"}
    assert "evaluate" in done["steps"]
    assert MonitorLease.objects.get().beat_at is None


def test_once_and_loop_contradict_each_other():
    with pytest.raises(CommandError):
        call_command("erp_monitor", "--once", "--loop")


@pytest.mark.parametrize(("now", "wait"), [(0.0, 5.0), (5.0, 60.0), (65.5, 59.5), (64.0, 1.0)])
def test_rounds_begin_just_after_the_minute(now, wait):
    assert seconds_to_next(now) == pytest.approx(wait)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_gone_is_told_from_memory(desk, clock, health_page):
    from django.db import connection

    memory = Memory()
    memory.learn(clock.now)
    assert memory.mail
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE operations_monitorlease RENAME TO gone")
    try:
        told = [
            monitor.run(
                clock.forward(minutes=m), holder="a", url=health_page[0], memory=memory
            ).told
            for m in (1, 1, 13, 1)
        ]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE gone RENAME TO operations_monitorlease")

    assert told == [1, 0, 0, 1]  # and again after a quarter of an hour
    assert [message.to for message in mail.outbox] == [[memory.mail]] * 2
    done = monitor.run(clock.now, holder="a", url=health_page[0], memory=memory)
    assert done.database
