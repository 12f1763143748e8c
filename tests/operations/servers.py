"""A real server over a copy of the demonstration, and a proxy that tampers with its answers."""

from __future__ import annotations

import http.client
import http.server
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher
from django.test import override_settings

from apps.operations.backup.looking import aimed_at
from tests.deploy.programs import clean
from tests.operations import sites
from tests.postgres import free_port

ROOT = Path(settings.BASE_DIR)
HASHERS = ["tests.operations.servers.QuickHasher"]
PATIENCE = 60
DROPPED = {"transfer-encoding", "connection", "content-length"}


class QuickHasher(BCryptSHA256PasswordHasher):
    """What the server reads, made in a millisecond instead of a quarter of a second."""

    rounds = 4


def environment(site, port):
    return {
        **clean(),
        **site.environment,
        "ERP_BASE_URL": f"http://localhost:{port}",
        "ERP_METRICS_DIR": str(site.folder / "metrics"),
        "ERP_METRICS_STORE": "0",
        "ERP_LOG_FILE": str(site.folder / "erp.log"),
        "ERP_LOG_FORMAT": "json",
        "ERP_RATE_LOGIN": "1000/min",
        "ERP_DATABASE_POOL": "0",
    }


@contextmanager
def serving(site, port, **variables):
    """Granian as in production, ended with everything it started."""
    (site.folder / "metrics").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "2", "--no-ws"]
    with (site.folder / "server.log").open("wb") as out:
        process = subprocess.Popen(
            [*command, "erp.wsgi:application"],
            cwd=ROOT,
            env={**environment(site, port), **variables},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, f"http://127.0.0.1:{port}/livez", site.folder / "server.log")
        yield
    finally:
        process.terminate()
        process.wait(30)


def _wait(process, url, log):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  # our own
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


@contextmanager
def copied(story, folder):
    """A copy of the demonstration and a port for its server; this process works on it too."""
    base, _media = story
    name, prefix = sites.new_name(base, folder)
    sites.copy_database(base, name)
    (folder / "media").mkdir()
    site = sites.Site(folder, {**base, "NAME": name}, [])
    port = free_port()
    changed = override_settings(
        PASSWORD_HASHERS=HASHERS,
        DEBUG=True,
        MEDIA_ROOT=site.media,
        BASE_URL=f"http://localhost:{port}",
    )
    try:
        with changed, aimed_at(site.config):
            yield site, port
    finally:
        if prefix:
            sites.drop_all(base, prefix)


@contextmanager
def installation(story, folder):
    """The same with its server running."""
    with copied(story, folder) as (site, port), serving(site, port):
        yield site, port


@contextmanager
def tampering(port, tamper, *, chain=None):
    """A proxy in front of the server; `tamper` gets and gives (path, status, headers, body)."""

    class Between(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            length = int(self.headers.get("Content-Length") or 0)
            onward = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            onward.request(self.command, self.path, self.rfile.read(length), dict(self.headers))
            got = onward.getresponse()
            seen = (got.status, dict(got.getheaders()), got.read())
            status, headers, body = tamper(self.path, *seen)
            onward.close()
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in DROPPED:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815  # the library's name
        do_PATCH = do_GET  # noqa: N815  # and this

        def log_message(self, *_args):
            """Nobody reads it."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Between)
    scheme = "http"
    if chain is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"{scheme}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
