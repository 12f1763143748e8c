"""Technical infrastructure: backend, frontend, database."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.operations.readiness import facts
from apps.operations.readiness.catalogue.lines import Component, Section, line
from apps.operations.readiness.findings import Finding, elsewhere
from apps.operations.readiness.looking import Asked, Doctor, Smoke, Surroundings, Tests

WHOLE_REPORT = 100  # files of tests; a report of fewer is one of a part


def other_browsers(_around: Surroundings) -> Finding:
    """The tests run in Chromium; three of the four named browsers are not on this machine."""
    return elsewhere(
        str(_("Firefox 88, Safari 14 and Edge 90 are not run here: try the main pages in them."))
    )


BACKEND = Section(
    "backend",
    _("Backend"),
    Component.INFRASTRUCTURE,
    (
        line("backend.code", _("Application code: tested"), Tests(files=WHOLE_REPORT)),
        line(
            "backend.dependencies",
            _("Dependencies: installed as locked"),
            Asked(facts.locked_packages),
            Tests(("tests/architecture/test_requirements.py",)),
        ),
        line(
            "backend.schema",
            _("Database schema: deployed and valid"),
            Doctor(("database.migrations", "data.rules")),
        ),
        line(
            "backend.environment",
            _("Environment: fit for production"),
            Doctor(("security.debug", "security.settings", "security.keys"), in_production=True),
        ),
        line(
            "backend.certificates",
            _("TLS certificate: valid for three weeks and more"),
            Doctor(("security.certificate",), in_production=True),
            Smoke(("tls",)),
        ),
        line(
            "backend.balancing",
            _("Load balancer: any process can answer"),
            Tests(("tests/deploy/test_scale_out.py", "tests/deploy/test_nginx.py")),
        ),
        line(
            "backend.health",
            _("Health checks: answer, and say when something is broken"),
            Smoke(("endpoints",)),
            Tests(
                (
                    "tests/operations/probes/test_healthy.py",
                    "tests/operations/probes/test_broken.py",
                )
            ),
        ),
        line(
            "backend.errors",
            _("Error handling: pages, problems, log"),
            Smoke(("log",)),
            Tests(("tests/common/test_pages.py", "tests/common/test_logs.py")),
        ),
    ),
)
FRONTEND = Section(
    "frontend",
    _("Frontend"),
    Component.INFRASTRUCTURE,
    (
        line(
            "frontend.build",
            _("Build: static files collected"),
            Doctor(("web.static",), in_production=True),
        ),
        line(
            "frontend.assets",
            _("Assets: named by content and compressed"),
            Tests(("tests/project/test_static_files.py", "tests/deploy/test_scale_out.py")),
        ),
        line(
            "frontend.cdn",
            _("CDN: files may lie on another host"),
            Tests(("tests/project/test_static_files.py", "tests/architecture/test_settings.py")),
        ),
        line(
            "frontend.chromium",
            _("Browsers: every page in Chromium"),
            Tests(("tests/e2e/test_look.py", "tests/e2e/test_walk.py")),
        ),
        line(
            "frontend.browsers",
            _("Browsers: Firefox, Safari, Edge"),
            Asked(other_browsers),
            obligatory=False,
        ),
        line(
            "frontend.tablet",
            _("Tablet: readable and usable at 768 pixels"),
            Tests(("tests/e2e/test_look.py",)),
        ),
        line(
            "frontend.api",
            _("Pages and services work together"),
            Smoke(("web",)),
            Tests(("tests/e2e/test_walk.py",)),
        ),
        line(
            "frontend.boundaries",
            _("Failures end in a page, and typing is kept"),
            Tests(("tests/common/test_pages.py", "tests/requisitions/test_form_page.py")),
        ),
        line(
            "frontend.performance",
            _("Pages are light"),
            Asked(facts.first_load),
        ),
    ),
)
DATABASE = Section(
    "database",
    _("Database"),
    Component.INFRASTRUCTURE,
    (
        line(
            "database.installed",
            _("Database: PostgreSQL 15 or newer, answering"),
            Doctor(("database.reachable", "database.writable")),
            Asked(facts.server_version),
        ),
        line(
            "database.permissions",
            _("Users of the database: owner, application, reader, backup"),
            Tests(("tests/deploy/test_postgres_roles.py",)),
        ),
        line(
            "database.schema",
            _("Tables, indexes, constraints: the database itself refuses"),
            Doctor(("data.rules", "security.guards")),
            Tests(("tests/audit/test_append_only.py", "tests/procurement/test_triggers.py")),
        ),
        line(
            "database.sample",
            _("Data to begin with"),
            Asked(facts.reference_data),
        ),
        line(
            "database.backup",
            _("Backup: of today, restored and compared"),
            Doctor(("backup.newest", "backup.last")),
        ),
        line(
            "database.tuning",
            _("Tuning: settings fit the machine"),
            Doctor(("database.journal", "slow.statements")),
            Tests(("tests/deploy/test_postgres_files.py",)),
        ),
        line(
            "database.pooling",
            _("Connection pool: nobody waits"),
            Doctor(("database.pool", "database.connections")),
        ),
        line(
            "database.monitoring",
            _("Monitoring of the database"),
            Asked(facts.database_measured),
        ),
    ),
)
