"""What the probes look at, as checks of django-health-check.

A check says in plain words what is wrong and nothing about hosts, versions or statements: those
stand in the log. The limit holds for a database that hangs as well as for one that refuses.
"""

from __future__ import annotations

import dataclasses
import sqlite3
import time
import uuid
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import psutil
from auditlog import get_logentry_model
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from health_check import HealthCheck
from health_check.exceptions import ServiceReturnedUnexpectedResult, ServiceUnavailable
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.state import token_backend
from rest_framework_simplejwt.tokens import AccessToken

from apps.common import events
from apps.operations.models import Series
from apps.operations.short_connection import short_transaction

SHORTEST_KEY = 32  # bytes; what the signature itself has
LEAST_FREE_BYTES = 100 * 1024 * 1024
LIMIT = timedelta(seconds=0.5)  # the library adds a second before it gives up: 1.5 of the 2 allowed


@dataclasses.dataclass
class Check(HealthCheck):  # type: ignore[misc]  # the library has no types
    """One thing to look at; `name` is what an operator is told."""

    name: ClassVar[str]
    timeout = LIMIT


@dataclasses.dataclass
class DatabaseReads(Check):
    """The database answers and holds our tables."""

    name: ClassVar[str] = "database"
    connections: int | None = dataclasses.field(default=None, init=False, repr=False)
    query_time: float | None = dataclasses.field(default=None, init=False, repr=False)

    def run(self) -> None:
        try:
            with short_transaction() as wrapper, wrapper.cursor() as cursor:
                started = time.perf_counter()
                cursor.execute("SELECT name FROM django_migrations ORDER BY id DESC LIMIT 1")
                row = cursor.fetchone()
                self.query_time = round(time.perf_counter() - started, 6)
                self.connections = _connections(wrapper, cursor)
        except Error as error:
            raise ServiceUnavailable("the database does not answer") from error
        if row is None:
            raise ServiceReturnedUnexpectedResult("the database is empty")


@dataclasses.dataclass
class DatabaseWrites(Check):
    """A row can be written; it is taken back at once."""

    name: ClassVar[str] = "database_writes"

    def run(self) -> None:
        try:
            with short_transaction():
                Series.objects.exists()
                Series.objects.create(metric="probe", label=uuid.uuid4().hex)
        except Error as error:
            if not _somebody_else_writes(error):
                raise ServiceUnavailable("the database takes no changes") from error


@dataclasses.dataclass
class Migrations(Check):
    """The tables are those this version of the code was written for."""

    name: ClassVar[str] = "migrations"

    def run(self) -> None:
        try:
            with short_transaction() as wrapper:
                applied = set(MigrationRecorder(wrapper).applied_migrations())
        except Error as error:
            raise ServiceUnavailable("the database does not answer") from error
        missing = [
            key
            for key, replaced in _shipped().items()
            if key not in applied and not (replaced and replaced <= applied)
        ]
        if missing:
            raise ServiceUnavailable(f"{len(missing)} migrations are not applied")


@dataclasses.dataclass
class DiskSpace(Check):
    """There is room to write where the data are."""

    name: ClassVar[str] = "disk"
    least_free: int = LEAST_FREE_BYTES

    def run(self) -> None:
        for folder in data_folders():
            if psutil.disk_usage(str(folder)).free < self.least_free:
                raise ServiceUnavailable("a disk with data is full")


@dataclasses.dataclass
class Audit(Check):
    """What happens is written down: somebody listens, and the table is there."""

    name: ClassVar[str] = "audit"

    def run(self) -> None:
        if not events.recorded.has_listeners(events.Record):
            raise ServiceUnavailable("nobody writes down what happens")
        try:
            with short_transaction():
                get_logentry_model().objects.order_by("-id").values("id").first()
        except Error as error:
            raise ServiceUnavailable("the audit cannot be read") from error


@dataclasses.dataclass
class Keys(Check):
    """The live key signs tokens and accepts them; expired and forged ones are refused."""

    name: ClassVar[str] = "keys"

    def run(self) -> None:
        try:
            good, old = AccessToken(), AccessToken()
            old.set_exp(from_time=timezone.now() - timedelta(days=1), lifetime=timedelta(hours=1))
            accepted = [_is_accepted(str(token)) for token in (good, old, _forged(good))]
        except Exception as error:
            raise ServiceUnavailable("tokens cannot be signed") from error
        if len(token_backend.prepared_signing_key) < SHORTEST_KEY:
            raise ServiceUnavailable("the key can be guessed")
        if accepted != [True, False, False]:
            raise ServiceReturnedUnexpectedResult("tokens are not told from each other")


def data_folders() -> list[Path]:
    """The folders that grow, or where they will be made."""
    folders = [Path(settings.MEDIA_ROOT)]
    if connection.vendor == "sqlite":
        folders.append(Path(str(connection.settings_dict["NAME"])).absolute().parent)
    return [next(p for p in (f, *f.parents) if p.exists()) for f in folders]


def _connections(wrapper: Any, cursor: Any) -> int:
    """Who is connected to our database now; to a file it is whoever asks."""
    if wrapper.vendor != "postgresql":
        return 1
    cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    return int(cursor.fetchone()[0])


def _somebody_else_writes(error: Error) -> bool:
    """SQLite has one writer at a time: that it is busy shows that it can be written."""
    cause = error.__cause__
    return isinstance(cause, sqlite3.Error) and cause.sqlite_errorname == "SQLITE_BUSY"


@cache
def _shipped() -> dict[tuple[str, str], set[tuple[str, str]]]:
    """Every migration of this version of the code, with those it replaces."""
    loader = MigrationLoader(None)
    return {key: set(node.replaces) for key, node in loader.graph.nodes.items() if node}


def _is_accepted(token: str) -> bool:
    try:
        AccessToken(token)  # type: ignore[arg-type]  # the library takes the text as well
    except TokenError:
        return False
    return True


def _forged(token: Any) -> str:
    """The same claims under somebody else's signature."""
    head, claims, signature = str(token).split(".")
    return f"{head}.{claims}.{signature[::-1]}"
