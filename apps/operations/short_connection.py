"""A database connection for watching: its own, soon given up, and never in the way of the work.

Whoever watches must not wait as long as whoever works. The pool may be empty and a server that
hangs answers nobody, so watching neither takes a connection of the pool nor gives one back, and
whatever it writes is rolled back by closing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

# Patience, and on SQLite a write lock at the beginning of each transaction.
LEFT_OUT = frozenset({"pool", "init_command", "transaction_mode"})
SQLITE_WAIT_SECONDS = 0.25
POSTGRES_CONNECT_SECONDS = 2  # the least the client library knows
POSTGRES_STATEMENT_MS = 1000
POSTGRES_SILENCE_MS = 2000


@contextmanager
def short_connection(alias: str = DEFAULT_DB_ALIAS) -> Iterator[BaseDatabaseWrapper]:
    """Have this thread use a connection with short limits, and close it at the end."""
    usual = connections[alias]
    limited = _limited(usual.settings_dict)
    wrapper: BaseDatabaseWrapper = load_backend(limited["ENGINE"]).DatabaseWrapper(limited, alias)
    connections[alias] = wrapper
    try:
        yield wrapper
    finally:
        connections[alias] = usual
        wrapper.close()


@contextmanager
def short_transaction(alias: str = DEFAULT_DB_ALIAS) -> Iterator[BaseDatabaseWrapper]:
    """Have this thread work in a transaction with short limits that is always taken back."""
    with short_connection(alias) as wrapper, transaction.atomic(using=alias):
        if wrapper.vendor == "postgresql":
            # For this transaction only: behind pgbouncer the connection is somebody else's next.
            with wrapper.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {POSTGRES_STATEMENT_MS}")
        yield wrapper
        transaction.set_rollback(True, using=alias)


def _limited(configured: dict[str, Any]) -> dict[str, Any]:
    """The settings of the database with limits instead of pool and patience."""
    options = {k: v for k, v in configured["OPTIONS"].items() if k not in LEFT_OUT}
    limited = {**configured, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "OPTIONS": options}
    if "sqlite" in configured["ENGINE"]:
        options["timeout"] = SQLITE_WAIT_SECONDS
        limited["NAME"] = _existing(str(configured["NAME"]))
    else:
        options["connect_timeout"] = POSTGRES_CONNECT_SECONDS
        options["tcp_user_timeout"] = POSTGRES_SILENCE_MS
        options["application_name"] = "erp-watch"
    return limited


def _existing(name: str) -> str:
    """A file that has to be there: SQLite would make an empty one and call it a database."""
    if name.startswith(("file:", ":memory:")):
        return name
    return f"file:{quote(str(Path(name).absolute()))}?mode=rw"
