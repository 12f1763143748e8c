"""What is looked at: host, database, jobs; the synthetic probe; and who may read the page."""

from __future__ import annotations

import dataclasses
import datetime as dt
import http.server
import threading
from collections.abc import Iterator

import psutil
import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from apps.accounts.models import ApiSession
from apps.common.models import OutboxMessage
from apps.operations.metrics import collecting, gauges, names, reading
from apps.operations.metrics.exposition import NOBODY, locked, sweep
from apps.operations.metrics.host import Host, watched_folders
from apps.operations.models import Sample
from tests import factories as make
from tests.operations.metrics.conftest import exposed, value
from tests.operations.probes.conftest import FAULTS, closed_port

pytestmark = pytest.mark.django_db
COMMITTED = pytest.mark.django_db(transaction=True)


def figures_of_database(now=None):
    return {metric.name: figure for metric, _label, figure in gauges.of_database(now)}


@COMMITTED
def test_jobs_messages_and_log_ins_are_counted(on_postgres):
    now = timezone.now()
    past, future = now - dt.timedelta(minutes=10), now + dt.timedelta(hours=1)
    common = {"args_kwargs": {}, "task_path": "x", "backend_name": "default"}
    for status, due in (("READY", past), ("READY", past), ("READY", future), ("RUNNING", past)):
        DBTaskResult.objects.create(status=status, run_after=due, **common)
    DBTaskResult.objects.create(status="FAILED", run_after=past, **common)
    DBTaskResult.objects.update(enqueued_at=past)
    for status, due in (("pending", past), ("pending", future), ("failed", past), ("sent", past)):
        OutboxMessage.objects.create(topic="x", status=status, available_at=due)
    for number, end in enumerate((past, future, future)):
        Session.objects.create(session_key=f"s{number}", session_data="", expire_date=end)
    user = make.make_user()
    for end, revoked in ((future, None), (past, None), (future, past)):
        ApiSession.objects.create(user=user, token_id="x", expires_at=end, revoked_at=revoked)

    seen = figures_of_database(now)

    assert seen[names.TASKS_WAITING.name] == 2
    assert seen[names.TASKS_RUNNING.name] == seen[names.TASKS_FAILED.name] == 1
    assert seen[names.TASKS_OLDEST.name] == pytest.approx(600, abs=5)
    assert seen[names.OUTBOX_WAITING.name] == seen[names.OUTBOX_FAILED.name] == 1
    assert seen[names.SESSIONS.name] == 2
    assert seen[names.API_SESSIONS.name] == 1
    assert seen[names.AUDIT_NEWEST.name] > 0
    assert seen[names.DATABASE_UP.name] == 1
    assert seen[names.DATABASE_BYTES.name] > 100_000
    assert (names.DATABASE_CONNECTIONS_RATIO.name in seen) is on_postgres


@pytest.mark.postgres
def test_connections_and_their_limit(on_postgres):
    seen = figures_of_database()
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        limit = int(cursor.fetchone()[0])

    assert seen[names.DATABASE_CONNECTIONS_LIMIT.name] == limit
    used = seen[names.DATABASE_CONNECTIONS.name]
    assert used >= 2
    assert seen[names.DATABASE_CONNECTIONS_RATIO.name] == pytest.approx(used / limit)


@pytest.mark.parametrize("fault", FAULTS)
def test_database_that_is_away_is_said_and_stops_nothing(fault, tmp_path):
    with FAULTS[fault](tmp_path):
        assert figures_of_database() == {names.DATABASE_UP.name: 0.0}
        assert value(exposed(), names.DATABASE_UP.name) == 0.0


def test_host_is_read():
    seen = {(metric.name, label): figure for metric, label, figure in Host().readings()}

    ratios = {key: figure for key, figure in seen.items() if key[0].endswith("_ratio")}
    assert all(0 <= figure <= 1 for figure in ratios.values())
    assert seen[names.HOST_MEMORY.name, ""] == pytest.approx(
        psutil.virtual_memory().percent / 100, abs=0.2
    )
    assert watched_folders().keys() == {"data", "backups"}
    for label, folder in watched_folders().items():
        assert seen[names.HOST_DISK.name, label] == pytest.approx(
            psutil.disk_usage(str(folder)).percent / 100, abs=0.05
        )


def test_busy_processor_is_seen():
    host = Host()
    list(host.readings())
    deadline = timezone.now() + dt.timedelta(seconds=0.4)
    while timezone.now() < deadline:
        sum(range(1000))
    seen = {metric.name: figure for metric, _label, figure in host.readings()}

    assert seen[names.HOST_CPU.name] > 0.5 / (psutil.cpu_count() or 1)


def test_collecting_stores_a_row_for_each_gauge():
    now = timezone.now()

    seen = collecting.collect(now)

    assert seen[names.DATABASE_UP.name] == 1
    assert f"{names.HOST_DISK.name}{{data}}" in seen
    assert Sample.objects.count() == len(seen)
    point = reading.latest(names.HOST_DISK, label="data", now=now)
    assert point.average == pytest.approx(seen[f"{names.HOST_DISK.name}{{data}}"])
    assert point.at == now.replace(second=0, microsecond=0)


class Answer(http.server.BaseHTTPRequestHandler):
    """Answers with the status of its path."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.django_db(transaction=True)  # the page looks over a connection of its own
@pytest.mark.parametrize(("status", "is_up"), [(200, 1), (204, 1), (404, 0), (500, 0), (503, 0)])
def test_synthetic_probe_records_what_a_user_would_see(site, status, is_up):
    now = timezone.now()

    probed = collecting.probe(f"{site}/{status}", now=now)

    assert (probed.is_up, probed.status) == (bool(is_up), status)
    since, until = now - dt.timedelta(minutes=2), now + dt.timedelta(minutes=1)
    assert reading.uptime(since, until) == is_up
    assert reading.latest(names.PROBE_SECONDS, now=now).average == pytest.approx(probed.seconds)
    assert value(exposed(), names.PROBE_SUCCESS.name) == is_up


def test_synthetic_probe_of_nobody():
    with closed_port() as port:
        probed = collecting.probe(f"http://127.0.0.1:{port}/")

    assert (probed.is_up, probed.status) == (False, None)


def test_synthetic_probe_of_somebody_silent():
    from tests.operations.probes.conftest import silent_server

    with silent_server() as port:
        probed = collecting.probe(f"http://127.0.0.1:{port}/", seconds=0.2)

    assert not probed.is_up
    assert probed.seconds < 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://localhost/", "localhost"])
def test_synthetic_probe_asks_over_http_only(url):
    with pytest.raises(ValueError, match="asks http"):
        collecting.probe(url)


def test_counts_of_ended_processes_stay(tmp_path):
    from prometheus_client.mmap_dict import MmapedDict, mmap_key

    key = mmap_key("erp_x", "erp_x_total", ["route"], ["/a"], "Help.")
    gone = max(psutil.pids()) + 100_000
    for pid, number in ((gone, 2.0), (gone + 1, 3.0), (psutil.Process().pid, 10.0)):
        for kind in ("counter", "histogram", "gauge_livesum"):
            file = MmapedDict(str(tmp_path / f"{kind}_{pid}.db"))
            file.write_value(key, number, 0.0)
            file.close()
    with locked(tmp_path):
        assert sweep(tmp_path) == 6
        assert sweep(tmp_path) == 0

    for kind in ("counter", "histogram"):
        kept = MmapedDict.read_all_values_from_file(str(tmp_path / f"{kind}_{NOBODY}.db"))
        assert [number for _key, number, _stamp, _place in kept] == [5.0]
        assert (tmp_path / f"{kind}_{psutil.Process().pid}.db").exists()
    assert len(list(tmp_path.glob("gauge_*"))) == 1


TOKEN = "a-token-of-more-than-24-signs"
READERS = [
    ("127.0.0.1", "", 200),
    ("203.0.113.9", f"Bearer {TOKEN}", 200),
    ("203.0.113.9", "Bearer wrong", 403),
    ("203.0.113.9", "", 403),
]


@pytest.mark.parametrize(("address", "header", "status"), READERS)
def test_page_is_for_the_token_and_named_networks(settings, address, header, status):
    settings.OPERATING = dataclasses.replace(settings.OPERATING, metrics_token=TOKEN)
    client = Client(HTTP_HOST="10.1.2.3", REMOTE_ADDR=address)

    response = client.get("/metrics", headers={"authorization": header})

    assert response.status_code == status
    assert response.headers["Cache-Control"] == "no-store"
    assert (b"erp_" in response.content) is (status == 200)
    assert client.head("/metrics", headers={"authorization": header}).content == b""
    assert client.post("/metrics", headers={"authorization": header}).status_code == 405


def test_form_of_the_page_follows_the_reader():
    plain = Client().get("/metrics", headers={"accept": "text/plain;version=0.0.4"})
    browser = Client().get("/metrics", headers={"accept": "text/html,*/*"})

    assert plain.headers["Content-Type"].startswith("text/plain")
    assert browser.headers["Content-Type"].startswith("application/openmetrics-text")
    assert browser.content.endswith(b"# EOF\n")
    assert configured.OPERATING.metrics_dir.is_dir()
