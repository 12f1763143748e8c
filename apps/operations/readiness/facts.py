"""Questions put to this installation: locks, database, monitoring, backups, drills, documents."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from collections.abc import Collection, Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils.translation import gettext as _

from apps.catalog.models import Currency, PaymentTerm, TaxCode, Unit
from apps.operations.alerting.rules import rules
from apps.operations.dashboards import executive, technical
from apps.operations.metrics import names, reading
from apps.operations.models import AlertState, DrillRun, MonitorLease
from apps.operations.readiness.findings import Finding, elsewhere, failed, passed, unknown
from apps.operations.readiness.looking import Surroundings
from apps.support.services import articles

LANGUAGES = ("en", "zh")
HEADING = re.compile(r"^(#+) ", re.MULTILINE)
PIN = re.compile(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)", re.MULTILINE)
OLDEST_SERVER = 150000
SHOWN = 5
BEAT = dt.timedelta(minutes=5)
DRILL = dt.timedelta(days=90)
OUTAGE_SECONDS = 15 * 60
CORRUPTION_SECONDS = 60 * 60
FIRST_LOAD_KB = 300
# Figures that wait for the first people and documents.
OF_DOCUMENTS = frozenset({"active_users", "approval_time", "efficiency"})


def all_there(what: str, wanted: Collection[str], missing: Iterable[str], cause: str) -> Finding:
    """So many of so many, and the names of those that are not."""
    lacking = sorted(missing)
    figures = {"what": what, "good": len(wanted) - len(lacking), "all": len(wanted)}
    if lacking or not wanted:
        shown = ", ".join(lacking[:SHOWN]) or "–"
        said = _("%(what)s: %(good)d of %(all)d. Missing: %(missing)s.")
        return failed(cause, said % {**figures, "missing": shown})
    return passed(_("%(what)s: %(good)d of %(all)d.") % figures)


def locked_packages(_around: Surroundings) -> Finding:
    """Every locked package has its hash, and what is installed is what was locked."""
    text = (settings.BASE_DIR / "requirements" / "base.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())
    without = [block.split()[0] for block in blocks if "--hash=sha256:" not in block]
    pinned = dict(PIN.findall(text))
    other = [name for name, version in pinned.items() if _installed(name) != version]
    return all_there(_("Packages as locked"), pinned, {*without, *other}, "packages_differ")


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def server_version(_around: Surroundings) -> Finding:
    """The database is PostgreSQL of a release we know."""
    if connection.vendor != "postgresql":
        return elsewhere(_("The database is a file; the readiness document asks for PostgreSQL."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        number = cursor.fetchone()[0]
    said = f"PostgreSQL {number // 10_000}.{number % 10_000}"
    return passed(said) if number >= OLDEST_SERVER else failed("server_old", said)


def reference_data(_around: Surroundings) -> Finding:
    """What every document needs is there: units, currencies, taxes, terms."""
    models: tuple[Any, ...] = (Unit, Currency, TaxCode, PaymentTerm)
    wanted = [str(model._meta.verbose_name_plural) for model in models]
    missing = [
        str(model._meta.verbose_name_plural)
        for model in models
        if not model.objects.filter(is_active=True).exists()
    ]
    return all_there(_("Reference data"), wanted, missing, "reference_missing")


def hashing(_around: Surroundings) -> Finding:
    """New passwords are kept by bcrypt."""
    first = settings.PASSWORD_HASHERS[0].rpartition(".")[2]
    said = _("New passwords: %(hasher)s.") % {"hasher": first}
    return passed(said) if first.startswith("BCrypt") else failed("no_bcrypt", said)


def objectives(_around: Surroundings) -> Finding:
    """The promise of availability is in the rules that wake people."""
    slo = rules().slo
    said = _("Promised: %(percent).1f %% over %(days)d days.")
    said %= {"percent": slo.target * 100, "days": slo.days}
    return passed(said) if slo.target >= 0.995 else failed("objective_low", said)


def drills(around: Surroundings) -> Finding:
    """Both emergencies were rehearsed lately, in the time the readiness document gives."""
    rows = []
    limits = (("outage", OUTAGE_SECONDS), ("corruption", CORRUPTION_SECONDS))
    for scenario, limit in limits:
        runs = DrillRun.objects.filter(scenario=scenario).order_by("-started_at", "-pk")
        newest = runs.first()
        if newest is None:
            return unknown("no_drill", _("Nobody has rehearsed yet: erp_drill."))
        rows.append((newest, limit))
    oldest = min(run.finished_at for run, _limit in rows)
    said = "; ".join(
        _("%(scenario)s: %(seconds).0f s of %(limit)d s")
        % {"scenario": run.get_scenario_display(), "seconds": run.seconds, "limit": limit}
        for run, limit in rows
    )
    if not all(run.has_passed and run.seconds <= limit for run, limit in rows):
        return failed("drill_failed", said, at=oldest)
    return passed(said, at=oldest, max_age=DRILL).aged(around.now)


def _fresh(around: Surroundings, metrics: Iterable[names.Metric], what: str) -> Finding:
    wanted = {metric.name: metric for metric in metrics}
    silent = [name for name, metric in wanted.items() if not _is_measured(metric, around.now)]
    return all_there(what, wanted, silent, "not_measured")


def _is_measured(metric: names.Metric, now: dt.datetime) -> bool:
    """Whether anything of it came in lately, under its name or under one of its labels."""
    since = now - reading.NOT_OLDER
    return bool(
        reading.count(metric, since, now + reading.MINUTE)
        or (metric.by and reading.labels(metric, since, now + reading.MINUTE))
    )


def application_measured(around: Surroundings) -> Finding:
    """The synthetic probe asks, and its answers come in."""
    metrics = (names.PROBE_SUCCESS, names.PROBE_SECONDS)
    return _fresh(around, metrics, _("Figures of the application"))


def database_measured(around: Surroundings) -> Finding:
    """Figures of the database come in."""
    metrics = (names.DATABASE_UP, names.DATABASE_CONNECTIONS, names.DATABASE_BYTES)
    return _fresh(around, metrics, _("Figures of the database"))


def host_measured(around: Surroundings) -> Finding:
    """Figures of the machine come in."""
    metrics = (names.HOST_CPU, names.HOST_MEMORY, names.HOST_DISK)
    return _fresh(around, metrics, _("Figures of the machine"))


def dashboards(around: Surroundings) -> Finding:
    """Both dashboards show figures: what every running system has, with documents or without."""
    nobody = AnonymousUser()
    shown = {
        tile.label: tile
        for tile in (*executive.tiles(nobody, around.now), *technical.tiles(nobody, around.now))
        if tile.key not in OF_DOCUMENTS
    }
    silent = [label for label, tile in shown.items() if not tile.is_known]
    return all_there(_("Figures of the dashboards"), shown, silent, "dashboard_silent")


def monitor_beats(around: Surroundings) -> Finding:
    """The monitor has done a round lately and judges every alert of the rules."""
    beat = MonitorLease.objects.filter(pk=1).values_list("beat_at", flat=True).first()
    if beat is None or around.now - beat > BEAT:
        return failed("monitor_silent", _("The monitor does not run: erp_monitor --loop."))
    since = around.now - BEAT
    judged = set(AlertState.objects.filter(evaluated_at__gte=since).values_list("alert", flat=True))
    wanted = set(rules().alerts)
    return all_there(_("Alerts judged"), wanted, wanted - judged, "alerts_not_judged")


def log_lines(_around: Surroundings) -> Finding:
    """The log is written for machines, and to a place that gathers it."""
    operating = settings.OPERATING
    if operating.log_format != "json":
        return failed("log_not_json", _("The log is written for people only: ERP_LOG_FORMAT."))
    places = [operating.log_file and "ERP_LOG_FILE", operating.syslog and "ERP_SYSLOG"]
    said = _("JSON, one line for each event; to: %(places)s.")
    return passed(said % {"places": ", ".join(filter(None, places)) or "stdout"})


def documents_agree(*pages: str) -> Finding:
    """Every page is there in both languages, with the same headings."""
    wrong = [page for page in pages if not _agrees(page)]
    return all_there(_("Pages in both languages"), pages, wrong, "documents_differ")


def _agrees(page: str) -> bool:
    texts = [_text(Path("docs") / language / page) for language in LANGUAGES]
    shapes = [HEADING.findall(text) for text in texts]
    return bool(shapes[0]) and all(shape == shapes[0] for shape in shapes)


def _text(path: Path) -> str:
    whole = settings.BASE_DIR / path
    return whole.read_text(encoding="utf-8") if whole.is_file() else ""


def guides(_around: Surroundings) -> Finding:
    """A guide for every role."""
    roles = ("engineer", "approver", "procurement", "admin", "auditor", "operator")
    return documents_agree(*(f"{role}.md" for role in roles))


def workflow_guides(_around: Surroundings) -> Finding:
    """The way from a wish to an order, told for each who takes part."""
    return documents_agree("engineer.md", "approver.md", "procurement.md", "import.md")


def runbooks(_around: Surroundings) -> Finding:
    """Each alert leads to a page that says what to do."""
    wanted = {f"operations/runbooks/{alert.runbook}.md" for alert in rules().alerts.values()}
    return documents_agree(*sorted(wanted))


def every_page(_around: Surroundings) -> Finding:
    """Everything that is written is written in both languages."""
    folder = settings.BASE_DIR / "docs"
    found = {
        str(path.relative_to(folder / language))
        for language in LANGUAGES
        for path in (folder / language).rglob("*.md")
    }
    return documents_agree(*sorted(found))


def support_documents(_around: Surroundings) -> Finding:
    """How the help desk works, and what it does in an emergency."""
    pages = ("operations/support.md", "operations/runbooks/restore.md", "operator.md")
    return documents_agree(*pages)


def recordings(_around: Surroundings) -> Finding:
    """The guides of those who ask, decide and order can be watched, with captions."""
    films = [
        articles.recording_of(slug, language)
        for slug in articles.RECORDED
        for language in LANGUAGES
    ]
    folder = settings.BASE_DIR / "static"
    files = [f"{film}.{kind}" for film in films for kind in ("webm", "vtt")]
    missing = [name for name in files if not (folder / name).is_file()]
    return all_there(_("Recordings and their captions"), files, missing, "recordings_missing")


def first_load(_around: Surroundings) -> Finding:
    """Styles and scripts every page names, compressed, stay below the budget."""
    text = _text(Path("templates") / "base.html")
    named = re.findall(r"\{% static ['\"]([^'\"]+\.(?:css|js))['\"] %\}", text)
    files = [settings.BASE_DIR / "static" / name for name in named]
    size = sum(len(gzip.compress(path.read_bytes(), 6)) for path in files) // 1024
    said = _("%(count)d styles and scripts, %(size)d KB compressed; wanted: < %(limit)d KB.")
    said %= {"count": len(files), "size": size, "limit": FIRST_LOAD_KB}
    return passed(said) if files and size < FIRST_LOAD_KB else failed("pages_heavy", said)
