"""Questions about history; never a write."""

from __future__ import annotations

from typing import Any

from auditlog.models import LogEntryManager
from django.db import models


class EntryQuerySet(models.QuerySet[Any]):
    """Audit entries."""

    def visible_to(self, user: Any) -> EntryQuerySet:
        """Auditors read everything; nobody else reads the table as a whole."""
        if user.is_authenticated and user.is_active and user.has_perm("audit.view_entry"):
            return self
        return self.none()


class EntryManager(LogEntryManager.from_queryset(EntryQuerySet)):  # type: ignore[misc]  # built at run time
    """auditlog's manager with our questions."""
