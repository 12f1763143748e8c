"""Keeping evidence: one run, once, with a checksum; and the newest of each kind."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from apps.common import events
from apps.operations.backup.version import app_version
from apps.operations.models import EvidenceRun
from apps.operations.readiness import sealing

Kind = EvidenceRun.Kind


@transaction.atomic
def record(
    kind: Kind,
    *,
    source: str,
    span: tuple[dt.datetime, dt.datetime],
    has_passed: bool,
    content: dict[str, Any],
) -> EvidenceRun:
    """Remember a run of this version."""
    started_at, finished_at = (moment.astimezone(dt.UTC) for moment in span)
    run = EvidenceRun(
        kind=kind,
        source=source[:200],
        app_version=app_version(),
        started_at=started_at,
        finished_at=finished_at,
        has_passed=has_passed,
        content=content,
    )
    run.sha256 = sealing.checksum(run)
    run.full_clean()
    run.save(force_insert=True)
    data = {"kind": str(kind), "sha256": run.sha256, "passed": has_passed}
    events.record(events.Record(run, events.Action.EVENT, "evidence.recorded", data=data))
    return run


def newest(kind: Kind) -> list[EvidenceRun]:
    """The runs of a kind, the newest first; as many as anybody looks through for one part."""
    return list(EvidenceRun.objects.filter(kind=kind).order_by("-finished_at", "-pk")[:20])
