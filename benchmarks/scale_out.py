"""What one machine carries: two web process groups behind nginx, short load, memory per process.

    python -m benchmarks.scale_out [SECONDS [CALLERS]]

The figures of docs/*/operations/scaling.md. Callers, nginx, PostgreSQL and Redis share the machine
with the application, so that the truth about a machine of its own is better than this.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.deploy import site as sites
from tests.deploy.database import made_server
from tests.deploy.load import Load
from tests.deploy.stack import Program


def memory(program: Program) -> list[tuple[str, float]]:
    """Megabytes of each process of a group that belong to it, shared pages by their part."""
    main = psutil.Process(program.process.pid)
    return [
        ("main" if process == main else "worker", process.memory_full_info().pss / 2**20)
        for process in (main, *main.children(recursive=True))
    ]


def processor(program: Program) -> float:
    """Seconds of processor time a group has used."""
    main = psutil.Process(program.process.pid)
    times = [process.cpu_times() for process in (main, *main.children(recursive=True))]
    return sum(used.user + used.system for used in times)


def said(name: str, seconds: list[float], lasted: float) -> None:
    """Print one line of the table."""
    if not seconds:
        print(f"| {name} | 0 | | |")
        return
    ordered = sorted(1000 * second for second in seconds)
    p95 = ordered[int(len(ordered) * 0.95)]
    print(
        f"| {name} | {len(seconds) / lasted:.1f}/s | {statistics.median(ordered):.0f} | {p95:.0f} |"
    )


def measure(site: sites.Site, seconds: float, callers: int) -> None:
    """Load the site for a while and print what was seen."""
    idle = [entry for web in site.webs for entry in memory(web)]
    load = Load([site.log_in() for _number in range(callers)], site.person["body"])
    used = sum(map(processor, site.webs))
    began = time.monotonic()
    with load:
        time.sleep(seconds)
    lasted = time.monotonic() - began
    busy = [entry for web in site.webs for entry in memory(web)]
    outcome = load.outcome
    print(f"\n{psutil.cpu_count()} processors, {callers} callers, {lasted:.0f} s")
    print("\n| Call | Rate | Median ms | p95 ms |\n|---|---|---|---|")
    said("POST a requisition of five lines, with key", outcome.write_seconds, lasted)
    said("GET a page of requisitions", outcome.read_seconds, lasted)
    calls = len(outcome.write_seconds) + len(outcome.read_seconds)
    used = sum(map(processor, site.webs)) - used
    print(f"\nprocessor time of the web processes: {1000 * used / calls:.0f} ms a call")
    print(f"\nasked again {len(outcome.first_failures)}, lost {len(outcome.lost)}")
    for moment, entries in (("idle", idle), ("after the load", busy)):
        for kind in ("main", "worker"):
            sizes = [size for name, size in entries if name == kind]
            print(f"{kind} {moment}: {max(sizes):.0f} MB at most")


def main() -> None:
    """Build the site, load it, take it away."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20
    callers = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    with (
        tempfile.TemporaryDirectory(prefix="erp-scale-") as folder,
        made_server() as server,
        sites.running(server, Path(folder)) as site,
    ):
        measure(site, seconds, callers)


if __name__ == "__main__":
    main()
