"""Recording what happened: services say it here, the audit listens (common never imports audit).

A record is sent inside the transaction of the change, so a failing audit takes the change back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import models
from django.dispatch import Signal

# Receivers get `records`, a list of Record.
recorded = Signal()
_batch: ContextVar[list[Record] | None] = ContextVar("erp_events", default=None)


class Action(StrEnum):
    """What happened to the object."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    EVENT = "event"


@dataclass(frozen=True)
class Record:
    """One line of history: the object, what happened, and each field's old and new value."""

    instance: models.Model
    action: Action
    event: str
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    comment: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    actor: Any = None


def snapshot(instance: models.Model) -> dict[str, Any]:
    """The stored columns of an object, by attribute name, to be compared later."""
    return {f.attname: getattr(instance, f.attname) for f in instance._meta.concrete_fields}


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any], *, ignore: Iterable[str] = ()
) -> dict[str, tuple[Any, Any]]:
    """The fields that differ, each with its old and new value."""
    skipped = {"updated_at", "version", *ignore}
    return {
        name: (before.get(name), value)
        for name, value in after.items()
        if name not in skipped and before.get(name) != value
    }


def record(*records: Record) -> None:
    """Write history in one batch, inside the caller's transaction."""
    batch = _batch.get()
    if batch is not None:
        batch.extend(records)
    elif records:
        recorded.send(sender=Record, records=list(records))


@contextmanager
def batched() -> Iterator[None]:
    """Write all that is recorded inside with one insert at the end, when nothing was refused.

    Must be opened inside the transaction; where one batch is open already, it is joined.
    """
    if _batch.get() is not None:
        yield
        return
    batch: list[Record] = []
    token = _batch.set(batch)
    try:
        yield
    finally:
        _batch.reset(token)
    record(*batch)


def created(instances: Iterable[models.Model], event: str, **data: Any) -> list[Record]:
    """Records for new objects, with every stored value as the baseline."""
    return [
        Record(
            instance,
            Action.CREATE,
            event,
            {k: (None, v) for k, v in snapshot(instance).items() if v not in (None, "")},
            data=data,
        )
        for instance in instances
    ]


def happened(instance: models.Model, event: str, comment: str = "", **data: Any) -> None:
    """A business event that changes no field: a login, an export, a price view."""
    record(Record(instance, Action.EVENT, event, comment=comment, data=data))
