"""The seven checks before deployment: each shown, each made to fail, each said where it cannot be.

Servers are small ones of this test; what the doctor says is told, as the doctor has tests of its
own.
"""

from __future__ import annotations

import http.server
import socket
import ssl
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.utils import timezone

from apps.operations.alerting import webhooks
from apps.operations.doctor.answers import Answer, State
from apps.operations.metrics import names
from apps.operations.models import AlertChannel, AlertState, MonitorLease
from apps.operations.readiness import facts, predeployment
from apps.operations.readiness.findings import Result
from apps.operations.readiness.predeployment import Target
from tests.operations.doctor.certificates import self_signed
from tests.operations.probes.conftest import closed_port

NOWHERE = Target("http://localhost:1")


@contextmanager
def answering(status=200, chain=None):
    """A server that answers everything alike."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args):
            """Nobody reads it."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if chain:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http{'s' if chain else ''}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def doctor(monkeypatch):
    """Says that all is well, but for what is told."""
    told = {}

    def named(names):
        return [(name, told.get(name, Answer(State.OK, "well"))) for name in names]

    monkeypatch.setattr(predeployment.topics, "named", named)
    return told


def bad(cause):
    return Answer(State.PROBLEM, "bad", cause)


def test_backup(doctor):
    assert predeployment.backup(NOWHERE).result is Result.PASS

    doctor["backup.newest"] = bad("backup_old")

    found = predeployment.backup(NOWHERE)
    assert (found.result, found.cause) == (Result.FAIL, "backup_old")


def test_services(doctor):
    with answering() as url:
        assert predeployment.services(Target(url)).result is Result.PASS
        doctor["queue.worker"] = bad("worker_dead")
        assert predeployment.services(Target(url)).cause == "worker_dead"
    with answering(503) as url:
        assert predeployment.services(Target(url)).cause == "service_down"
    with closed_port() as port:
        away = predeployment.services(Target(f"http://127.0.0.1:{port}"))
    assert away.cause == "service_down"


@pytest.mark.parametrize(
    ("days", "trusted", "cause"),
    [(22, True, ""), (20, True, "certificate_ends"), (90, False, "certificate_not_trusted")],
)
def test_certificate(tmp_path, monkeypatch, days, trusted, cause):
    chain = self_signed(tmp_path / "tls.pem", days)
    real = ssl.create_default_context

    def trusting():
        return real(cafile=str(chain)) if trusted else real()

    monkeypatch.setattr(predeployment.ssl, "create_default_context", trusting)
    with answering(chain=chain) as url:
        found = predeployment.certificate(Target(url))

    assert (found.cause, found.result) == (cause, Result.FAIL if cause else Result.PASS)


def test_certificate_that_is_not_there():
    with closed_port() as port:
        away = predeployment.certificate(Target(f"https://127.0.0.1:{port}"))

    assert away.cause == "certificate_not_seen"
    assert predeployment.certificate(NOWHERE).result is Result.ELSEWHERE


@pytest.mark.parametrize(
    ("found", "wanted", "expected"),
    [
        (["203.0.113.7"], ("203.0.113.7",), Result.PASS),
        (["203.0.113.7", "203.0.113.8"], ("203.0.113.7",), Result.FAIL),
        (["203.0.113.9"], ("203.0.113.7",), Result.FAIL),
        (["203.0.113.9"], (), Result.UNKNOWN),
        (["127.0.0.1"], (), Result.PASS),
        (None, (), Result.FAIL),
    ],
)
def test_name(monkeypatch, found, wanted, expected):
    def getaddrinfo(*_args, **_more):
        if found is None:
            raise socket.gaierror(-2, "Name or service not known")
        return [(0, 0, 0, "", (address, 0)) for address in found]

    monkeypatch.setattr(predeployment.socket, "getaddrinfo", getaddrinfo)

    target = Target("https://erp.example.com", wanted)

    assert predeployment.dns(target).result is expected


@pytest.mark.parametrize("url", ["http://localhost:5000", "https://192.0.2.1", "http://[::1]:5000"])
def test_address_without_a_name(url):
    assert predeployment.dns(Target(url)).result is Result.ELSEWHERE


def test_load_balancer(settings):
    assert predeployment.load_balancer(NOWHERE).result is Result.ELSEWHERE
    settings.PROXIES = 1
    with answering() as url, answering() as one, answering(503) as broken:
        assert predeployment.load_balancer(Target(url)).cause == "instances_not_named"
        good = Target(url, instances=(one, url))
        assert predeployment.load_balancer(good).result is Result.PASS
        for target in (replace(good, instances=(one, broken)), replace(good, url=broken)):
            assert predeployment.load_balancer(target).cause == "instance_down"


def test_monitoring(stored):
    now = timezone.now()
    assert predeployment.monitoring(NOWHERE).cause == "not_measured"
    for metric in (
        *(names.PROBE_SUCCESS, names.PROBE_SECONDS, names.DATABASE_UP),
        *(names.DATABASE_CONNECTIONS, names.DATABASE_BYTES),
        *(names.HOST_CPU, names.HOST_MEMORY, names.HOST_DISK),
    ):
        stored(metric, now, 1.0)
    assert predeployment.monitoring(NOWHERE).cause == "monitor_silent"
    MonitorLease.objects.create(pk=1, expires_at=now, beat_at=now)
    for alert in facts.rules().alerts:
        AlertState.objects.create(alert=alert, since=now, evaluated_at=now)

    assert predeployment.monitoring(NOWHERE).result is Result.PASS


def test_alerts(db, doctor, monkeypatch):
    sent = []

    def post(url, body):
        if "broken" in url:
            raise webhooks.WebhookError("answered 500")
        sent.append(body)
        return webhooks.Answer(200, "ok")

    monkeypatch.setattr(predeployment.webhooks, "post", post)
    assert predeployment.alerts(NOWHERE).cause == "no_channel"
    room = {"kind": "slack", "least_tier": "warning"}
    AlertChannel.objects.create(name="Room", url="https://chat.example.com/a", **room)
    assert predeployment.alerts(NOWHERE).result is Result.PASS
    assert "Test of the alert channel “Room”" in sent[0]["text"]
    doctor["mail.server"] = bad("mail_refused")
    assert predeployment.alerts(NOWHERE).cause == "mail_refused"
    doctor.clear()
    AlertChannel.objects.create(name="Other", url="https://chat.example.com/broken", **room)

    found = predeployment.alerts(NOWHERE)

    assert (found.cause, "Other" in found.said) == ("channel_silent", True)
