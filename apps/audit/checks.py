"""System checks: an audit that does not listen, or that can be rewritten, is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from auditlog.registry import auditlog
from django.core import checks
from django.db import connections
from django.db.models.signals import pre_save

from apps.audit import triggers
from apps.audit.registration import tracked_models
from apps.common import events

RECORDED = "audit.recorded"
SAVED = "audit.entry_saved"


@checks.register(checks.Tags.security)
def listens(**_kwargs: Any) -> list[checks.CheckMessage]:
    """What services say reaches the table, and saves of master data are noticed."""
    found: list[checks.CheckMessage] = []
    if not _connected(events.recorded, RECORDED):
        hint = "apps.audit has to be installed and ready."
        found.append(checks.Error("Nobody records what services say.", hint, id="audit.E001"))
    if not _connected(pre_save, SAVED):
        found.append(checks.Error("Entries would be stored without an actor.", id="audit.E002"))
    missing = [m._meta.label for m in tracked_models() if not auditlog.contains(m)]
    if missing:
        names = ", ".join(missing)
        found.append(checks.Error(f"Saves are not recorded: {names}.", id="audit.E003"))
    return found


@checks.register(checks.Tags.database)
def append_only(
    databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[checks.CheckMessage]:
    """The database itself refuses to change or remove entries."""
    found: list[checks.CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if triggers.TABLE not in connection.introspection.table_names():
            continue
        missing = ", ".join(lost.name for lost in triggers.GUARD.missing(connection))
        if missing:
            message = f"Entries could be changed: the triggers {missing} are not there."
            hint = "Find out who did it. `migrate audit 0001`, then `migrate audit`, puts them up."
            found.append(checks.Error(message, hint, id="audit.E004"))
    return found


def _connected(signal: Any, uid: str) -> bool:
    return any(receiver[0][0] == uid for receiver in signal.receivers)
