"""What the tests of deployment share, made once: a server with roles and schema, a running site."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy import site as sites
from tests.deploy.database import Server, made_server

HERE = Path(__file__).parent
LONG = {"shared_site", "site"}  # a whole installation: minutes of work


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the long drills to `make soak`."""
    soak = pytest.mark.skip(reason="drilled by `make soak`")
    for item in items:
        if not item.path.is_relative_to(HERE):
            continue
        asked = set(getattr(item, "fixturenames", ()))
        if "TEST_LOAD_SECONDS" not in os.environ and asked & LONG:
            item.add_marker(soak)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """PostgreSQL with roles, schema and grants."""
    with made_server() as made:
        yield made


@pytest.fixture(scope="session")
def shared_site(server: Server, tmp_path_factory) -> Iterator[sites.Site]:
    """The whole installation on the loopback address."""
    with sites.running(server, tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
def site(shared_site: sites.Site) -> Iterator[sites.Site]:
    """The installation; whoever called hangs up after the test."""
    yield shared_site
    for caller in shared_site.callers:
        caller.close()
    shared_site.callers.clear()
