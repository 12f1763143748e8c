"""What the hot operations cost: data statements and milliseconds, through the API in one process.

Runs on SQLite and, where the machine has it, on a durable PostgreSQL of its own; both are thrown
away. Prints one table per database. Network and server are left out on purpose: what is measured
is the work of the product and its database.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
ROUNDS = int(os.environ.get("ROUNDS", "40"))
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET ")


def measure(name: str, work: Callable[[], Any]) -> dict[str, Any]:
    """Do the work many times; the first time warms up and does not count."""
    from django.db import connection

    statements: list[int] = []
    times: list[float] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's signature
        if not sql.lstrip().upper().startswith(CONTROL):
            statements[-1] += 1
        return execute(sql, params, many, context)

    for round_number in range(ROUNDS + 1):
        statements.append(0)
        started = time.perf_counter()
        with connection.execute_wrapper(count):
            answer = work()
        times.append((time.perf_counter() - started) * 1000)
        if answer.status_code >= 400:
            raise SystemExit(f"{name}: {answer.status_code} {answer.content!r}")
        if round_number == 0:
            statements.clear()
            times.clear()
    return {
        "operation": name,
        "statements": max(statements),
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
    }


class Company:
    """The demonstration company, called through the API."""

    def __init__(self) -> None:
        from django.test import Client

        self.client = Client(headers={"accept-language": "en"})
        self.tokens = {name: self._log_in(name) for name in ("engineer", "manager", "procurement")}

    def _log_in(self, name: str) -> str:
        body = {"username": name, "password": f"{name}123"}
        answer = self.client.post("/api/auth/login", body, content_type="application/json")
        return str(answer.json()["access"])

    def call(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One call as somebody."""
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"authorization": f"Bearer {self.tokens[who]}", **headers},
        )

    def create(self) -> Any:
        """A requisition of five lines."""
        lines = [{"item": f"TST-{n:03d}", "quantity": "2", "unit": "C62"} for n in range(1, 6)]
        body = {
            "title": "Bench",
            "department": "ENG",
            "cost_centre": "CC-100",
            "currency": "CNY",
            "lines": lines,
        }
        return self.call("engineer", "POST", "requisitions", body)

    def submitted(self) -> str:
        """A requisition waiting for the manager, and its address."""
        made = self.create().json()
        path = f"requisitions/{made['id']}"
        self.call("engineer", "POST", f"{path}/submit", {}, **{"if-match": '"1"'})
        return path

    def approve(self, path: str) -> Any:
        """The manager's step."""
        return self.call("manager", "POST", f"{path}/approve", {}, **{"if-match": '"2"'})


def run() -> list[dict[str, Any]]:
    """Measure on the database the environment names."""
    company = Company()
    drafts = [company.create().json() for _number in range(ROUNDS + 1)]
    waiting = [company.submitted() for _number in range(ROUNDS + 1)]
    to_submit = iter(drafts)
    to_approve = iter(waiting)
    one = waiting[0]

    def submit() -> Any:
        path = f"requisitions/{next(to_submit)['id']}/submit"
        return company.call("engineer", "POST", path, {}, **{"if-match": '"1"'})

    return [
        measure("create, 5 lines", company.create),
        measure("submit", submit),
        measure("approve", lambda: company.approve(next(to_approve))),
        measure("list 50", lambda: company.call("procurement", "GET", "requisitions")),
        measure("read one with lines", lambda: company.call("engineer", "GET", one)),
        measure("search", lambda: company.call("engineer", "GET", "items?search=osc")),
        measure("worklist inbox", lambda: company.call("manager", "GET", "approvals")),
    ]


def child() -> None:
    """Set the database up, measure, print JSON."""
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    settings.SECURE_SSL_REDIRECT = False
    settings.DEBUG = True
    call_command("migrate", verbosity=0)
    call_command("erp_seed", without_documents=True, verbosity=0, stdout=sys.stderr)
    settings.DEBUG = False  # Django keeps no list of statements then
    sys.stdout.write(json.dumps(run()))


def show(database: str, url: str) -> None:
    """Measure in a process of its own and print the table."""
    environment = {
        **os.environ,
        "ERP_DEBUG": "1",
        "DATABASE_URL": url,
        "ERP_RATE_USER": "1000000/min",
        "ERP_RATE_LOGIN": "1000/min",
        "ERP_LOG_LEVEL": "WARNING",
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.operations", "child"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    rows = json.loads(done.stdout)
    print(f"\n{database} ({ROUNDS} rounds)")
    print(f"{'operation':<24}{'statements':>12}{'p50 ms':>10}{'p95 ms':>10}")
    for row in rows:
        print(
            f"{row['operation']:<24}{row['statements']:>12}{row['p50_ms']:>10}{row['p95_ms']:>10}"
        )


def main() -> None:
    """Measure on each database there is."""
    from tests.postgres import Cluster, available

    with tempfile.TemporaryDirectory() as folder:
        show("SQLite", f"sqlite:///{folder}/bench.sqlite3")
    missing = available()
    if missing:
        print(f"\nPostgreSQL: skipped ({missing})")
        return
    cluster = Cluster.start(durable=True)
    try:
        show("PostgreSQL", cluster.url)
    finally:
        cluster.stop()


if __name__ == "__main__":
    child() if sys.argv[1:] == ["child"] else main()
