"""Hour 1 of a launch: errors, log-ins, database, certificate and headers."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.operations.alerting.evaluating import State
from apps.operations.alerting.rules import rules
from apps.operations.dashboards import figures
from apps.operations.dashboards.limits import limits
from apps.operations.doctor import topics
from apps.operations.metrics import names, reading
from apps.operations.reports.watching import Found, Line, Watch, doctor, judged
from apps.operations.smoke.asking import Red, Server

HEADERS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
)
OF_TLS = ("Strict-Transport-Security",)


def errors_and_response(watch: Watch) -> Iterator[Found]:
    """Monitor error rates and response times."""
    since, until = watch.span.since, watch.span.until
    share = reading.ratio(names.SERVER_ERRORS, names.REQUEST_SECONDS, since, until)
    mean = reading.average(names.REQUEST_SECONDS, since, until)
    metrics = rules().metrics
    yield judged(watch, metrics["error_rate"], share, _("errors"), figures.percent_fine)
    yield judged(watch, metrics["response_time"], mean, _("response"), figures.seconds)


def log_in_and_basics(watch: Watch) -> Iterator[Found]:
    """Verify user login and basic functionality."""
    since, until = watch.span.since, watch.span.until
    good = reading.total(names.LOGINS, since, until)
    failed = reading.total(names.LOGINS_FAILED, since, until)
    whole = good + failed
    share = failed / whole if whole else None
    rule = limits().tiles["failed_logins"]
    yield judged(watch, rule, share, _("failed log-ins"), figures.percent_fine)
    number = _("log-ins: %(count)s") % {"count": figures.whole(good)}
    yield Found(State.GOOD if good else State.UNKNOWN, number, "> 0")
    yield doctor("auth.login")
    yield doctor("auth.tokens")


def database(watch: Watch) -> Iterator[Found]:
    """Check database performance and connections."""
    since, until = watch.span.since, watch.span.until
    metrics = rules().metrics
    mean = reading.average(names.QUERY_TIME, since, until)
    yield judged(watch, metrics["query_time"], mean, _("queries"), figures.seconds)
    if connection.vendor == "postgresql":  # a file has no limit of connections
        share = reading.maximum(names.DATABASE_CONNECTIONS_RATIO, since, until)
        yield judged(watch, metrics["connections"], share, _("connections"), figures.percent)
    yield doctor("database.reachable")


def certificate_and_headers(_watch: Watch) -> Iterator[Found]:
    """Validate SSL certificate and security headers."""
    yield doctor("security.certificate")
    yield headers(asked_address())


def headers(address: str) -> Found:
    """Ask the log-in page as a browser would, and look at what comes with it."""
    wanted = [*HEADERS, *(OF_TLS if address.startswith("https:") else ())]
    threshold = _("all %(count)d headers") % {"count": len(wanted)}
    try:
        reply = Server(address).ask("/login")
    except Red as error:
        return Found(
            State.UNKNOWN, _("headers: nobody answered (%(why)s)") % {"why": error}, threshold
        )
    missing = [name for name in wanted if not reply.headers.get(name)]
    if missing:
        said = _("headers missing: %(names)s") % {"names": ", ".join(missing)}
        return Found(State.CRITICAL, said, threshold)
    return Found(State.GOOD, _("security headers: %(count)d") % {"count": len(wanted)}, threshold)


def asked_address() -> str:
    """Where the probe asks, or where the system says it is."""
    parts = urlsplit(settings.OPERATING.probe_url or settings.BASE_URL)
    return urlunsplit((parts.scheme, parts.netloc, "", "", ""))


CHECKS = topics.MODULES  # imported, so that every check of the doctor is registered
LINES = (
    Line("errors", gettext_lazy("Error rates and response times"), errors_and_response),
    Line("login", gettext_lazy("User log-in and basic functionality"), log_in_and_basics),
    Line("database", gettext_lazy("Database performance and connections"), database),
    Line("ssl", gettext_lazy("SSL certificate and security headers"), certificate_and_headers),
)
