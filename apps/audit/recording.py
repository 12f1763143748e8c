"""Turning what happened into entries: one insert for a batch, with actor, door and request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from apps.audit.models import Entry
from apps.audit.values import Field, Names, fields_of, plain, stored
from apps.common import context
from apps.common.events import Action, Record

ACTIONS = {
    Action.CREATE: Entry.Action.CREATE,
    Action.UPDATE: Entry.Action.UPDATE,
    Action.DELETE: Entry.Action.DELETE,
    Action.EVENT: Entry.Action.ACCESS,
}
# Said by the entry itself: who changed it last is its actor, when is its time.
IMPLIED = frozenset({"updated_by", "updated_by_id", "updated_at"})
NOBODY = "system"


def write(records: Sequence[Record]) -> None:
    """Store a batch of records with one insert."""
    names = _names(records)
    Entry.objects.bulk_create([_entry(record, names) for record in records])


def sign(entry: Entry, actor: Any = None) -> None:
    """Put on an entry who did it, through which door, under which request."""
    current = context.current()
    entry.channel = entry.channel or str(current.channel)
    entry.cid = entry.cid or current.request_id or None
    entry.remote_addr = entry.remote_addr or current.remote_addr
    actor = person(actor) or person(entry.actor) or person(current.actor)
    entry.actor = actor
    entry.timestamp = timezone.now()
    entry.actor_email = actor.email if actor else None
    entry.actor_name = actor.display_name[:150] if actor else NOBODY


def person(actor: Any) -> Any:
    """Somebody we know, or nobody; a request's user may be a promise or a stranger."""
    if actor is None or not getattr(actor, "is_authenticated", False):
        return None
    return getattr(actor, "_wrapped", actor)


def _entry(record: Record, names: Names) -> Entry:
    instance = record.instance
    pk = instance.pk
    entry = Entry(
        content_type=ContentType.objects.get_for_model(instance),
        object_pk="" if pk is None else str(pk),
        object_id=pk if isinstance(pk, int) else None,
        object_repr=str(instance)[:1000],
        action=ACTIONS[record.action],
        changes=dict(_changes(record, names)),
        event=record.event,
        comment=record.comment,
        additional_data=plain(record.data) or None,
    )
    sign(entry, record.actor)
    return entry


def _changes(record: Record, names: Names) -> Iterable[tuple[str, list[Any]]]:
    fields = fields_of(record.instance._meta.model)
    for name, pair in record.changes.items():
        if name not in IMPLIED:
            yield stored(fields.get(name), name, pair, names)


def _names(records: Sequence[Record]) -> Names:
    """Names of all related records of a batch: those at hand, and looked up those that were before.

    A new record's relations were just used to make it, so they are at hand or not worth a query.
    """
    names = Names()
    for record in records:
        fields = fields_of(record.instance._meta.model)
        for name, pair in record.changes.items():
            field = fields.get(name)
            if field is None or not field.is_relation or name in IMPLIED:
                continue
            _know(names, field, record.instance)
            if record.action is Action.UPDATE:
                names.want(field, pair)
    names.fetch()
    return names


def _know(names: Names, field: Field, instance: Any) -> None:
    related = instance._state.fields_cache.get(field.name)
    if related is not None:
        names.know(field, related)
