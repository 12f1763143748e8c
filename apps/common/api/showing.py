"""Showing records without making a serializer's fields anew for each reply.

DRF copies every field of a serializer before it shows the first value, and looks for mappings and
callables at every step of every value: more work than the database has with the page. What a class
of serializers shows is always the same, so its fields are made once and each value is taken by the
shortest way. Whatever is not plain goes DRF's own way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from rest_framework import serializers
from rest_framework.fields import SkipField

# Fields whose value depends on the record alone, not on who asks or on the serializer around them.
PLAIN = (
    serializers.BooleanField,
    serializers.CharField,
    serializers.ChoiceField,
    serializers.DateField,
    serializers.DateTimeField,
    serializers.DecimalField,
    serializers.IntegerField,
    serializers.JSONField,
    serializers.ListField,
)


class Shown(NamedTuple):
    """One value of a reply: its name, how it is taken from the record, how it is written."""

    name: str
    take: Callable[[Any], Any]
    write: Callable[[Any], Any]
    field: Any


@cache
def plan_of(serializer: type[serializers.Serializer[Any]]) -> tuple[Shown, ...] | None:
    """What this class shows, or nothing where one of its fields has a mind of its own."""
    fields = [field for field in serializer().fields.values() if not field.write_only]
    if not all(map(_is_plain, fields)):
        return None
    return tuple(
        Shown(field.field_name or "", _taker(field), field.to_representation, field)
        for field in fields
    )


def _is_plain(field: Any) -> bool:
    if isinstance(field, serializers.ListSerializer):
        child: Any = type(field.child)
        return plan_of(child) is not None
    is_known = type(field) in PLAIN or getattr(type(field), "is_plain", False)
    return is_known and bool(field.source_attrs)


def _taker(field: Any) -> Callable[[Any], Any]:
    if isinstance(field, serializers.ListSerializer):
        return field.get_attribute
    return attrgetter(".".join(field.source_attrs))


def show(plan: tuple[Shown, ...], record: Any) -> dict[str, Any]:
    """The values of a record by name."""
    shown = {}
    for name, take, write, field in plan:
        try:
            value = take(record)
        except (AttributeError, KeyError, ObjectDoesNotExist):
            try:
                value = field.get_attribute(record)  # knows its default, or says what is missing
            except SkipField:
                continue
        if callable(value):
            value = field.get_attribute(record)
        shown[name] = None if value is None else write(value)
    return shown


def is_record(value: Any) -> bool:
    """Whether values are attributes; those of mappings are taken DRF's way."""
    return not isinstance(value, Mapping)
