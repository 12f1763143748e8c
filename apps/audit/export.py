"""Entries as a table, safe in a spreadsheet; that it was taken is history as well."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from apps.audit import policies
from apps.audit.models import Entry
from apps.common import events
from apps.common.errors import NotPermittedError
from apps.common.tabular.write import csv_lines

COLUMNS = (
    *("number", "at", "actor", "channel", "event", "object", "name", "changes", "comment"),
    *("request", "address"),
)
MOST_ROWS = 100_000


def as_csv(entries: QuerySet[Any], *, by: Any) -> Iterator[bytes]:
    """Record the export, then give the entries as CSV piece by piece.

    Raises NotPermittedError.
    """
    if not policies.may_export(by):
        raise NotPermittedError
    chosen = entries.order_by("id").select_related("content_type")[:MOST_ROWS]
    events.record(
        events.Record(by, events.Action.EVENT, "audit.export", data={"rows": chosen.count()})
    )
    return csv_lines(COLUMNS, _rows(chosen.iterator(chunk_size=500)))


def _rows(entries: Iterable[Entry]) -> Iterator[list[Any]]:
    for entry in entries:
        yield [
            str(entry.pk),
            entry.timestamp,
            entry.actor_name,
            entry.channel,
            entry.event,
            f"{entry.content_type.app_label}.{entry.content_type.model}:{entry.object_pk}",
            entry.object_repr,
            json.dumps(entry.changes, ensure_ascii=False) if entry.changes else "",
            entry.comment,
            entry.cid or "",
            entry.remote_addr or "",
        ]
