"""What operation remembers: measured, saved, proved, rehearsed, alerted, signed."""

from apps.operations.models.alerting import (
    AlertChannel,
    AlertState,
    Incident,
    IncidentEvent,
    MonitorLease,
    Silence,
    Tier,
)
from apps.operations.models.backups import BackupRun, DrillRun
from apps.operations.models.readiness import (
    EvidenceRun,
    Release,
    ReleaseSignature,
    Role,
    Signatory,
)
from apps.operations.models.samples import Sample, Series
from apps.operations.models.status import DigestRun, StatusUpdate

__all__ = [
    "AlertChannel",
    "AlertState",
    "BackupRun",
    "DigestRun",
    "DrillRun",
    "EvidenceRun",
    "Incident",
    "IncidentEvent",
    "MonitorLease",
    "Release",
    "ReleaseSignature",
    "Role",
    "Sample",
    "Series",
    "Signatory",
    "Silence",
    "StatusUpdate",
    "Tier",
]
