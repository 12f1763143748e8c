"""Two web process groups behind nginx with TLS, PostgreSQL and Redis, and somebody to log in."""

from __future__ import annotations

import http.client
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.deploy import stack
from tests.deploy.database import Server, environment
from tests.deploy.load import Caller, Load
from tests.deploy.programs import needs, needs_postgres, one_server, run
from tests.postgres import free_port

NEEDED = [
    one_server,
    needs_postgres,
    needs("nginx", "openssl", "redis-server"),
    pytest.mark.skipif(find_spec("redis") is None, reason="Python has no redis (make setup)"),
]
CALLERS = 4


@dataclass
class Site:
    """The running installation and what is known about it."""

    nginx: stack.Nginx
    webs: list[stack.Program]
    database: str
    person: dict[str, Any]
    redis_url: str
    callers: list[Caller] = field(default_factory=list)

    def caller(self, port: int = 0) -> Caller:
        """Somebody who calls over TLS, or a port inside without it."""
        made = Caller(port or self.nginx.https, None if port else self.nginx.trust)
        self.callers.append(made)
        return made

    def log_in(self) -> Caller:
        caller = self.caller()
        given = {name: self.person[name] for name in ("username", "password")}
        status, _headers, content = caller.once("POST", "/api/auth/login", given)
        assert status == 200, content
        caller.token = json.loads(content)["access"]
        return caller

    def load(self) -> Load:
        callers = [self.log_in() for _number in range(CALLERS)]
        return Load(callers, self.person["body"])

    def titles(self) -> list[tuple[str, int]]:
        with psycopg.connect(self.database) as connection:
            return connection.execute(
                "SELECT title, count(*) FROM requisitions_requisition"
                " WHERE title LIKE 'Load %' GROUP BY title"
            ).fetchall()


def warm(site: Site) -> None:
    """Both process groups have loaded the product before anything is measured."""
    for web in site.webs:
        answered = False
        deadline = time.monotonic() + 60
        while not answered and time.monotonic() < deadline:
            caller = site.caller(web.port)
            try:
                status, _headers, _content = caller.once("GET", "/api/auth/me", Host="localhost")
                answered = status in {301, 401}
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
        assert answered, web.log.read_text()


@contextmanager
def running(server: Server, folder: Path) -> Iterator[Site]:
    """Start everything, and stop it in the end."""
    server.copy("site")
    programs: list[stack.Program] = []
    cache, redis_url = stack.redis(folder)
    programs.append(cache)
    ports = [free_port(), free_port()]
    nginx = stack.Nginx(folder / "nginx", ports)
    programs.append(nginx)
    values = environment(
        server.url("app", "site"),
        REDIS_URL=redis_url,
        ERP_PROXIES="1",
        ERP_ALLOWED_HOSTS="localhost",
        ERP_TRUSTED_ORIGINS=f"https://localhost:{nginx.https}",
        ERP_STATIC_ROOT=str(folder / "nginx" / "static"),
        ERP_MEDIA_ROOT=str(folder / "media"),
        ERP_METRICS_DIR=str(folder / "metrics"),
        ERP_DATABASE_POOL="4",
        **dict.fromkeys(("ERP_RATE_ANONYMOUS", "ERP_RATE_USER", "ERP_RATE_LOGIN"), "100000/min"),
    )
    for name in ("media", "metrics"):
        (folder / name).mkdir()
    collecting = stack.static(folder, values)
    try:
        made = run([sys.executable, "-m", "tests.deploy.work"], env=values)
        assert made.returncode == 0, made.stdout
        assert collecting.wait(300) == 0
        webs = [stack.web(folder, values, port) for port in ports]
        programs += webs
        person = json.loads(made.stdout.splitlines()[-1])
        built = Site(nginx, webs, server.superuser_url("site"), person, redis_url)
        warm(built)
        yield built
    finally:
        collecting.kill()
        for program in reversed(programs):
            program.stop()
