"""Values as history keeps them: readable, JSON, and names beside the keys of other records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import models

from apps.audit.masking import is_secret, mask

Related = tuple[type[models.Model], str]
Field = models.Field[Any, Any]


def plain(value: Any) -> Any:
    """A value as JSON can hold it and people can read it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        value = value.astimezone(UTC) if value.tzinfo else value
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(part) for part in value]
    return str(value)


def label(record: models.Model) -> str:
    """A record of another table, so that it can be recognised and found."""
    return f"{record} (#{record.pk})"


class Names:
    """Readable names for foreign keys in a batch of changes, asked for once per model."""

    def __init__(self) -> None:
        self._wanted: dict[Related, set[Any]] = {}
        self._found: dict[Related, dict[Any, str]] = {}

    def want(self, field: Field, values: Iterable[Any]) -> None:
        """Remember keys whose names will be asked for."""
        keys = {value for value in values if value is not None}
        if keys:
            self._wanted.setdefault(_related(field), set()).update(keys)

    def know(self, field: Field, record: models.Model) -> None:
        """Take a name from a record that is at hand anyway."""
        related = _related(field)
        self._found.setdefault(related, {})[getattr(record, related[1])] = label(record)

    def fetch(self) -> None:
        """Look up what is not known yet, one statement per model."""
        for related, keys in self._wanted.items():
            model, attribute = related
            known = self._found.setdefault(related, {})
            missing = keys - known.keys()
            if not missing:
                continue
            for record in model._base_manager.filter(**{f"{attribute}__in": missing}):
                known[getattr(record, attribute)] = label(record)

    def name(self, field: Field, key: Any) -> Any:
        """The name of a key, or the key where nothing more is known."""
        if key is None:
            return None
        return self._found.get(_related(field), {}).get(key, f"#{key}")


def _related(field: Any) -> Related:
    return field.related_model, field.target_field.attname


def fields_of(model: type[models.Model]) -> dict[str, Field]:
    """The columns of a model under both of their names (`department` and `department_id`)."""
    found: dict[str, Field] = {}
    for field in model._meta.concrete_fields:
        found[field.name] = found[field.attname] = field
    return found


def stored(
    field: Field | None, name: str, pair: tuple[Any, Any], names: Names
) -> tuple[str, list[Any]]:
    """One change as it is kept: the field's name, and its value before and after."""
    if is_secret(name, field):
        return name, [mask(value) for value in pair]
    if field is not None and field.is_relation:
        return field.name, [names.name(field, value) for value in pair]
    return name, [plain(value) for value in pair]
