"""Run the product on one's own machine, all its programs and demo data, until Ctrl-C."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 10

LOGINS = (
    ("engineer", "engineer123", "asks for things"),
    ("manager", "manager123", "heads the engineer's department"),
    ("procurement", "procurement123", "orders them, in the admin"),
    ("admin", "admin123", "governs"),
    ("auditor", "auditor123", "reads everything, changes nothing"),
)


class Stop(Exception):  # noqa: N818  # an event, not a fault
    """Somebody asked us to end."""


def port_from_environment() -> int:
    """Read PORT, by default 5000."""
    text = os.environ.get("PORT", "") or "5000"
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 2**16:
        sys.exit(f"PORT has to be a number from 1 to 65535, not {text!r}.")
    return int(text)


def answers(port: int) -> bool:
    """Tell whether somebody listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def prepare() -> None:
    """Bring the database up to date; make roles; load the demo data once into a new database."""
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    (BASE_DIR / "var").mkdir(exist_ok=True)
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    is_new = "django_migrations" not in connection.introspection.table_names()
    if is_new:
        print("Making the database ...", flush=True)
    # Migrations make classes by the thousand; a third of the time went into looking for waste.
    gc.disable()
    call_command("migrate", interactive=False, verbosity=0)
    gc.freeze()
    gc.enable()
    call_command("erp_setup_roles", verbosity=0)
    call_command("erp_setup_reference", verbosity=0)
    call_command("erp_setup_mappings", verbosity=0)
    call_command("erp_setup_support", verbosity=0)
    seed(is_new=is_new)
    connection.close()


def seed(*, is_new: bool) -> None:
    """Load the demo data unless this very database has it.

    The note beside the database holds the moment the database was made: a database that was
    removed and made again gets its data again, one that somebody brought along never does, and
    loading that was cut off is taken up at the next start.
    """
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    first = MigrationRecorder(connection).migration_qs.order_by("pk").values_list("applied").first()
    born = first[0].isoformat() if first else ""
    name = Path(str(connection.settings_dict["NAME"]))
    folder = name.parent if connection.vendor == "sqlite" else BASE_DIR / "var"
    note = folder / f"{name.stem}.demo"
    wanted = f"{born} wanted"
    if is_new:
        note.write_text(wanted)
    if note.exists() and note.read_text() == wanted:
        print("Loading demo data, once ...", flush=True)
        call_command("erp_seed", *demonstration())
        note.write_text(f"{born} loaded")


def demonstration() -> list[str]:
    """Read DEMO_REQUISITIONS: how long the story is told, by default as long as it is."""
    wanted = os.environ.get("DEMO_REQUISITIONS", "")
    if wanted and not (wanted.isascii() and wanted.isdigit()):
        sys.exit(f"DEMO_REQUISITIONS has to be a number, not {wanted!r}.")
    return ["--requisitions", wanted] if wanted else []


def start(port: int) -> list[subprocess.Popen[bytes]]:
    """Start the web server and the worker of background tasks."""
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST]
    granian += ["--port", str(port), "--workers", "1", "--blocking-threads", "4"]
    granian += ["--workers-kill-timeout", "5", "--no-ws", "--log-level", "warning"]
    granian += ["erp.wsgi:application"]
    worker = [sys.executable, "manage.py", "db_worker", "--queue-name", "*", "--no-reload"]
    worker += ["--verbosity", "0"]
    return [launched(granian), launched(worker)]


def launched(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a program in a group of its own.

    So Ctrl-C reaches us alone, and nothing it started outlives it; where the system can, it ends
    as well when we are killed.
    """
    launcher = shutil.which("setpriv")
    with_us = [launcher, "--pdeathsig", "TERM", "--"] if launcher else []
    return subprocess.Popen([*with_us, *command], cwd=BASE_DIR, start_new_session=True)


def watch(port: int) -> subprocess.Popen[bytes]:
    """Start the monitor, so that dashboards have something to show and alerts are heard."""
    url = f"http://localhost:{port}/api/health"
    monitor = [sys.executable, "manage.py", "erp_monitor", "--loop", "--url", url]
    return launched([*monitor, "--verbosity", "0"])


def wait_until_ready(children: list[subprocess.Popen[bytes]], port: int) -> None:
    """Return when the server answers; give up when it ended or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not answers(port):
        if children[0].poll() is not None or time.monotonic() > deadline:
            raise Stop
        time.sleep(0.1)


def greet(port: int) -> None:
    """Print where things are and who may log in."""
    address = f"http://localhost:{port}"
    print(f"\n  Workspace   {address}/")
    print(f"  Back office {address}/admin/")
    print(f"  API         {address}/api/docs/\n")
    for name, password, role in LOGINS:
        print(f"  {name:<12}{password:<16}{role}")
    print("\n  Ctrl-C stops. The data stays in var/.\n", flush=True)


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    """End the children in good order, and by force when they do not."""
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def asked_to_stop(_number: int, _frame: FrameType | None) -> None:
    """Turn a signal into an exception the main line can end on."""
    raise Stop


def serve(port: int) -> int:
    """Run until asked to stop, or until one of the children ends."""
    children = start(port)
    try:
        wait_until_ready(children, port)
        greet(port)
        children.append(watch(port))
        while all(child.poll() is None for child in children):
            time.sleep(0.2)
    except Stop:
        pass
    failed = [child for child in children if child.poll() not in {None, 0}]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    stop(children)
    if failed:
        print("A part of the system ended by itself; see the lines above.", file=sys.stderr)
        return 1
    print("Stopped.")
    return 0


def main() -> int:
    """Prepare and serve."""
    os.environ.setdefault("ERP_DEBUG", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
    sys.path.insert(0, str(BASE_DIR))
    port = port_from_environment()
    demonstration()  # says what is wrong before anything is made
    if answers(port):
        print(f"Port {port} is in use. Choose another: make run PORT={port + 1}", file=sys.stderr)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, asked_to_stop)
    try:
        prepare()
    except Stop:
        print("Stopped before serving; the next start takes it up from here.", file=sys.stderr)
        return 1
    return serve(port)


if __name__ == "__main__":
    sys.exit(main())
