"""The lines of the report: each asks the server for something and is green or red by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from apps.operations.metrics import names
from apps.operations.smoke.asking import Red, Server
from apps.operations.smoke.stage import Stage

INJECTION = "' OR 1=1--"
METRICS = (names.REQUESTS, names.REQUEST_SECONDS, names.DATABASE_UP, names.TASKS_WAITING)
LISTS = (
    *("users", "departments", "items", "suppliers", "cost-centres"),
    *("requisitions", "purchase-orders", "approvals"),
)
SERIOUS = re.compile(r'"level": ?"(?:ERROR|CRITICAL)"|^\S+ (?:ERROR|CRITICAL) ')
SLOWEST = 5.0


@dataclass
class Round:
    """One run: the server, the people, and what the lines before have found."""

    server: Server
    stage: Stage | None
    tokens: dict[str, str] = field(default_factory=dict)
    errors_before: float = 0.0
    log_before: int = 0
    requisition: int = 0

    def password(self, who: str) -> str:
        """The password of a person of this round; a round of pages only has none."""
        return self.stage.passwords[who] if self.stage else ""

    def token(self, who: str) -> str:
        """The access token of a person who could log in. Raises Red."""
        if who not in self.tokens:
            raise Red(_("%(who)s could not log in") % {"who": who})
        return self.tokens[who]


type Ask = Callable[[Round], str]


@dataclass(frozen=True)
class Line:
    """One line of the report."""

    name: str
    label: StrOrPromise
    ask: Ask


def health(run: Round) -> str:
    """The three health paths of the readiness document."""
    body = run.server.ask("/api/health").expect(200, "/api/health").json()
    if body["status"] != "healthy" or not body.get("timestamp"):
        raise Red(str(body))
    database = run.server.ask("/api/health/database").expect(200, "database").json()
    if database["query_time"] > SLOWEST:
        raise Red(str(database))
    keys = run.server.ask("/api/health/auth").expect(200, "auth").json()
    if keys != {"status": "healthy", "jwt_valid": True}:
        raise Red(str(keys))
    return _("3 of 3 healthy")


def refusals(run: Round) -> str:
    """Strangers are refused, and a search by somebody known is a search and nothing else."""
    wrong = {"username": "invalid", "password": "invalid"}
    run.server.ask("/api/auth/login", wrong).expect(401, _("bad log-in"))
    run.server.ask("/api/v1/users").expect(401, _("no token"))
    run.server.ask("/api/v1/users", token="a.b.c").expect(401, _("forged token"))  # noqa: S106  # it is none
    token = run.token("smoke-admin")
    path = f"/api/v1/users?search={quote(INJECTION)}"
    found = run.server.ask(path, token=token).expect(200, _("injection")).json()
    if found["results"]:
        raise Red(_("the injection found %(count)d people") % {"count": len(found["results"])})
    return _("401, 401, 401; the injection finds nobody")


def login(run: Round) -> str:
    """All three roles get in with their passwords, and are who they are."""
    for who in ("smoke-admin", "smoke-procurement", "smoke-engineer", "smoke-head"):
        body = {"username": who, "password": run.password(who)}
        found = run.server.ask("/api/auth/login", body).expect(200, who).json()
        me = run.server.ask("/api/auth/me", token=found["access"]).expect(200, who).json()
        if me["username"] != who:
            raise Red(f"{who}: {me['username']}")
        run.tokens[who] = found["access"]
    return _("administrator, procurement, engineer")


def endpoints(run: Round) -> str:
    """Health, refusals, and every list of the API answers with what it says it answers."""
    said = [health(run), refusals(run)]
    token = run.token("smoke-admin")
    for name in LISTS:
        body = run.server.ask(f"/api/v1/{name}?page_size=1", token=token).expect(200, name).json()
        if not isinstance(body.get("results"), list):
            raise Red(f"{name}: {sorted(body)}")
    schema = run.server.ask("/api/schema/?format=json", token=token).expect(200, "schema").json()
    missing = [name for name in LISTS if f"/api/v1/{name}" not in schema["paths"]]
    if missing:
        raise Red(_("not described: %(names)s") % {"names": ", ".join(missing)})
    return "; ".join([*said, _("%(count)d lists") % {"count": len(LISTS)}])


def metrics(run: Round) -> str:
    """The figures are there and count what happens."""
    before = figures(run)
    run.server.ask("/api/v1/users", token=run.tokens.get("smoke-admin", ""))
    after = figures(run)
    absent = [one.name for one in METRICS if not any(key.startswith(one.name) for key in after)]
    if absent:
        raise Red(_("missing: %(names)s") % {"names": ", ".join(absent)})
    counted = [
        sum(v for k, v in seen.items() if k.startswith(names.REQUESTS.name))
        for seen in (before, after)
    ]
    if counted[1] <= counted[0]:
        raise Red(_("requests are not counted"))
    if not any(v == 1.0 for k, v in after.items() if k.startswith(names.DATABASE_UP.name)):
        raise Red(_("the database is said to be down"))
    return _("%(count)d series") % {"count": len(after)}


def figures(run: Round) -> dict[str, float]:
    """Every sample of `/metrics`. Raises Red."""
    token = settings.OPERATING.metrics_token
    text = run.server.ask("/metrics", token=token).expect(200, "/metrics").text
    rows = (line.rpartition(" ") for line in text.splitlines() if line and line[0] != "#")
    return {name: float(value) for name, _space, value in rows}


def errors(run: Round) -> float:
    """How many requests were answered with 5xx so far."""
    found = figures(run)
    return sum(v for k, v in found.items() if k.startswith(names.SERVER_ERRORS.name))


def log(run: Round) -> str:
    """Nothing of this round was an error: not in the log, not in the counters."""
    path = Path(settings.OPERATING.log_file or "-")
    lines: list[str] = []
    if settings.OPERATING.log_file and path.is_file():
        with path.open(encoding="utf-8", errors="replace") as source:
            source.seek(min(run.log_before, path.stat().st_size))
            lines = [line for line in source if SERIOUS.search(line)]
    if lines:
        raise Red(_("%(count)d serious lines in the log") % {"count": len(lines)})
    grown = errors(run) - run.errors_before
    if grown:
        raise Red(_("%(count)d requests ended with 5xx") % {"count": int(grown)})
    return _("no serious line, no 5xx")


def begin(run: Round) -> None:
    """Remember where the log and the counters stand; a server that is away is told by its line."""
    path = Path(settings.OPERATING.log_file or "-")
    run.log_before = path.stat().st_size if path.is_file() else 0
    try:
        run.errors_before = errors(run)
    except Red:
        run.errors_before = 0.0


HEALTH = Line("health", gettext_lazy("Health checks answer"), health)
REFUSALS = Line("refusals", gettext_lazy("Strangers are refused"), refusals)
LOGIN = Line("login", gettext_lazy("Users of all three roles can log in"), login)
ENDPOINTS = Line("endpoints", gettext_lazy("API endpoints answer with expected data"), endpoints)
METRICS_LINE = Line("metrics", gettext_lazy("Monitoring shows healthy metrics"), metrics)
LOG = Line("log", gettext_lazy("No critical errors in the log"), log)
