"""The database an installation names by DATABASE_URL, with the options each kind needs."""

from __future__ import annotations

from typing import Any

import environ

# A write lock is taken when a transaction begins: it waits its turn instead of failing half-way,
# and what was committed is on the disk.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
}
POOL_WAIT_SECONDS = 10
REPLICA_CONNECT_SECONDS = 2  # a copy that does not answer at once is not waited for


def parse(text: str) -> dict[str, Any]:
    """Read the address of the database: SQLite or PostgreSQL."""
    if text.partition(":")[0] not in {"sqlite", "postgres", "postgresql"}:
        raise ValueError("has to begin with sqlite:/// or postgres://")
    try:
        config: dict[str, Any] = environ.Env.db_url_config(text)
    except (environ.ImproperlyConfigured, ValueError):
        raise ValueError("cannot be read as the address of a database") from None
    if not config.get("NAME") or not config.get("ENGINE"):
        raise ValueError("names no database")
    return config


def with_options(config: dict[str, Any] | None, *, pool: int) -> dict[str, Any]:
    """Add locking and durability to SQLite, a pool of connections to PostgreSQL.

    Without a pool of ours one of transactions (pgbouncer) may stand between: the rows of a cursor
    on the server would lie in another connection at the next fetch, so there are none then.
    """
    if not config:
        return {}
    if "sqlite" in config["ENGINE"]:
        options: dict[str, Any] = SQLITE_OPTIONS
    elif pool:
        options = {"pool": {"min_size": 1, "max_size": pool, "timeout": POOL_WAIT_SECONDS}}
    else:
        options = {}
    return {
        **config,
        "CONN_MAX_AGE": 0,  # the pool keeps connections; a kept one would never go back to it
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": not pool,
        "OPTIONS": {**config.get("OPTIONS", {}), **options},
    }


def as_replica(config: dict[str, Any], *, pool: int) -> dict[str, Any]:
    """Give a copy that is only read what it needs: to be asked briefly, and never written to.

    It has no pool of ours: reports are few, and a pool would wait long for a copy that is gone.
    """
    if not config:
        return {}
    if "sqlite" in config["ENGINE"]:
        options: dict[str, Any] = {"timeout": 5, "init_command": "PRAGMA query_only=ON"}
    else:
        options = {"connect_timeout": REPLICA_CONNECT_SECONDS}
    return {
        **config,
        "CONN_MAX_AGE": 0,
        "DISABLE_SERVER_SIDE_CURSORS": not pool,
        "OPTIONS": {**config.get("OPTIONS", {}), **options},
    }
