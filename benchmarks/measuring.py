"""What measuring costs: microseconds per request, and as a share of what requests take.

The layer is timed by itself, with as many statements as the page sends, because its share is far
below the noise of whole requests. Runs on a throw-away SQLite; prints one row per page.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
ROUNDS = int(os.environ.get("ROUNDS", "30"))
LAYER_ROUNDS = 2000
MOST = 0.01
PAGES = (
    ("engineer", "/"),
    ("engineer", "/api/v1/requisitions"),
    ("procurement", "/admin/"),
    ("procurement", "/admin/catalog/item/"),
)


def median(work: Callable[[], Any], rounds: int) -> float:
    """The middle of many, in seconds; the first warms up."""
    times = []
    for _round in range(rounds + 1):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def cost(route: str, statements: int) -> float:
    """What the layer and its listeners cost for one request with this many statements."""
    from django.http import HttpResponse  # noqa: TID251 - the layer is HTTP
    from django.test import RequestFactory
    from django.urls import resolve

    from apps.common.measuring import measure_query
    from apps.common.middleware.measure import MeasureMiddleware

    request = RequestFactory().get(route)
    request.resolver_match = resolve(route)
    response, many = HttpResponse(), False

    def bare(_request: Any) -> HttpResponse:
        for _statement in range(statements):
            execute("", (), many, {})
        return response

    def execute(sql: str, params: Any, many: bool, context: Any) -> None:  # noqa: FBT001 - Django's signature
        """A statement that costs nothing."""

    def measured(_request: Any) -> HttpResponse:
        for _statement in range(statements):
            measure_query(execute, "", (), many, {})
        return response

    layer = MeasureMiddleware(measured)
    return median(lambda: layer(request), LAYER_ROUNDS) - median(
        lambda: bare(request), LAYER_ROUNDS
    )


def run() -> bool:
    """Measure each page; tells whether every share is below the bar."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connection, reset_queries
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tests import factories

    call_command("migrate", verbosity=0)
    for command in ("erp_setup_roles", "erp_setup_reference"):
        call_command(command, verbosity=0)
    call_command("erp_seed", "--requisitions", "60")
    is_below = True
    print(f"{'page':32} {'statements':>10} {'p50 ms':>8} {'layer µs':>9} {'share':>7}")
    for name, path in PAGES:
        user = get_user_model().objects.get(username=name)
        client = factories.api_client(user) if path.startswith("/api/") else Client()
        if not path.startswith("/api/"):
            client.force_login(user)

        def ask(client: Client = client, path: str = path) -> None:
            answer = client.get(path)
            if answer.status_code != 200:
                raise SystemExit(f"{path}: {answer.status_code}")

        ask()
        reset_queries()  # the list has an end, and the demo data have reached it
        with CaptureQueriesContext(connection) as queries:
            ask()
        page, layer = median(ask, ROUNDS), cost(path, len(queries))
        share = layer / page
        is_below = is_below and share < MOST
        print(f"{path:32} {len(queries):10} {page * 1e3:8.1f} {layer * 1e6:9.0f} {share:7.2%}")
    return is_below


def main() -> None:
    """Measure on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "erp.settings",
            "ERP_DEBUG": "1",
            "ERP_ALLOWED_HOSTS": "testserver",
            "ERP_LOG_LEVEL": "WARNING",
            "ERP_METRICS_STORE": "0",
            "ERP_METRICS_DIR": f"{folder}/metrics",
            "DATABASE_URL": f"sqlite:///{folder}/erp.sqlite3",
        }
        import django

        django.setup()
        if not run():
            sys.exit(f"Measuring costs more than {MOST:.0%} of a request.")


if __name__ == "__main__":
    main()
