"""What every test has: no way out of this machine, and skips that say what is missing."""

import gc
import ipaddress
import os
import shutil
import socket
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from _pytest import runner
from _pytest.nodeid import coerce_node_id
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from apps.common.stack import with_room
from tests import databases

# A busy machine is no counter-example.
hypothesis_settings.register_profile("erp", deadline=None)
hypothesis_settings.load_profile("erp")

LOOPBACK_NAMES = {"localhost", ""}


def chromium() -> str | None:
    """Find the browser of end-to-end tests."""
    named = os.environ.get("TEST_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


NEEDS_DATA = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def touches_data(item: pytest.Item) -> bool:
    """Tell a test that asks a database; only those have anything to show on a second one."""
    names = set(getattr(item, "fixturenames", ()))
    return bool(names & NEEDS_DATA) or item.get_closest_marker("django_db") is not None


def in_browser(item: pytest.Item) -> bool:
    """Tell a walk in a browser."""
    return "playwright" in getattr(item, "fixturenames", ())


def group_of(item: pytest.Item) -> str:
    """Name what tests stay with one worker for: a server, or a help desk set up for a module."""
    mark = item.get_closest_marker("xdist_group")
    if mark:
        return str(mark.args[0])
    return item.path.stem if "_desk" in getattr(item, "fixturenames", ()) else ""


def place(item: pytest.Item) -> int:
    """Say where a test stands: what takes long begins early, so that nobody is alone at the end.

    Walks in the browser come last, because its driver leaves an event loop in the thread.
    """
    if in_browser(item):
        return 3 if "come" not in getattr(item, "fixturenames", ()) else 2
    return 0 if item.get_closest_marker("xdist_group") else 1


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None]:
    """Put things in order, and skip, by name, what cannot be done here."""
    yield
    items.sort(key=place)
    if os.environ.get("TEST_DATA_ONLY"):
        left_out = [item for item in items if not touches_data(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if touches_data(item)]
    no_browser = pytest.mark.skip(reason="no Chromium on this machine")
    no_postgres = pytest.mark.skip(reason="shown on PostgreSQL only (TEST_DATABASE=postgres)")
    on_sqlite = os.environ.get("TEST_DATABASE", "sqlite") == "sqlite"
    for item in items:
        if "e2e" in item.keywords and not chromium():
            item.add_marker(no_browser)
        if "postgres" in item.keywords and on_sqlite:
            item.add_marker(no_postgres)


def pytest_collection_finish() -> None:
    """Look for waste among what tests leave, not among the modules they are made of."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(trylast=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Let the groups of parallel runs count.

    pytest-xdist 3.8 writes the group where pytest 9.2 does not read it any more, and the tests of
    a group then end up with every worker, which makes anew what they share.
    """
    group = group_of(item)
    if group and getattr(item.config.option, "loadgroup", False):
        item._id = coerce_node_id(f"{item.nodeid}@{group}")


run_with_room = with_room(runner.pytest_runtest_protocol)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    """Run each test with room for deep calls: pytest stands on a tall stack already."""
    return run_with_room(item, nextitem)


def pytest_report_header() -> str:
    """Name the database in the first lines."""
    return f"database: {os.environ.get('TEST_DATABASE', 'sqlite')}"


def is_loopback(address: Any) -> bool:
    """Tell a connection inside this machine from one that leaves it."""
    if not isinstance(address, tuple):
        return True  # a socket in the file system
    host = str(address[0])
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _no_way_out() -> Iterator[None]:
    """Refuse connections to other machines: a test that needs one is not a test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if not is_loopback(address):
            raise ConnectionRefusedError(f"tests do not leave this machine: {address!r}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """Keep a database that is there because it was copied; the scratch folder goes anyway."""
    return databases.copy_template(connection)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Give the database the groups of the matrix, and a fresh copy to each test that commits.

    Emptying it instead would take ten times as long, and what every test starts from with it.
    """
    with django_db_blocker.unblock():
        databases.furnish(connection)
        kept = databases.pristine(connection)

    def renewed(_test: TransactionTestCase) -> None:
        databases.renew(connection, kept)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", renewed)
        yield
    with django_db_blocker.unblock():
        databases.forget(connection, kept)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Start each test with an empty cache: counters of one must not throttle another."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _language_of_the_settings() -> Iterator[None]:
    """Start each test in one language: a request of the test before leaves its own behind."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def on_postgres() -> bool:
    """Tell which database runs underneath."""
    return connection.vendor == "postgresql"
