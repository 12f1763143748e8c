"""The one audit table: auditlog's entries, with the event, the door and the request beside them."""

from __future__ import annotations

from auditlog.models import AbstractLogEntry
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.audit.querysets import EntryManager
from apps.common.context import Channel
from apps.common.history import event_label


class Entry(AbstractLogEntry):  # type: ignore[misc]  # the library has no types
    """One thing that happened to one object. Triggers refuse any change and removal."""

    event = models.CharField(_("event"), max_length=64, blank=True, db_index=True)
    channel = models.CharField(
        _("channel"), max_length=10, blank=True, choices=[(c.value, c.value) for c in Channel]
    )
    comment = models.TextField(_("comment"), blank=True)
    actor_name = models.CharField(_("actor's name then"), max_length=150, blank=True)

    objects = EntryManager()

    class Meta(AbstractLogEntry.Meta):  # type: ignore[misc]  # the library has no types
        abstract = False
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("-timestamp", "-id")
        default_permissions = ("view",)
        permissions = (("export_entry", _("May export audit entries")),)
        indexes = (
            models.Index(fields=("-timestamp", "-id"), name="entry_newest"),
            models.Index(fields=("content_type", "object_id", "-id"), name="entry_of_object"),
        )

    def __str__(self) -> str:
        return f"{self.object_repr}: {event_label(self.event)}"
