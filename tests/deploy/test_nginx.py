"""nginx as shipped: it accepts the files, and repeats exactly what may be repeated."""

from __future__ import annotations

import http.client
import json
import re
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.programs import DEPLOY, needs, run
from tests.deploy.stack import Nginx

pytestmark = needs("nginx", "openssl")
FOLDER = DEPLOY / "nginx"


class Stub(BaseHTTPRequestHandler):
    """A web process that answers with what it was sent, or ends in the middle."""

    protocol_version = "HTTP/1.1"

    def handle_any(self) -> None:
        stubs: Stubs = self.server.stubs  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with stubs.lock:
            stubs.seen[self.server.server_port] += 1  # type: ignore[attr-defined]
            fails = stubs.failures > 0
            stubs.failures -= fails
        if fails:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        said = {"headers": dict(self.headers), "body": body.decode(), "path": self.path}
        payload = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


for method in ("GET", "POST", "PATCH", "DELETE", "OPTIONS"):
    setattr(Stub, f"do_{method}", Stub.handle_any)


class StubServer(ThreadingHTTPServer):
    """Ends quietly when nginx hangs up first: that is what some of the tests are about."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Stubs:
    """Two web processes; the next `failures` calls end without an answer."""

    def __init__(self) -> None:
        self.lock, self.seen, self.failures = threading.Lock(), Counter[int](), 0
        self.servers = [StubServer(("127.0.0.1", 0), Stub) for _number in range(2)]
        for server in self.servers:
            server.stubs = self  # type: ignore[attr-defined]
            threading.Thread(target=server.serve_forever, daemon=True).start()

    @property
    def ports(self) -> list[int]:
        return [server.server_port for server in self.servers]


@pytest.fixture(scope="module")
def stubs() -> Iterator[Stubs]:
    made = Stubs()
    yield made
    for server in made.servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def nginx(stubs: Stubs, tmp_path_factory) -> Iterator[Nginx]:
    made = Nginx(tmp_path_factory.mktemp("nginx"), stubs.ports, patient=True)
    yield made
    made.stop()


def call(
    nginx: Nginx, method: str, path: str, *, body: bytes = b"", tls: bool = True, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    if tls:
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            "localhost", nginx.https, context=nginx.trust, timeout=20
        )
    else:
        connection = http.client.HTTPConnection("localhost", nginx.http, timeout=20)
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    connection.request(method, path, body or None, named)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


def test_nginx_accepts_the_files(nginx: Nginx):
    result = run([nginx.command[0], "-t", "-c", str(nginx.main)])

    assert result.returncode == 0, result.stdout
    assert "warn" not in result.stdout


@pytest.mark.parametrize(
    ("method", "path", "headers", "repeated"),
    [
        ("GET", "/", {}, True),
        ("GET", "/api/v1/requisitions", {}, True),
        ("OPTIONS", "/api/v1/requisitions", {}, True),
        ("DELETE", "/api/v1/requisitions/1", {}, True),
        ("POST", "/api/v1/requisitions", {"Idempotency_Key": "one"}, True),
        ("POST", "/api/v1/requisitions", {}, False),
        ("POST", "/api/v1/requisitions", {"Idempotency_Key": ""}, False),
        ("POST", "/requisitions/new", {}, False),
        ("POST", "/login", {}, False),
        ("PATCH", "/api/v1/requisitions/1", {"Idempotency_Key": "one"}, False),
    ],
)
def test_what_is_repeated_when_a_process_ends_in_the_middle(
    nginx, stubs, method, path, headers, repeated
):
    stubs.failures, before = 1, sum(stubs.seen.values())

    response, content = call(nginx, method, path, body=b"{}" * (method == "POST"), **headers)

    assert (response.status == 200) is repeated, content
    assert sum(stubs.seen.values()) - before == (2 if repeated else 1)
    if not repeated:
        assert response.status == 503
        assert response.headers["Retry-After"] == "5"
    elif method == "POST":
        assert json.loads(content)["body"] == "{}"


@pytest.fixture
def alone(stubs: Stubs, tmp_path) -> Iterator[Nginx]:
    """One process that is there and one that is not, with the memory nginx ships with."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        made = Nginx(tmp_path, [stubs.ports[0], closed.getsockname()[1]])
        yield made
    made.stop()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_process_left_alone_is_asked_when_nobody_else_is_there(alone, stubs, method):
    stubs.failures = 2
    lost = [call(alone, "POST", "/requisitions/new")[0].status for _number in range(2)]
    assert lost == [503, 503]

    answers = [call(alone, method, "/requisitions/new")[0].status for _number in range(4)]

    assert answers == [200] * 4
    assert "no live upstreams" in alone.complaints()


def test_a_refused_call_is_handed_on_whatever_it_is(stubs, tmp_path):
    """A process that is down never took the call: a form is safe with the other one."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    nginx = Nginx(tmp_path, [port, stubs.ports[0]])
    try:
        answers = [call(nginx, "POST", "/requisitions/new", body=b"x=1") for _number in range(6)]
    finally:
        nginx.stop()

    assert {response.status for response, _content in answers} == {200}


def test_origin_is_set_here_and_never_taken_from_outside(nginx, stubs):
    lies = {
        "X_Forwarded_For": "203.0.113.9",
        "X_Forwarded_Proto": "http",
        "X_Forwarded_Host": "evil.example.com",
        "X_Real_IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9",
        "X_Request_ID": "mine-1",
    }

    _response, content = call(nginx, "GET", "/", **lies)

    sent = {name.lower(): text for name, text in json.loads(content)["headers"].items()}
    assert sent["x-forwarded-for"] == "127.0.0.1"
    assert sent["x-forwarded-proto"] == "https"
    assert sent["x-request-id"] == "mine-1"
    assert sent["host"] == f"localhost:{nginx.https}"
    assert not {"x-forwarded-host", "x-real-ip", "forwarded"} & set(sent)


@pytest.mark.parametrize("given", ["two words", "a" * 65, '"; drop', ".x"])
def test_a_request_id_that_could_do_harm_is_replaced(nginx, stubs, given):
    _response, content = call(nginx, "GET", "/", X_Request_ID=given)

    sent = {name.lower(): text for name, text in json.loads(content)["headers"].items()}
    assert re.fullmatch(r"[0-9a-f]{32}", sent["x-request-id"])


def test_plain_http_leads_to_https(nginx):
    response, _content = call(nginx, "GET", "/requisitions?page=2", tls=False)

    assert response.status == 301
    assert response.headers["Location"] == f"https://localhost:{nginx.https}/requisitions?page=2"


@pytest.mark.parametrize("tls", [True, False])
@pytest.mark.parametrize("path", ["/livez", "/readyz", "/startupz"])
def test_probes_are_answered_with_and_without_tls(nginx, stubs, path, tls):
    response, content = call(nginx, "GET", path, tls=tls)

    assert response.status == 200
    assert json.loads(content)["path"] == path


@pytest.mark.parametrize("path", ["/metrics", "/errors/503.html", "/errors/404.json"])
def test_what_is_not_for_the_public_is_not_there(nginx, stubs, path):
    before = sum(stubs.seen.values())

    response, content = call(nginx, "GET", path)

    assert response.status == 404
    assert b"nginx" not in content
    assert sum(stubs.seen.values()) == before


def test_a_call_that_is_too_large_is_stopped_at_the_door(nginx, stubs):
    before = sum(stubs.seen.values())
    length = str(26 * 1024 * 1024)

    response, content = call(nginx, "POST", "/api/v1/files", Content_Length=length)

    assert response.status == 413
    assert response.headers["Content-Type"] == "application/problem+json"
    assert json.loads(content)["code"] == "too_large"
    assert sum(stubs.seen.values()) == before


@pytest.mark.parametrize(
    ("path", "kind"), [("/", "text/html; charset=utf-8"), ("/api/v1/x", "application/problem+json")]
)
def test_errors_are_pages_for_people_and_problems_for_programs(tmp_path, path, kind):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    nginx = Nginx(tmp_path, [port])
    try:
        response, content = call(nginx, "GET", path, X_Request_ID="asked-1")
        style, _css = call(nginx, "GET", "/errors/error.css")
    finally:
        nginx.stop()

    assert (response.status, response.headers["Content-Type"]) == (503, kind)
    assert response.headers["X-Request-ID"] == "asked-1"
    assert response.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert b"nginx" not in content
    assert style.headers["Content-Type"] == "text/css"


def test_log_has_the_id_and_no_query(nginx, stubs):
    call(nginx, "GET", "/path?token=secret", X_Request_ID="logged-1", User_Agent='a"b\n'.strip())

    (entry,) = [line for line in nginx.logged('"logged-1"') if "logged-1" in line.values()]
    assert entry["path"] == "/path"
    assert entry["status"] == 200
    assert "secret" not in (nginx.folder / "erp.log").read_text()


def test_error_pages_are_in_both_languages_and_without_inline_style():
    pages = sorted((FOLDER / "erp" / "errors").glob("*.html"))

    assert {page.stem for page in pages} == {"400", "404", "413", "429", "503"}
    for page in pages:
        text = page.read_text()
        assert 'lang="zh-Hans"' in text
        assert "style=" not in text
        assert "<script" not in text
        problem = json.loads(page.with_suffix(".json").read_text())
        assert problem["status"] == int(page.stem)


def test_every_file_that_is_included_is_shipped():
    included = set()
    for path in (FOLDER / "erp.conf", *FOLDER.glob("erp/*.conf")):
        included |= set(re.findall(r"include /etc/nginx/(\S+);", path.read_text()))

    assert included == {
        str(path.relative_to(FOLDER)) for path in Path(FOLDER / "erp").glob("*.conf")
    }
