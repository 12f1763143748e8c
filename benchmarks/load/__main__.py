"""Build the stage, serve it, let people in, say what came of it: see the package."""

from __future__ import annotations

import argparse
import json
import os
import platform
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from benchmarks.load import report

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".venv" / "bench"  # locust and what it brings; see scripts/setup_bench.sh
BASELINE = ROOT / "benchmarks" / "baseline.json"
WARM_UP = 8.0
WORKERS, THREADS = 2, 4
START_SECONDS = 60


def arguments() -> argparse.Namespace:
    """Read what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for each level (60)")
    parser.add_argument("--users", type=int, nargs="+", default=[50, 100])
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--json", type=Path, help="write the report there")
    parser.add_argument(
        "--check",
        action="store_true",
        help=f"exit 1 when a fifth worse than {BASELINE.relative_to(ROOT)}",
    )
    parser.add_argument("--save-baseline", action="store_true", help="make this run the baseline")
    return parser.parse_args()


def environment(url: str) -> dict[str, str]:
    """An installation without TLS in front, whose limits are above what fifty people do."""
    mine = ("ERP_", "DJANGO_", "TEST_", "DATABASE_", "REDIS_", "PG", "GRANIAN_")
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(mine)}
    rates = dict.fromkeys(("ERP_RATE_ANONYMOUS", "ERP_RATE_USER", "ERP_RATE_LOGIN"), "1000000/min")
    return {
        **inherited,
        **rates,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "benchmarks.load.settings",
        "ERP_DEBUG": "1",
        "ERP_SECRET_KEY": secrets.token_urlsafe(64),
        "ERP_DATABASE_POOL": str(THREADS),
        "ERP_LOG_LEVEL": "WARNING",
    }


@contextmanager
def served(env: dict[str, str], folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Serve with granian as an installation does, two worker processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(WORKERS)]
    command += ["--blocking-threads", str(THREADS), "--backlog", "2048", "--http", "1", "--no-ws"]
    command += ["--log-level", "warning", "erp.wsgi:application"]
    log = (folder / "server.log").open("wb")
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"The server did not start:\n{(folder / 'server.log').read_text()}")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def family(process: psutil.Process) -> list[psutil.Process]:
    """The server and its workers."""
    return [process, *process.children(recursive=True)]


def processor(process: psutil.Process) -> float:
    """Seconds of processor time the server has used."""
    times = [one.cpu_times() for one in family(process)]
    return float(sum(used.user + used.system for used in times))


def let_in(
    users: int, options: argparse.Namespace, env: dict[str, str], address: str, number: int
) -> list[list[Any]]:
    """Run one level with locust and give every call."""
    folder = Path(env["BENCH_PLAN"]).parent
    calls = folder / f"calls-{users}.json"
    lasting = round(options.seconds + WARM_UP)
    command = [sys.executable, "-m", "locust", "--headless", "--only-summary", "--skip-log-setup"]
    command += ["--locustfile", str(ROOT / "benchmarks/load/people.py"), "--host", address]
    command += ["--users", str(users), "--spawn-rate", str(users), "--run-time", f"{lasting}s"]
    done = subprocess.run(
        command,
        env={
            **env,
            "PYTHONPATH": str(TOOLS),
            "BENCH_CALLS": str(calls),
            "BENCH_ROUND": str(number),
        },
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if not calls.exists():
        sys.exit(f"locust did not run:\n{done.stdout}")
    found: list[list[Any]] = json.loads(calls.read_text(encoding="utf-8"))
    if any(call[3] >= 400 or call[3] == 0 for call in found):
        print(done.stdout[-2000:], file=sys.stderr)
    return found


def machine() -> dict[str, Any]:
    """Where this was measured."""
    return {
        "processors": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "load_average": [round(one, 1) for one in psutil.getloadavg()],
    }


def measure(options: argparse.Namespace, url: str, folder: Path) -> dict[str, Any]:
    """All levels on one stage."""
    env = environment(url)
    print(f"Building the stage: {options.documents} requisitions ...", flush=True)
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.load.stage", str(options.documents)],
        env=env,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    plan = folder / "plan.json"
    plan.write_text(made.stdout, encoding="utf-8")
    env["BENCH_PLAN"] = str(plan)
    levels = []
    with served(env, folder) as (address, server):
        for number, users in enumerate(options.users):
            used = processor(server)
            calls = let_in(users, options, env, address, number)
            used = processor(server) - used
            level = {
                "users": users,
                **report.summary(calls, warm_up=WARM_UP, seconds=options.seconds + WARM_UP),
                "rss_mb": round(sum(p.memory_info().rss for p in family(server)) / 2**20),
                "cpu_ms_per_call": round(1000 * used / max(1, len(calls)), 1),
            }
            print(report.table(level), flush=True)
            levels.append(level)
    documents = json.loads(made.stdout)["documents"]
    return {"documents": documents, "machine": machine(), "levels": levels}


def main() -> int:
    """Measure, print, compare."""
    sys.path.insert(0, str(ROOT))
    from tests.postgres import Cluster, available

    options = arguments()
    if options.check and not BASELINE.exists():
        print(f"There is no {BASELINE.relative_to(ROOT)} yet: run with --save-baseline first, on a")
        print("machine nobody else uses; figures of a busy one would hide every step back.")
        return 2
    missing = available()
    if missing:
        print(f"Load: skipped ({missing})")
        return 0
    with tempfile.TemporaryDirectory(prefix="erp-load-") as folder:
        cluster = Cluster.start(durable=True)
        try:
            found = measure(options, cluster.url, Path(folder))
        finally:
            cluster.stop()
    for path in (options.json, BASELINE if options.save_baseline else None):
        if path:
            path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(f"\nOdoo on such a machine, one user, p50 ms: {report.ODOO}; mix {report.ODOO_MIX}/s")
    if not options.check:
        return 0
    worse = report.regressions(found, json.loads(BASELINE.read_text(encoding="utf-8")))
    for line in worse:
        print(f"worse: {line}")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
