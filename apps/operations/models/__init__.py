"""What operation remembers: what was measured, saved, proved, rehearsed and alerted."""

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
from apps.operations.models.samples import Sample, Series
from apps.operations.models.status import DigestRun, StatusUpdate

__all__ = [
    "AlertChannel",
    "AlertState",
    "BackupRun",
    "DigestRun",
    "DrillRun",
    "Incident",
    "IncidentEvent",
    "MonitorLease",
    "Sample",
    "Series",
    "Silence",
    "StatusUpdate",
    "Tier",
]
