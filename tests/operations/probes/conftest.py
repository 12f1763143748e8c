"""Breaking things for real, and clients that ask like an orchestrator."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from apps.operations.probes import views


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Every test looks for itself."""
    views.Probe.recent.clear()
    views.Started.has_started = False
    yield
    views.Probe.recent.clear()
    views.Started.has_started = False


@pytest.fixture
def client() -> Client:
    """An orchestrator: it knows an address, no name, and has a stale cookie of somebody."""
    return Client(HTTP_HOST="10.1.2.3:8000", HTTP_COOKIE="sessionid=stale")


@contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections and never says a word: a database server that hangs."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        yield server.getsockname()[1]


@contextmanager
def closed_port() -> Iterator[int]:
    """A port where nobody listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
    yield port


@contextmanager
def pointed_at(**changes: Any) -> Iterator[None]:
    """Point new connections elsewhere; those of the test keep what they have."""
    configured = connections["default"].settings_dict
    before = {name: configured[name] for name in changes}
    configured.update(changes)
    try:
        yield
    finally:
        configured.update(before)


@contextmanager
def refused(tmp_path: Path) -> Iterator[None]:
    """Nobody is there."""
    if connection.vendor == "sqlite":
        with pointed_at(NAME=str(tmp_path / "missing" / "erp.sqlite3")):
            yield
    else:
        with closed_port() as port, pointed_at(HOST="127.0.0.1", PORT=port):
            yield


@contextmanager
def hung(tmp_path: Path) -> Iterator[None]:
    """Somebody is there and does not answer: a silent server, or a file locked for good."""
    if connection.vendor == "postgresql":
        with silent_server() as port, pointed_at(HOST="127.0.0.1", PORT=port):
            yield
        return
    path = tmp_path / "locked.sqlite3"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("CREATE TABLE django_migrations (id INTEGER, name TEXT)")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        with pointed_at(NAME=str(path)):
            yield
    finally:
        holder.close()


@contextmanager
def emptied(tmp_path: Path) -> Iterator[None]:
    """The database answers and our tables are gone."""
    if connection.vendor == "sqlite":
        path = tmp_path / "empty.sqlite3"
        sqlite3.connect(path).execute("CREATE TABLE other (id INTEGER)").connection.close()
        with pointed_at(NAME=str(path)):
            yield
    else:
        with pointed_at(NAME="postgres"):
            yield


FAULTS: dict[str, Callable[[Path], Any]] = {"refused": refused, "hung": hung, "emptied": emptied}


@pytest.fixture(params=FAULTS)
def broken_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Each way a database can be broken."""
    with FAULTS[request.param](tmp_path):
        yield request.param
