"""The environment, read once and typed: every variable the product knows stands here.

One that is missing, unreadable or unsafe stops start-up with its name and the reason; all of them
are reported at once, so that nobody has to start ten times to find ten mistakes. Unsafe values are
accepted under ERP_DEBUG=1 only.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from erp import databases, operating, variables
from erp.variables import Reader

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

# Known to everybody who reads this file: good for one's own machine, refused anywhere else.
LOCAL_SECRET_KEY = "local-only-known-to-everybody-never-in-production-0123456789"  # noqa: S105  # meant to be known
LOCAL_FIELD_KEY = "bG9jYWwtb25seS1rbm93bi10by1ldmVyeWJvZHktMDE="
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

SHORTEST_SECRET = 50
FEWEST_SIGNS = 5
NO_MAIL_SERVER: dict[str, Any] = {}
NO_REPLICA: dict[str, Any] = {}
PLACEHOLDERS = ("django-insecure", "change-me", "changeme", "replace-me")


@dataclass(frozen=True)
class Environment:
    """What one installation decides; everything else is the same everywhere."""

    debug: bool
    allow_sqlite: bool
    secret_key: str
    secret_key_fallbacks: list[str]
    field_keys: list[str]
    jwt_key: str
    allowed_hosts: list[str]
    trusted_origins: list[str]
    cors_origins: list[str]
    base_url: str
    base_currency: str
    database: dict[str, Any]
    replica: dict[str, Any]
    replica_lag_seconds: int
    redis_url: str
    static_host: str
    static_root: Path
    media_root: Path
    mail: dict[str, Any]
    mail_from: str
    time_zone: str
    language: str
    proxies: int
    throttles: dict[str, str]
    upload_max_mb: int
    log_level: str
    operating: operating.Operating


def load(values: Mapping[str, str]) -> Environment:
    """Read and check the whole environment.

    Raises:
        ImproperlyConfigured: names each variable that is missing, unreadable or unsafe.

    """
    reader = Reader(values)
    environment = read_all(reader)
    reader.refuse_unknown("ERP_")
    if environment.replica and environment.replica["ENGINE"] != environment.database.get("ENGINE"):
        reader.refuse("ERP_DATABASE_REPLICA_URL", "names another kind than DATABASE_URL")
    if not environment.debug:
        refuse_unsafe(reader, environment)
    reader.stop_on_errors()
    return environment


def known_names() -> set[str]:
    """Name every variable that is read."""
    reader = Reader({})
    read_all(reader)
    return reader.known


def read_all(reader: Reader) -> Environment:
    """Read every variable; what is wrong is remembered by the reader."""
    read = reader.read
    debug = read("ERP_DEBUG", variables.flag, default=False)
    local = debug or None  # a default for one's own machine; elsewhere the variable is required
    port = read("PORT", variables.whole(1, 65535), 5000)
    secret_key = read("ERP_SECRET_KEY", str, local and LOCAL_SECRET_KEY)
    hosts = read("ERP_ALLOWED_HOSTS", variables.words, local and LOCAL_HOSTS)
    pool = read("ERP_DATABASE_POOL", variables.whole(0, 200), 8)
    return Environment(
        debug=debug,
        allow_sqlite=read("ERP_ALLOW_SQLITE", variables.flag, default=False),
        secret_key=secret_key,
        secret_key_fallbacks=read("ERP_SECRET_KEY_FALLBACKS", variables.words, []),
        field_keys=read("ERP_FIELD_KEY", variables.field_keys, local and [LOCAL_FIELD_KEY]),
        jwt_key=read("ERP_JWT_KEY", str, derived(secret_key, "jwt")),
        allowed_hosts=hosts,
        trusted_origins=read("ERP_TRUSTED_ORIGINS", variables.origins, []),
        cors_origins=read("ERP_CORS_ORIGINS", variables.origins, []),
        base_url=read(
            "ERP_BASE_URL",
            variables.origin,
            f"http://localhost:{port}" if debug else f"https://{(hosts or ['localhost'])[0]}",
        ),
        base_currency=read("ERP_BASE_CURRENCY", variables.currency, "CNY"),
        database=databases.with_options(
            read(
                "DATABASE_URL",
                databases.parse,
                local and local_database(),
            ),
            pool=pool,
        ),
        replica=databases.as_replica(
            read("ERP_DATABASE_REPLICA_URL", databases.parse, NO_REPLICA), pool=pool
        ),
        replica_lag_seconds=read("ERP_DATABASE_REPLICA_LAG", variables.whole(0, 3600), 10),
        redis_url=read("REDIS_URL", variables.redis_url, ""),
        static_host=read("STATIC_HOST", variables.origin, ""),
        static_root=read("ERP_STATIC_ROOT", Path, VAR_DIR / "static"),
        media_root=read("ERP_MEDIA_ROOT", Path, VAR_DIR / "media"),
        mail=read("ERP_MAIL_URL", variables.mail_server, NO_MAIL_SERVER),
        mail_from=read("ERP_MAIL_FROM", str, "erp@localhost"),
        time_zone=read("ERP_TIME_ZONE", variables.time_zone, "Asia/Shanghai"),
        language=read("ERP_LANGUAGE", variables.one_of("en", "zh-hans"), "en"),
        proxies=read("ERP_PROXIES", variables.whole(0, 10), 0),
        throttles={
            "anon": read("ERP_RATE_ANONYMOUS", variables.rate, "60/min"),
            "user": read("ERP_RATE_USER", variables.rate, "1200/min"),
            "login": read("ERP_RATE_LOGIN", variables.rate, "20/min"),
        },
        upload_max_mb=read("ERP_UPLOAD_MAX_MB", variables.whole(1, 1024), 20),
        log_level=read("ERP_LOG_LEVEL", variables.one_of("DEBUG", "INFO", "WARNING"), "INFO"),
        operating=operating.read_all(reader, debug=debug, var_dir=VAR_DIR),
    )


def local_database() -> dict[str, Any]:
    """Name the database of one's own machine, in a folder a fresh clone does not have yet."""
    with suppress(OSError):  # a read-only copy with a database elsewhere needs no folder
        VAR_DIR.mkdir(exist_ok=True)
    return databases.parse(f"sqlite:///{VAR_DIR / 'erp.sqlite3'}")


def refuse_unsafe(reader: Reader, environment: Environment) -> None:
    """Refuse what is good enough for one's own machine only."""
    for name, secret in (
        ("ERP_SECRET_KEY", environment.secret_key),
        ("ERP_JWT_KEY", environment.jwt_key),
        *(("ERP_SECRET_KEY_FALLBACKS", key) for key in environment.secret_key_fallbacks),
    ):
        if secret and (reason := weakness(secret)):
            reader.refuse(name, reason)
    if LOCAL_FIELD_KEY in (environment.field_keys or []):
        reader.refuse("ERP_FIELD_KEY", "is the one everybody knows; make your own")
    if any("*" in host for host in environment.allowed_hosts or []):
        reader.refuse("ERP_ALLOWED_HOSTS", "has to name hosts; * would answer to any")
    if "sqlite" in (environment.database or {}).get("ENGINE", "") and not environment.allow_sqlite:
        reader.refuse("DATABASE_URL", "names SQLite; set ERP_ALLOW_SQLITE=1 if that is meant")


def weakness(secret: str) -> str:
    """Say why a secret is not one, or nothing."""
    if secret == LOCAL_SECRET_KEY or secret.lower().startswith(PLACEHOLDERS):
        return "is a default that everybody knows; make your own"
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_SIGNS:
        return f"is too easy to guess; it takes {SHORTEST_SECRET} random signs"
    return ""


def derived(secret: str | None, purpose: str) -> str:
    """Make a key for one purpose out of the secret key, so that neither serves for the other."""
    return hmac.new((secret or "").encode(), f"erp.{purpose}".encode(), hashlib.sha256).hexdigest()
