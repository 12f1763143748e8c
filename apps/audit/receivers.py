"""Listening: to what services say, and to what auditlog notices when a record is saved."""

from __future__ import annotations

from typing import Any

from apps.audit import recording
from apps.audit.models import Entry
from apps.audit.values import Names, fields_of, stored
from apps.common import context
from apps.common.events import Record

VERBS = {
    Entry.Action.CREATE: "create",
    Entry.Action.UPDATE: "update",
    Entry.Action.DELETE: "delete",
    Entry.Action.ACCESS: "read",
}


def on_recorded(sender: Any, records: list[Record], **_kwargs: Any) -> None:
    """What a service says happened; in its transaction, so that a failing audit takes it back."""
    recording.write(records)


def on_entry_saved(sender: Any, instance: Entry, **_kwargs: Any) -> None:
    """Complete an entry auditlog is about to store: it knows the fields, not who did it or why."""
    if instance.pk is not None:
        return
    current = context.current()
    if not instance.event:
        verb = VERBS[instance.action]
        instance.event = current.event or f"{instance.content_type.model}.{verb}"
    instance.comment = instance.comment or current.comment
    recording.sign(instance)
    instance.changes = _readable(instance)


def _readable(entry: Entry) -> Any:
    """The changes with names beside keys; those of many-to-many fields are readable already."""
    model = entry.content_type.model_class()
    changes = entry.changes
    if model is None or not isinstance(changes, dict):
        return changes
    fields, names = fields_of(model), Names()
    pairs = {name: pair for name, pair in changes.items() if isinstance(pair, list | tuple)}
    for name, pair in pairs.items():
        field = fields.get(name)
        if field is not None and field.is_relation:
            names.want(field, pair)
    names.fetch()
    kept = dict(stored(fields.get(n), n, (p[0], p[1]), names) for n, p in pairs.items())
    return {**changes, **kept}
