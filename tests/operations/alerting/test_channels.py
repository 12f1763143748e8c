"""Messages as Slack, DingTalk, WeCom and Feishu want them, to a real receiver over TLS."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import http.server
import ipaddress
import json
import ssl
import threading
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.exceptions import ValidationError
from django.db import connection

from apps.common import outbox
from apps.common.models import OutboxMessage
from apps.operations.admin.alerts import ChannelForm
from apps.operations.alerting import incidents, webhooks
from apps.operations.alerting.rules import rules
from apps.operations.alerting.webhooks import WebhookError
from apps.operations.models import AlertChannel
from erp.operating import LOOPBACK

pytestmark = pytest.mark.django_db
KEY = "SEC-very-secret"


def certificate(folder):
    """A certificate of our own for 127.0.0.1, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    text = made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "receiver.pem"
    path.write_bytes(text)
    return path


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def receiver(pem, monkeypatch, settings):
    """An HTTPS server that keeps what it gets and answers what it is told to."""
    got: list[tuple[str, dict]] = []
    answer = {"status": 200, "text": '{"errcode": 0, "code": 0}'}

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            got.append((self.path, json.loads(self.rfile.read(length))))
            self.send_response(answer["status"])
            self.send_header("Location", "https://127.0.0.1/elsewhere")
            self.end_headers()
            self.wfile.write(answer["text"].encode())

        def log_message(self, *_args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    settings.OPERATING = replace(settings.OPERATING, alert_allow=LOOPBACK)
    yield f"https://127.0.0.1:{server.server_port}/hook/token", got, answer
    server.shutdown()
    server.server_close()
    thread.join(5)


def channel(kind, url, **more):
    made = AlertChannel(name=kind, kind=kind, url=url, **more)
    made.full_clean()
    made.save()
    return made


def alert(clock, name="application_down"):
    return incidents.open_for(rules().alerts[name], now=clock.now, value=0.0, limit="< 0.5")


def hmac_of(key, text):
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


@pytest.mark.parametrize("kind", ["slack", "dingtalk", "wecom", "feishu", "phone"])
def test_each_shape_arrives(desk, clock, receiver, kind):
    url, got, _answer = receiver
    channel(kind, url, secret=KEY)
    incident = alert(clock)

    outbox.send_due()

    (path, body), *others = got
    assert others == []
    assert urlsplit(path).path == "/hook/token"
    words = {
        "slack": lambda: body["text"],
        "dingtalk": lambda: body["text"]["content"],
        "wecom": lambda: body["text"]["content"],
        "feishu": lambda: body["content"]["text"],
        "phone": lambda: body["text"],
    }[kind]()
    assert incident.number in words
    assert "/runbooks/slow" in words
    assert KEY not in json.dumps(body) + path
    assert KEY not in json.dumps(list(OutboxMessage.objects.values("payload", "last_error")))
    stamp = str(int(clock.now.timestamp()))
    if kind == "dingtalk":
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        assert query["timestamp"] == stamp + "000"
        assert query["sign"] == hmac_of(KEY, f"{query['timestamp']}\n{KEY}")
        assert body["msgtype"] == "text"
    if kind == "feishu":
        assert (body["timestamp"], body["msg_type"]) == (stamp, "text")
        assert body["sign"] == hmac_of(f"{stamp}\n{KEY}", "")
    if kind == "phone":
        assert (body["incident"], body["tier"]) == (incident.number, "critical")


REFUSALS = [
    ("slack", 500, "no_service"),
    ("slack", 302, ""),
    ("dingtalk", 200, '{"errcode": 310000}'),
    ("wecom", 200, '{"errcode": 40058}'),
    ("feishu", 200, '{"code": 19021}'),
    ("feishu", 200, "no JSON"),
]


@pytest.mark.parametrize(("kind", "status", "text"), REFUSALS)
def test_what_is_refused_is_sent_again(desk, clock, receiver, kind, status, text):
    url, got, answer = receiver
    channel(kind, url)
    alert(clock)
    answer |= {"status": status, "text": text}
    outbox.send_due()
    waiting = OutboxMessage.objects.get(topic="operations.channel")
    assert (waiting.status, waiting.attempts) == ("pending", 1)
    assert "token" not in waiting.last_error
    answer |= {"status": 200, "text": '{"errcode": 0, "code": 0}'}

    outbox.send_due(now=clock.forward(minutes=2))

    assert len(got) == 2
    waiting.refresh_from_db()
    assert waiting.status == "sent"


@pytest.mark.parametrize(
    ("tier", "alerts", "expected"),
    [("critical", ("disk",), 0), ("warning", ("disk", "application_down"), 2), ("info", (), 0)],
)
def test_a_channel_hears_its_tier_and_the_more_urgent(desk, clock, tier, alerts, expected):
    channel("slack", "https://chat.example.com/x", least_tier=tier)
    for name in alerts:
        alert(clock, name)
    assert OutboxMessage.objects.filter(topic="operations.channel").count() == expected


PRIVATE = [
    *("https://127.0.0.1/x", "https://localhost/x", "https://10.0.0.1/x", "https://[::1]/x"),
    *("https://169.254.169.254/x", "https://192.168.1.1/x", "https://0.0.0.0/x"),
    *("https://[::ffff:127.0.0.1]/x", "https://2130706433/x", "http://example.com/x", "https:///"),
]


@pytest.mark.parametrize("url", PRIVATE)
def test_our_own_network_is_not_called(url):
    with pytest.raises(WebhookError):
        webhooks.post(url, {})


def test_a_name_is_judged_by_all_its_addresses_and_pinned(monkeypatch, receiver):
    """A name that is public and private at once is private."""
    rows = [(2, 1, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(webhooks.socket, "getaddrinfo", lambda *_args, **_more: rows)

    with pytest.raises(WebhookError, match="private network"):
        webhooks.judged_address("example.com", 443)

    monkeypatch.setattr(webhooks.socket, "getaddrinfo", lambda *_args, **_more: rows[:1])
    assert webhooks.judged_address("example.com", 443) == "93.184.216.34"


def test_a_certificate_nobody_vouches_for_is_refused(monkeypatch, receiver, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate(tmp_path)))

    with pytest.raises(WebhookError, match="SSLCert") as refused:
        webhooks.post(receiver[0], {})

    assert "token" not in str(refused.value)
    assert receiver[1] == []


def test_address_and_key_are_encrypted_at_rest():
    made = channel("feishu", "https://chat.example.com/token", secret=KEY)

    with connection.cursor() as cursor:
        cursor.execute("SELECT url, secret FROM operations_alertchannel")
        row = cursor.fetchone()

    assert "token" not in row[0]
    assert KEY not in row[1]
    made.refresh_from_db()
    assert (made.url, made.secret) == ("https://chat.example.com/token", KEY)


@pytest.mark.parametrize("url", ["http://example.com/", "ftp://x/", "https://u:p@x.com/", "x", ""])
def test_only_https_is_kept(url):
    with pytest.raises(ValidationError):
        channel("slack", url)
    assert not AlertChannel.objects.exists()


def test_the_form_shows_no_secret_and_keeps_what_is_left_empty():
    made = channel("feishu", "https://chat.example.com/token", secret=KEY)
    form = ChannelForm(instance=made)
    assert "token" not in str(form)
    assert KEY not in str(form)

    data = {"name": "Room", "kind": "feishu", "least_tier": "info", "url": "", "secret": ""}
    form = ChannelForm({**data, "is_active": "on"}, instance=made)
    assert form.is_valid(), form.errors
    form.save()

    made.refresh_from_db()
    assert (made.name, made.url, made.secret) == ("Room", "https://chat.example.com/token", KEY)
