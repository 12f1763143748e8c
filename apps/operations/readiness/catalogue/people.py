"""People: trained, helped; and what is written and rehearsed for them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.operations.models import EvidenceRun
from apps.operations.readiness import facts, facts_people
from apps.operations.readiness.catalogue.lines import Component, Section, line
from apps.operations.readiness.looking import Asked, Smoke, Tests

GO_LIVE = (
    *("login", "requisition", "order", "endpoints", "transactions"),
    *("metrics", "log", "tls", "web"),
)
SEVEN = (
    *("backup", "services", "certificate", "dns"),
    *("load_balancer", "monitoring", "alerts"),
)

TRAINING = Section(
    "training",
    _("User training"),
    Component.PEOPLE,
    (
        line("training.materials", _("Guides for every role"), Asked(facts.guides)),
        line(
            "training.modules",
            _("Courses: engineer, procurement, administration"),
            Asked(facts_people.courses),
        ),
        line(
            "training.workflow",
            _("The way of work is described from end to end"),
            Asked(facts.workflow_guides),
        ),
        line(
            "training.troubleshooting",
            _("Troubleshooting: pages that exist and work"),
            Asked(facts.runbooks),
            Tests(("tests/support/test_runbooks.py",)),
        ),
        line(
            "training.videos",
            _("Video tutorials"),
            Asked(facts.recordings),
            Tests(("tests/support/test_recordings.py",)),
            obligatory=False,
        ),
        line(
            "training.languages",
            _("Everything in English and Chinese"),
            Asked(facts.every_page),
            Tests(("tests/architecture/test_translations.py",)),
        ),
        line(
            "training.acceptance",
            _("Key users trained in each role"),
            Asked(facts_people.trained),
        ),
        line(
            "training.administrators",
            _("Administrators trained"),
            Asked(facts_people.administrators_trained),
        ),
    ),
)
SUPPORT = Section(
    "support",
    _("Support"),
    Component.PEOPLE,
    (
        line("support.desk", _("Help desk: four levels"), Asked(facts_people.levels)),
        line("support.documents", _("Support documentation"), Asked(facts.support_documents)),
        line(
            "support.escalation",
            _("Escalation: every kind of issue"),
            Asked(facts_people.escalation),
            Tests(("tests/support/test_escalation.py",)),
        ),
        line(
            "support.knowledge",
            _("Knowledge base: searchable"),
            Tests(("tests/support/test_knowledge.py",)),
        ),
        line("support.contacts", _("Contacts: a person behind each"), Asked(facts_people.contacts)),
        line("support.times", _("Response times"), Asked(facts_people.response_times)),
        line("support.rota", _("On call: today and four weeks on"), Asked(facts_people.on_call)),
        line(
            "support.training",
            _("Training goes on: a date is set"),
            Asked(facts_people.training_dates),
        ),
    ),
)
PROCEDURES = Section(
    "procedures",
    _("Documentation and procedures"),
    Component.PROCEDURES,
    (
        line(
            "procedures.predeploy",
            _("The seven checks before deployment"),
            Smoke(SEVEN, EvidenceRun.Kind.PREDEPLOY, "erp_readiness --pre"),
        ),
        line("procedures.golive", _("The nine lines of go-live"), Smoke(GO_LIVE)),
        line(
            "procedures.install",
            _("Installation: by one script, step by step"),
            Asked(facts.every_page),
            Tests(("tests/deploy/test_install.py", "tests/deploy/test_documents.py")),
        ),
        line(
            "procedures.emergencies",
            _("Emergencies: outage and corruption rehearsed"),
            Asked(facts.drills),
            Tests(("tests/operations/backup/test_restore.py",)),
        ),
        line(
            "procedures.commands",
            _("The readiness document's own commands answer as it says"),
            Tests(("tests/operations/readiness/test_document_commands.py",)),
        ),
    ),
)
