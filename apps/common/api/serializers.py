"""Shapes in and out: unknown keys are refused, codes are looked up in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.common.api import showing


@dataclass(frozen=True)
class Code:
    """A code somebody sent, not looked up yet."""

    field: CodeField
    value: str

    @property
    def group(self) -> tuple[type[models.Model], str]:
        """Codes of one group are looked up together."""
        return self.field.queryset().model, self.field.lookup


@extend_schema_field(OpenApiTypes.STR)
class CodeField(serializers.Field[Any, Any, Any, Any]):
    """A record by its code. Beside `name` the reply carries `name_id` and `name_name`.

    Reading gives a placeholder; `resolve_codes` looks all placeholders of one model up in one
    statement, so that a document of a thousand lines costs no more than one of a single line.
    """

    is_plain = True  # its value depends on the record alone: see `showing`
    default_error_messages = {
        "invalid": _("A code is text."),
        "unknown": _("There is no “%(code)s”."),
    }

    def __init__(
        self,
        queryset: Callable[[], models.QuerySet[Any]] | None = None,
        *,
        lookup: str = "code",
        label_field: str = "name",
        **kwargs: Any,
    ) -> None:
        self.records = queryset
        self.lookup = lookup
        self.label_field = label_field
        super().__init__(**kwargs)

    def queryset(self) -> models.QuerySet[Any]:
        """The records a code may stand for."""
        if self.records is None:
            raise TypeError("a writable CodeField needs a queryset")
        return self.records()

    def to_internal_value(self, data: Any) -> Any:
        """Keep the code for the bulk look-up."""
        if not isinstance(data, str) or len(data) > 64:
            self.fail("invalid")
        if data == "" and self.allow_null:
            return None
        return Code(self, data.strip())

    def to_representation(self, value: Any) -> Any:
        """The record's code."""
        return getattr(value, self.lookup)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses keys it does not know and adds `_id` and `_name` beside each code in replies."""

    def to_internal_value(self, data: Any) -> Any:
        """Read what is known, name what is not."""
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = {str(key)[:64] for key in data} - known
            if unknown:
                raise serializers.ValidationError(
                    {key: [_("This key is not known or cannot be set.")] for key in sorted(unknown)}
                )
        return super().to_internal_value(data)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The values by name, by the shortest way there is."""
        plan = showing.plan_of(type(self)) if showing.is_record(instance) else None
        if plan is None:
            shown: dict[str, Any] = super().to_representation(instance)
            return shown
        return showing.show(plan, instance)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The declared fields, with id and name beside each code."""
        fields: dict[str, serializers.Field[Any, Any, Any, Any]] = {}
        for name, field in super().get_fields().items():
            fields[name] = field
            if isinstance(field, CodeField) and not field.write_only:
                source = field.source or name
                # DRF refuses a source that says no more than the name does.
                elsewhere: dict[str, Any] = {} if source == name else {"source": f"{source}_id"}
                fields[f"{name}_id"] = serializers.IntegerField(
                    read_only=True, allow_null=True, **elsewhere
                )
                fields[f"{name}_name"] = serializers.CharField(
                    source=f"{source}.{field.label_field}", read_only=True, default=None
                )
        return fields


def resolve_codes(data: Any) -> Any:
    """Put the records in place of their codes, with one statement per model.

    Raises a validation error naming each path whose code is not known (`lines.2.unit`).
    """
    wanted: dict[tuple[type[models.Model], str], dict[str, None]] = {}
    found: dict[tuple[type[models.Model], str], dict[str, Any]] = {}
    places = list(_codes(data))
    querysets: dict[tuple[type[models.Model], str], models.QuerySet[Any]] = {}
    for _path, code in places:
        querysets.setdefault(code.group, code.field.queryset())
        wanted.setdefault(code.group, {})[code.value] = None
    for group, values in wanted.items():
        lookup = group[1]
        rows = querysets[group].filter(**{f"{lookup}__in": list(values)})
        found[group] = {getattr(row, lookup): row for row in rows}
    errors: dict[str, list[str]] = {}

    def record(path: str, code: Code) -> Any:
        row = found[code.group].get(code.value)
        if row is None:
            errors[path] = [str(_("There is no “%(code)s”.")) % {"code": code.value}]
        return row

    resolved = _replaced(data, record)
    if errors:
        raise serializers.ValidationError(errors)
    return resolved


def _codes(data: Any, path: str = "") -> Iterable[tuple[str, Code]]:
    if isinstance(data, Code):
        yield path, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _codes(value, f"{path}.{key}" if path else str(key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _codes(value, f"{path}.{index}" if path else str(index))


def _replaced(data: Any, record: Callable[[str, Code], Any], path: str = "") -> Any:
    if isinstance(data, Code):
        return record(path, data)
    if isinstance(data, Mapping):
        return {k: _replaced(v, record, f"{path}.{k}" if path else str(k)) for k, v in data.items()}
    if isinstance(data, list):
        return [_replaced(v, record, f"{path}.{i}" if path else str(i)) for i, v in enumerate(data)]
    return data
