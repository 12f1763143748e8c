"""Performance and monitoring: measured, against the figures of the readiness document."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.operations.metrics import names
from apps.operations.readiness import facts
from apps.operations.readiness.catalogue.lines import Component, Section, line
from apps.operations.readiness.looking import Asked, Load, Measured, Smoke, Tests

HALF_AN_HOUR = 1800

BENCHMARKS = Section(
    "performance",
    _("Performance benchmarks"),
    Component.PERFORMANCE,
    (
        line(
            "performance.response",
            _("Response time: below 3 seconds on average"),
            Load("average_seconds", below=3.0),
        ),
        line(
            "performance.users",
            _("Concurrent users: 50 for half an hour"),
            Load("users", at_least=50),
            Load("seconds", at_least=HALF_AN_HOUR),
        ),
        line(
            "performance.database",
            _("Queries: below 1 second on average"),
            Measured(names.QUERY_TIME.name, below=1.0),
        ),
        line(
            "performance.memory",
            _("Memory: below 80 percent"),
            Measured(names.HOST_MEMORY.name, below=0.80),
        ),
        line(
            "performance.processor",
            _("Processor: below 70 percent"),
            Measured(names.HOST_CPU.name, below=0.70),
        ),
        line(
            "performance.errors",
            _("Errors: below 2 percent, the stricter of two figures"),
            Load("error_rate", below=0.02),
        ),
        line(
            "performance.uptime",
            _("Availability: 99.5 percent promised, and watched"),
            Asked(facts.objectives),
            Tests(("tests/operations/alerting/test_rules.py",)),
        ),
        line(
            "performance.recovery",
            _("Recovery: rehearsed, outage within 15 minutes"),
            Asked(facts.drills),
        ),
    ),
)
MONITORING = Section(
    "monitoring",
    _("Monitoring"),
    Component.PERFORMANCE,
    (
        line(
            "monitoring.application",
            _("Application monitoring"),
            Asked(facts.application_measured),
            Smoke(("metrics",)),
        ),
        line(
            "monitoring.database",
            _("Database monitoring"),
            Asked(facts.database_measured),
        ),
        line(
            "monitoring.system",
            _("System metrics: processor, memory, disk"),
            Asked(facts.host_measured),
        ),
        line(
            "monitoring.logs",
            _("Log aggregation"),
            Asked(facts.log_lines, in_production=True),
            Tests(("tests/deploy/test_logs.py",)),
        ),
        line(
            "monitoring.alerts",
            _("Alerts: judged every minute, fire and clear"),
            Asked(facts.monitor_beats),
            Tests(
                (
                    "tests/operations/alerting/test_firing.py",
                    "tests/operations/alerting/test_channels.py",
                )
            ),
        ),
        line(
            "monitoring.dashboards",
            _("Dashboards: executive and technical"),
            Asked(facts.dashboards),
            Tests(("tests/operations/dashboards/test_tiles.py",)),
        ),
        line(
            "monitoring.incidents",
            _("Incident response: every alert has its page"),
            Asked(facts.runbooks),
            Tests(("tests/operations/alerting/test_incidents.py",)),
        ),
        line(
            "monitoring.baselines",
            _("Baselines: a load run is kept"),
            Load("requests", at_least=1000),
        ),
    ),
)
