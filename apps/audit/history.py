"""The history of records, read from the audit for whoever asks `common.history`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django_stubs_ext import StrOrPromise

from apps.audit.models import Entry
from apps.audit.values import fields_of
from apps.common.history import HistoryRow

MOST = 500  # a page of history; the audit itself shows the rest


def rows(records: Sequence[Any]) -> list[HistoryRow]:
    """What is known of some records, the newest first; the first one is what was asked about."""
    wanted: dict[ContentType, list[int]] = {}
    for record in records:
        content_type = ContentType.objects.get_for_model(record)
        wanted.setdefault(content_type, []).append(record.pk)
    condition = Q()
    for content_type, pks in wanted.items():
        condition |= Q(content_type=content_type, object_id__in=pks)
    main = (ContentType.objects.get_for_model(records[0]).pk, records[0].pk)
    entries = Entry.objects.filter(condition).order_by("-id")[:MOST]
    return [_row(entry, main) for entry in entries]


def _row(entry: Entry, main: tuple[int, int]) -> HistoryRow:
    is_main = (entry.content_type_id, entry.object_id) == main
    return HistoryRow(
        at=entry.timestamp,
        actor=entry.actor_id,
        actor_name=entry.actor_name,
        event=entry.event,
        changes=pairs(entry.changes),
        comment=entry.comment,
        channel=entry.channel,
        subject="" if is_main else entry.object_repr,
        labels=labels(entry),
    )


def pairs(changes: Any) -> dict[str, tuple[Any, Any]]:
    """Changes as before and after; what was added to or taken from a list becomes one as well."""
    found: dict[str, tuple[Any, Any]] = {}
    for name, value in (changes or {}).items():
        if isinstance(value, dict):
            listed = ", ".join(str(part) for part in value.get("objects", ()))
            found[name] = (None, listed) if value.get("operation") == "add" else (listed, None)
        else:
            found[name] = (value[0], value[1])
    return found


def labels(entry: Entry) -> dict[str, StrOrPromise]:
    """The names people know the changed fields by."""
    content_type = ContentType.objects.get_for_id(entry.content_type_id)
    model = content_type.model_class()
    if model is None:
        return {}
    fields = fields_of(model)
    many = {field.name: field for field in model._meta.many_to_many}
    return {
        name: (fields.get(name) or many[name]).verbose_name
        for name in entry.changes or {}
        if name in fields or name in many
    }
