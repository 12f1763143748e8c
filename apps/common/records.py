"""Saving master data: locked when it exists, stamped, validated; the policy is the caller's.

Documents have their own services; this is for records people simply keep (units, items, projects).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from apps.common import context
from apps.common.errors import StaleVersionError
from apps.common.models import Stamped
from apps.common.text import many_lines, one_line


def locked[R: Stamped](record: R, *, expected_version: int | None = None) -> R:
    """Read an existing record fresh under its row lock; a new one is given back as it is.

    Raises StaleVersionError when somebody changed it since `expected_version`.
    """
    if record._state.adding:
        return record
    manager = type(record)._default_manager
    fresh: R = manager.select_for_update(of=("self",)).get(pk=record.pk)
    if expected_version is not None and getattr(fresh, "version", None) != expected_version:
        raise StaleVersionError(current=getattr(fresh, "version", None))
    return fresh


@transaction.atomic
def save[R: Stamped](
    record: R, *, by: Any, data: Mapping[str, Any], expected_version: int | None = None
) -> R:
    """Put the values on the record, validate all of it and save. Returns the saved record.

    Raises StaleVersionError and Django's ValidationError; nothing is written then.
    """
    fresh = locked(record, expected_version=expected_version)
    for name, value in data.items():
        setattr(fresh, name, tidy(value))
    stamp(fresh, by=by)
    fresh.full_clean()
    with context.working(actor=by or context.current().actor):
        fresh.save()
    return fresh


def tidy(value: Any) -> Any:
    """Text without what nobody can see; anything else as it is."""
    if not isinstance(value, str):
        return value
    return many_lines(value) if "\n" in value else one_line(value)


def stamp(record: Stamped, *, by: Any) -> None:
    """Say who made or changed the record, and raise its version when it has one."""
    if record._state.adding:
        record.created_by = by
    elif hasattr(record, "version"):
        record.version += 1
    record.updated_by = by


def replace_children(
    parent: Any,
    children: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    key: Sequence[str],
    by: Any = None,
) -> None:
    """Make the records below a parent equal to `rows`: kept by their key, added, or removed.

    Each one is saved by itself, so that each change is seen by the history.
    """
    manager = getattr(parent, children)
    found = {tuple(getattr(child, name) for name in key): child for child in manager.all()}
    kept = set()
    with context.working(actor=by or context.current().actor):
        for row in rows:
            identity = tuple(row[name] for name in key)
            child = found.get(identity) or manager.model(**{manager.field.name: parent})
            for name, value in row.items():
                setattr(child, name, tidy(value))
            child.full_clean()
            child.save()
            kept.add(identity)
        for identity, child in found.items():
            if identity not in kept:
                child.delete()
