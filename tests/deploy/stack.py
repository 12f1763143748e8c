"""A whole installation on the loopback address: nginx, web process groups, Redis, PostgreSQL.

Everything is what deploy/ ships: the command of the unit, the configuration of nginx. Only ports,
folders and certificates are those of the test.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.deploy import units
from tests.deploy.programs import DEPLOY, ROOT, clean, find, run
from tests.postgres import free_port

START_SECONDS = 90
LOG_SECONDS = 20


def tied(command: list[str]) -> list[str]:
    """Let a program end with the tests, however they end, where the system can."""
    launcher = find("setpriv")
    return [launcher, "--pdeathsig", "TERM", "--", *command] if launcher else command


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when somebody listens, or say why nobody does."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on {port}: {log.read_text()}")


class Program:
    """Something that runs until it is stopped, in a process group of its own."""

    def __init__(
        self, command: list[str], *, port: int, log: Path, env: dict[str, str] | None = None
    ) -> None:
        self.command, self.port, self.log = command, port, log
        self.env = {**clean(), **(env or {})}
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                tied(self.command),
                cwd=ROOT,
                env=self.env,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        wait_for_port(self.port, self.process, self.log)

    def reload(self) -> None:
        self.process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """End it and all it started at once, as a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it in good order: calls under way are answered."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(45)
            except subprocess.TimeoutExpired:
                self.kill()


def certificate(folder: Path) -> Path:
    """Make an authority of our own and a certificate for localhost; give the authority's."""
    openssl = find("openssl")
    assert openssl
    folder.mkdir(parents=True, exist_ok=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    authority, request = folder / "ca.crt", folder / "erp.csr"
    extension = folder / "extension"
    extension.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    root = "-x509 -days 2 -subj /CN=authority -addext keyUsage=critical,keyCertSign,cRLSign"
    signed = "-req -days 2 -CAcreateserial"
    steps: list[list[str | Path]] = [
        ["req", *root.split(), *key, "-keyout", folder / "ca.key", "-out", authority],
        ["req", *key, "-keyout", folder / "erp.key", "-out", request, "-subj", "/CN=localhost"],
        ["x509", *signed.split(), "-in", request, "-CA", authority, "-CAkey", folder / "ca.key"],
    ]
    steps[-1] += ["-extfile", extension, "-out", folder / "erp.crt"]
    for step in steps:
        result = run([openssl, *map(str, step)])
        assert result.returncode == 0, result.stdout
    return authority


def configuration(folder: Path, ports: list[int], *, http: int, https: int, patient: bool) -> Path:
    """Put the shipped configuration of nginx into a folder, with the ports of a test."""
    inner = folder / "erp"
    (inner / "errors").mkdir(parents=True)
    moved = {"/etc/nginx/erp": str(inner), "/etc/erp/tls": str(folder / "tls")}
    moved |= {"/var/log/nginx": str(folder), "root /var/lib/erp;": f"root {folder};"}
    moved |= {"erp.example.com": "localhost", "listen [::]": "# listen [::]"}
    moved |= {"listen 80": f"listen 127.0.0.1:{http}", "listen 443": f"listen 127.0.0.1:{https}"}
    moved |= {"https://localhost": f"https://localhost:{https}"}

    def servers(shipped: re.Match[str]) -> str:
        rest = "max_fails=0" if patient else shipped[2]
        return "".join(f"    server 127.0.0.1:{port} {rest};\n" for port in ports)

    source = DEPLOY / "nginx"
    for path in (source / "erp.conf", *source.glob("erp/*"), *source.glob("erp/errors/*")):
        if path.is_dir():
            continue
        text = path.read_text()
        for here, there in moved.items():
            text = text.replace(here, there)
        if path.name == "upstream.conf":
            text = re.sub(r"(    server \S+ ([^;]+);\n)+", servers, text)
        (folder / path.relative_to(source)).write_text(text)
    main = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    paths = " ".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main.write_text(
        f"{user} worker_processes 1; daemon off; pid {folder}/nginx.pid;\n"
        f"error_log {folder}/error.log warn;\n"
        "events { worker_connections 1024; }\n"
        f"http {{ include /etc/nginx/mime.types; {paths}\n include {folder}/erp.conf; }}\n"
    )
    return main


class Nginx(Program):
    """nginx with the shipped configuration in front of some ports."""

    def __init__(self, folder: Path, ports: list[int], *, patient: bool = False) -> None:
        """A patient one leaves no process alone, however often it failed."""
        self.folder, self.http, self.https = folder, free_port(), free_port()
        folder.mkdir(parents=True, exist_ok=True)
        self.authority = certificate(folder / "tls")
        main = configuration(folder, ports, http=self.http, https=self.https, patient=patient)
        program = find("nginx")
        assert program
        self.main = main
        command = [program, "-e", str(folder / "error.log"), "-c", str(main)]
        super().__init__(command, port=self.https, log=folder / "nginx.out")

    def logged(self, *needles: str) -> list[dict[str, Any]]:
        """Give the calls it wrote down, once each of these texts is among them.

        It writes a line after the caller has the answer: whoever looks at once may be first.
        """
        log, deadline = self.folder / "erp.log", time.monotonic() + LOG_SECONDS
        while True:
            text = log.read_text()
            if text.endswith("\n") and all(needle in text for needle in needles):
                return [json.loads(line) for line in text.splitlines()]
            assert time.monotonic() < deadline, f"{needles} not in the log of nginx"
            time.sleep(0.02)

    def complaints(self) -> str:
        """What it wrote down about failing processes, the last of it."""
        return (self.folder / "error.log").read_text()[-3000:]

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))


def redis(folder: Path) -> tuple[Program, str]:
    """Start a Redis that keeps nothing, on the loopback address."""
    program, port = find("redis-server"), free_port()
    assert program
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir"]
    command += [str(folder), "--appendonly", "no"]
    return Program(command, port=port, log=folder / "redis.log"), f"redis://127.0.0.1:{port}/0"


def web(folder: Path, env: dict[str, str], port: int) -> Program:
    """Start one web process group by the command of its unit, smaller for a small machine."""
    command = units.web(port, WEB_WORKERS="1", WEB_THREADS="6")
    return Program(command, port=port, log=folder / f"web-{port}.log", env=env)


def static(folder: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Begin to collect the static files of the pages the tests open (the API's pages are big)."""
    left_out = ("drf_spectacular_sidecar", "rest_framework", "guardian", "xregexp*", "select2*")
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    for name in left_out:
        command += ["--ignore", name]
    return subprocess.Popen(command, cwd=ROOT, env={**clean(), **env})
