"""What the tests of deployment share, made once: a server with roles and schema, a running site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.deploy import site as sites
from tests.deploy.database import Server, made_server


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
