"""Checks of the history: nothing is missing from it, and documents are where it left them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils.translation import gettext as _

from apps.audit import triggers
from apps.audit.models import Entry
from apps.common.integrity import Place, place
from apps.common.models import Document

ROWS = 5000


def numbers() -> Iterator[Place]:
    """Entries are numbered without holes, where that can be said.

    SQLite takes a number back with the transaction that took it, so a hole there is an entry that
    was removed. PostgreSQL does not, so a hole says nothing there; a number past the counter does.
    """
    pks = Entry.objects.order_by("pk").values_list("pk", flat=True)
    last = 0
    for pk in pks.iterator(ROWS):
        if connection.vendor == "sqlite" and pk != last + 1:
            what = _("the entries %(first)d to %(last)d before it are missing")
            yield place(Entry, pk, what % {"first": last + 1, "last": pk - 1})
        last = pk
    given = _given_out()
    if connection.vendor == "sqlite" and last < given:
        what = _("the entries %(first)d to %(last)d at the end are missing")
        yield place(Entry, None, what % {"first": last + 1, "last": given})
    if last > given:
        yield place(Entry, last, _("its number was never given out"))


def statuses() -> Iterator[Place]:
    """Every document is in the state its last move left it in."""
    for model in apps.get_models():
        if issubclass(model, Document) and not model._meta.proxy:
            yield from _of_model(model)


def guards() -> Iterator[Place]:
    """The database itself refuses to change or remove entries."""
    for lost in triggers.GUARD.missing(connection):
        yield Place(
            triggers.TABLE, None, _("the trigger %(name)s is missing") % {"name": lost.name}
        )


def _of_model(model: Any) -> Iterator[Place]:
    kind = ContentType.objects.get_for_model(model)
    rows = Entry.objects.filter(content_type=kind, changes__has_key="status").order_by("pk")
    last: dict[int, Any] = {}
    for pk, changes in rows.values_list("object_id", "changes").iterator(ROWS):
        last[pk] = changes["status"][1]
    for pk, status in model._base_manager.order_by("pk").values_list("pk", "status").iterator(ROWS):
        if pk not in last:
            yield place(model, pk, _("the history knows nothing of its state"))
        elif last[pk] != status:
            what = _("it is %(found)s, and its last move made it %(expected)s")
            yield place(model, pk, what % {"found": status, "expected": last[pk]})


def _given_out() -> int:
    """The last number the table's counter gave out."""
    table = Entry._meta.db_table
    query = "SELECT seq FROM sqlite_sequence WHERE name = %s"
    if connection.vendor == "postgresql":
        query = "SELECT last_value FROM pg_sequences WHERE sequencename = %s"
        table = f"{table}_id_seq"
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        found = cursor.fetchone()
    return int(found[0] or 0) if found else 0
