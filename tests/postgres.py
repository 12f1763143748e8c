"""A PostgreSQL cluster for one run of the tests, made from the programs this machine has.

It lives in a temporary folder, listens on a free port of the loopback address and on nothing else,
asks for a random password, and is stopped and removed at the end. Run by root it belongs to an
unprivileged user, because PostgreSQL refuses to serve as root.
"""

import locale
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

OLDEST = 15
START_SECONDS = 30
FAST = "fsync=off synchronous_commit=off full_page_writes=off"
COMMON = "max_connections=200 shared_buffers=64MB timezone=UTC log_min_messages=error jit=off"


class NoPostgresError(RuntimeError):
    """Neither a server was named nor are the programs installed."""


def programs() -> Path | None:
    """Find the folder with initdb and postgres, the newest first."""
    named = os.environ.get("TEST_POSTGRES_BIN")
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0),
        reverse=True,
    )
    on_path = shutil.which("initdb")
    folders = [Path(named)] if named else debian
    if on_path and not named:
        folders = [*folders, Path(on_path).resolve().parent]
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "postgres")):
            return folder
    return None


def available() -> str:
    """Say why there is no PostgreSQL for the tests, or nothing when there is."""
    if os.environ.get("TEST_DATABASE_URL"):
        return ""
    if programs() is None:
        return "neither TEST_DATABASE_URL nor installed server programs (initdb, postgres)"
    return ""


def unprivileged() -> pwd.struct_passwd | None:
    """Who owns the cluster when root runs the tests."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgresError("root runs the tests and there is no user postgres or nobody")


def free_port() -> int:
    """Ask the system for a port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sweep(pattern: str, place: Path | None = None) -> None:
    """Remove the folders of runs that were killed: their name holds a process that is no more."""
    for folder in (place or Path(tempfile.gettempdir())).glob(pattern):
        made_by = folder.name.split("-")[2]
        if (
            made_by.isdigit()
            and not Path(f"/proc/{made_by}").exists()
            and Path("/proc/self").exists()
        ):
            shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Cluster:
    """A running server and the folder it lives in."""

    folder: Path
    server: subprocess.Popen[bytes]
    url: str
    made_by: int

    @classmethod
    def start(cls, *, durable: bool = False) -> "Cluster":
        """Make and start a cluster; `durable` keeps fsync on, for tests that kill it."""
        binaries = programs()
        if binaries is None:
            raise NoPostgresError(available())
        sweep("erp-postgres-*")
        folder = Path(tempfile.mkdtemp(prefix=f"erp-postgres-{os.getpid()}-"))
        password, port = secrets.token_hex(16), free_port()
        (folder / "password").write_text(password)
        owner = unprivileged()
        who: dict[str, object] = {}
        if owner:
            who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            for path in (folder, folder / "password"):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        initialise(binaries, folder, who)
        server = serve(binaries, folder, port, who, durable=durable)
        url = f"postgres://erp:{password}@127.0.0.1:{port}/postgres"
        cluster = cls(folder=folder, server=server, url=url, made_by=os.getpid())
        cluster.wait(port)
        return cluster

    def wait(self, port: int) -> None:
        """Return when the server answers, or say why it does not."""
        deadline = time.monotonic() + START_SECONDS
        ready = self.folder / "data" / "postmaster.pid"
        while time.monotonic() < deadline and self.server.poll() is None:
            if ready.exists() and "ready" in ready.read_text():
                return
            time.sleep(0.05)
        log = (self.folder / "log").read_text()[-2000:]
        self.stop()
        raise NoPostgresError(f"PostgreSQL did not start on port {port}:\n{log}")

    def stop(self) -> None:
        """Stop the server and remove its folder; a forked worker leaves both alone."""
        if os.getpid() != self.made_by:
            return
        if self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)  # a fast shutdown: clients are cut off
            try:
                self.server.wait(5)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def character_set() -> str:
    """Find a locale that knows Chinese letters as letters: searches by trigrams go by letters."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        return locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def initialise(binaries: Path, folder: Path, who: dict[str, object]) -> None:
    """Make the cluster's files."""
    command = [
        str(binaries / "initdb"),
        f"--pgdata={folder / 'data'}",
        "--username=erp",
        f"--pwfile={folder / 'password'}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        f"--locale={character_set()}",
        "--no-sync",
    ]
    result = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False, **who)  # type: ignore[call-overload]  # keywords decided at run time
    if result.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise NoPostgresError(f"initdb failed:\n{result.stdout}{result.stderr}")


def serve(
    binaries: Path, folder: Path, port: int, who: dict[str, object], *, durable: bool
) -> subprocess.Popen[bytes]:
    """Start the server; where the system can, it goes down with the tests however they end."""
    options = f"{COMMON} {'' if durable else FAST}".split()
    options += [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}"]
    command = [str(binaries / "postgres"), "-D", str(folder / "data")]
    for option in options:
        command += ["-c", option]
    if launcher := shutil.which("setpriv"):
        command = [launcher, "--pdeathsig", "INT", "--", *command]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **who)  # type: ignore[call-overload, no-any-return]  # keywords decided at run time
