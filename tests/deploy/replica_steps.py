"""Steps of the replica tests, in a process with two databases: which one answered is printed."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

STEPS: dict[str, Callable[[], dict[str, Any]]] = {}


def step(work: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    STEPS[work.__name__] = work
    return work


def currencies() -> Any:
    from apps.catalog.models import Currency

    return Currency.objects.all()


def answered() -> str:
    """Ask for rows and tell which database was asked."""
    rows = currencies()
    list(rows)
    return str(rows.db)


def marked_read() -> str:
    from apps.common.replica import reading_from_replica

    with reading_from_replica():
        return answered()


def new_request() -> None:
    from django.core.signals import request_started

    request_started.send(sender=None)


def make(code: str) -> Any:
    from apps.catalog.models import Currency

    return Currency.objects.create(code=code, name=code, symbol=code)


def make_another() -> Any:
    """One of a code nobody has taken: steps are run several times on one database."""
    from apps.catalog.models import Currency

    taken = Currency.objects.using("default").filter(code__regex=r"^Q\d\d$").count()
    return make(f"Q{taken:02}")


@step
def marked() -> dict[str, Any]:
    from django.conf import settings

    return {"answered": marked_read(), "routers": settings.DATABASE_ROUTERS}


@step
def routing() -> dict[str, Any]:
    from django.db import transaction

    from apps.common.replica import reading_from_replica

    said: dict[str, Any] = {"unmarked": answered(), "marked": marked_read()}
    with transaction.atomic():
        said["in_transaction"] = marked_read()
    make("AAA")
    said["after_write"] = marked_read()
    refresh_copy()
    new_request()
    said["next_request"] = marked_read()
    with reading_from_replica():
        row = currencies().get(code="AAA")
        assert row._state.db == "replica"
    said["related_of_a_read_row"] = str(type(row).objects.filter(pk=row.pk).db)
    row.symbol = "A"
    row.save()
    said["saved_row_of_the_copy_went_to"] = row._state.db
    with reading_from_replica(), reading_from_replica():
        pass
    said["nested_end"] = answered()
    return said


@step
def marks() -> dict[str, Any]:
    from apps.catalog.models import Currency
    from apps.common import dashboard
    from apps.common.admin.export import ExportActionsMixin
    from apps.common.replica import bound

    asked: list[str] = []
    dashboard.register(lambda _request: asked.append(answered()))
    refresh_copy()
    new_request()
    said: dict[str, Any] = {"bound": str(bound(currencies()).db)}
    export = ExportActionsMixin()
    export.export_columns = ("code",)  # type: ignore[misc]  # as a class of the admin names them
    queried = watch("replica")
    list(export.export_rows(Currency.objects.all()))
    said["export"] = "replica" if queried else "default"
    dashboard._tiles[:] = [(0, dashboard._tiles[-1][1])]
    dashboard.tiles(None)  # type: ignore[arg-type]  # the tile above asks no request
    said["dashboard"] = asked[-1]
    return said


def watch(alias: str) -> list[str]:
    """Collect the statements one database gets from now on."""
    from django.db import connections

    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    connections[alias].execute_wrappers.append(note)
    return seen


def paths() -> tuple[Path, Path]:
    from django.conf import settings

    return tuple(Path(settings.DATABASES[name]["NAME"]) for name in ("default", "replica"))  # type: ignore[return-value]


def refresh_copy() -> None:
    """What replication does: bring the second file up to date."""
    import sqlite3

    from django.db import connections

    primary, copy = paths()
    connections["replica"].close()
    with closing(sqlite3.connect(primary)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    os.utime(copy)


@step
def writing() -> dict[str, Any]:
    from django.db import OperationalError

    from apps.catalog.models import Currency

    refused = ""
    try:
        Currency.objects.using("replica").create(code="ZZZ", name="Z", symbol="Z")
    except OperationalError as error:
        refused = str(error)
    return {"refused": refused}


@step
def old() -> dict[str, Any]:
    primary, _copy = paths()
    refresh_copy()
    new_request()
    found = [marked_read()]
    soon = time.time() + 5
    os.utime(primary, (soon, soon))
    found.append(marked_read())
    refresh_copy()
    os.utime(primary)
    return {"answered": [*found, marked_read()]}


@step
def standby_refuses() -> dict[str, Any]:
    from django.db import InternalError, connections

    try:
        with connections["replica"].cursor() as cursor:
            cursor.execute("UPDATE catalog_currency SET name = 'forged'")
    except InternalError as error:
        return {"refused": str(error).splitlines()[0]}
    return {"refused": ""}


@step
def streamed() -> dict[str, Any]:
    """Rows by a cursor on the server, as exports fetch them."""
    from apps.accounts.models import User
    from apps.common.replica import bound

    rows = bound(User.objects.order_by("pk"))
    return {"rows": len(list(rows.iterator(chunk_size=1))), "from": str(rows.db)}


@step
def cut_off() -> dict[str, Any]:
    """The copy ends the connection in the middle of a report."""
    from django.db import connections

    from apps.common.replica import read

    asked: list[str] = []

    def report() -> str:
        asked.append(answered())
        if asked[-1] == "replica":
            with connections["replica"].cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return asked[-1]

    return {"answer": read(report), "asked": asked, "then": marked_read()}


@step
def behind() -> dict[str, Any]:
    """The primary goes on for a second and a half; the limit is one."""
    made: list[str] = [marked_read()]
    for _time in range(3):
        make_another()
        new_request()
        time.sleep(0.5)
    started = time.monotonic()
    made.append(marked_read())
    return {"answered": made, "waited": time.monotonic() - started}


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
    sys.path.insert(0, str(Path.cwd()))
    django.setup()
    said: dict[str, Any] = {}
    for name in sys.argv[1:]:
        said |= STEPS[name]()
    sys.stdout.write("\n" + json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
