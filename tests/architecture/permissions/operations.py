"""What machines ask, from the loopback address, which may read metrics by default; and alerts."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from apps.operations.alerting import incidents
from apps.operations.alerting.rules import rules
from apps.operations.backup import records
from apps.operations.models import AlertChannel, AlertState, DrillRun, Signatory, Silence
from apps.operations.readiness import releases
from apps.operations.readiness.findings import Result
from tests.architecture.permission_table import ANYBODY, World, model_admin, route, to
from tests.factories import make_user
from tests.operations.readiness.conftest import evidence, smoke

OPEN_TO_ALL = ("status", "status_json")
PAGES = ("live", "ready", "started", "health", "health_database", "health_auth", "metrics")
KEEPERS = to("admin", "ops")
READERS = to("admin", "ops", "auditor")

ROWS = [
    *(route(f"operations:{name}", GET=ANYBODY) for name in (*PAGES, *OPEN_TO_ALL)),
    route("operations:dashboard_executive", GET=to("admin", "procurement", "auditor")),
    route("operations:dashboard_technical", GET=READERS),
    *model_admin("operations.incident", of="incident", view=READERS, change=KEEPERS),
    *model_admin("operations.alertstate", of="alertstate", view=READERS),
    *(
        row
        for name in ("backuprun", "drillrun")
        for row in model_admin(f"operations.{name}", of=name, view=READERS)
    ),
    *(
        row
        for name in ("alertchannel", "silence")
        for row in model_admin(
            f"operations.{name}", of=name, view=READERS, add=KEEPERS, change=KEEPERS
        )
    ),
    *model_admin("operations.release", of="release", view=READERS),
    route(
        "admin:operations_release_pdf",
        arguments=lambda world: {"object_id": world.objects["release"].pk},
        verbs=("GET", "POST"),
        GET=READERS,
        POST=READERS,
    ),
    *model_admin("operations.evidencerun", of="evidencerun", view=READERS),
    *model_admin(
        "operations.signatory",
        of="signatory",
        view=READERS,
        add=to("admin"),
        change=to("admin"),
        delete=to("admin"),
    ),
]


def populate(world: World) -> None:
    """One of everything."""
    now = timezone.now()
    rule = rules().alerts["disk"]
    world.objects |= {
        "incident": incidents.open_for(rule, now=now, value=0.85, limit="> 0.8"),
        "alertstate": AlertState.objects.create(alert="disk", since=now, evaluated_at=now),
        "alertchannel": AlertChannel.objects.create(
            name="Room", kind="slack", url="https://chat.example.com/x", is_active=False
        ),
        "backuprun": records.failed(OSError("No space left."), plain=False, started_at=now),
        "drillrun": records.drilled(
            DrillRun(
                scenario="outage",
                started_at=now,
                finished_at=now,
                seconds=1,
                limit_seconds=300,
                has_passed=True,
            )
        ),
        "silence": Silence.objects.create(
            alert="disk", starts_at=now, ends_at=now + dt.timedelta(hours=1), comment="Move."
        ),
        "release": releases.record(evidence(one=Result.PASS)),
        "evidencerun": smoke(login=True),
        "signatory": Signatory.objects.create(
            role="executive_support", person=make_user("signatory", is_staff=True)
        ),
    }
