"""PostgreSQL as an operator sets it up, and the environment of an installation in production."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from cryptography.fernet import Fernet

from tests.deploy.programs import DEPLOY, find, manage, run
from tests.postgres import Cluster

ROLES = ("owner", "app", "readonly", "backup")
KEYS = {
    "ERP_SECRET_KEY": secrets.token_urlsafe(64),
    "ERP_FIELD_KEY": Fernet.generate_key().decode(),
}


@dataclass
class Server:
    """A cluster whose database was set up the way docs/ tells an operator to."""

    cluster: Cluster
    passwords: dict[str, str] = field(
        default_factory=lambda: {role: secrets.token_hex(12) for role in ROLES}
    )

    @property
    def port(self) -> int:
        return int(urlsplit(self.cluster.url).port or 0)

    def url(self, role: str, database: str = "erp") -> str:
        return f"postgres://erp_{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{database}"

    def superuser_url(self, database: str = "postgres") -> str:
        return self.cluster.url.removesuffix("/postgres") + f"/{database}"

    def copy(self, name: str) -> None:
        """Give a test a database of its own, as the set-up left it."""
        with psycopg.connect(self.superuser_url(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE untouched OWNER erp_owner')
            connection.execute(f"ALTER ROLE erp_app IN DATABASE \"{name}\" SET timezone = 'UTC'")

    def keep_untouched(self) -> None:
        """Set a copy aside before anybody works: the copies of the tests are made from it."""
        with psycopg.connect(self.superuser_url(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE untouched TEMPLATE erp OWNER erp_owner")

    def setup_roles(self) -> str:
        """Run roles.sql as an operator does."""
        passwords = {f"ERP_{role.upper()}_PASSWORD": self.passwords[role] for role in ROLES}
        return psql(self.superuser_url(), DEPLOY / "postgres" / "roles.sql", env=passwords)


def psql(url: str, script: Path, *, env: dict[str, str] | None = None) -> str:
    """Run a file of SQL; it has to succeed."""
    program = find("psql")
    assert program
    result = run([program, "-X", "-q", "-d", url, "-f", str(script)], env=env)
    assert result.returncode == 0, result.stdout
    return result.stdout


def environment(url: str, **more: str) -> dict[str, str]:
    """Give the environment of an installation in production."""
    return {
        **KEYS,
        "ERP_ALLOWED_HOSTS": "erp.example.com,localhost,127.0.0.1",
        "DATABASE_URL": url,
        **more,
    }


@contextmanager
def made_server() -> Iterator[Server]:
    """PostgreSQL with roles.sql, the migrations run by the owner, and grants.sql."""
    made = Server(Cluster.start())
    try:
        made.setup_roles()
        manage("migrate", "--verbosity", "0", env=environment(made.url("owner")))
        psql(made.url("owner"), DEPLOY / "postgres" / "grants.sql")
        made.keep_untouched()
        yield made
    finally:
        made.cluster.stop()
