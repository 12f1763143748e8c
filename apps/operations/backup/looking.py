"""Working on another database as if it were ours, for as long as a block lasts.

Backups are proved by asking a restored copy the very questions the product asks its own database;
rules, checks and services name no database, so it is the connection itself that is exchanged. In
this thread only: commands have no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend


@contextmanager
def aimed_at(config: dict[str, Any]) -> Iterator[BaseDatabaseWrapper]:
    """Let everything that asks for the database ask this one."""
    usual = connections[DEFAULT_DB_ALIAS]
    other: BaseDatabaseWrapper = load_backend(config["ENGINE"]).DatabaseWrapper(
        config, DEFAULT_DB_ALIAS
    )
    connections[DEFAULT_DB_ALIAS] = other
    ContentType.objects.clear_cache()
    try:
        yield other
    finally:
        connections[DEFAULT_DB_ALIAS] = usual
        ContentType.objects.clear_cache()
        other.close()


def config_of(name: str | None = None) -> dict[str, Any]:
    """The settings of our database, or of another one beside it; without a pool to hold it open."""
    ours = connections[DEFAULT_DB_ALIAS].settings_dict
    options = {key: value for key, value in ours["OPTIONS"].items() if key != "pool"}
    return {**ours, "NAME": name or ours["NAME"], "OPTIONS": options}


def let_go() -> None:
    """Close our own connections, so that the database can be renamed."""
    ours: Any = connections[DEFAULT_DB_ALIAS]
    ours.close()
    if ours.vendor == "postgresql":
        ours.close_pool()
