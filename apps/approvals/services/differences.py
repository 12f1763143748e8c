"""What changed since an approval was asked for the last time, field by field and line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from apps.approvals import hashing, registry
from apps.approvals.models import ApprovalRequest
from apps.approvals.registry import ApprovableKind

LINES = "lines"
LINE_KEY = "line_no"


@dataclass(frozen=True)
class Change:
    """One value that differs; `line` is empty for the header. A line added has nothing before."""

    line: int | None
    field: str
    label: str
    before: Any
    after: Any


def difference(old_request: ApprovalRequest, document: Any) -> list[Change]:
    """What differs between what was asked to be approved then and what the document says now."""
    kind = registry.kind_of(document)
    return between(kind, old_request.content, hashing.canonical(kind.content(document)))


def former(request: ApprovalRequest) -> ApprovalRequest | None:
    """The request before this one on the same document."""
    rows = ApprovalRequest.objects.of(request.document_kind, request.document_id)
    return rows.filter(pk__lt=request.pk).order_by("-pk").first()


def since_former(request: ApprovalRequest) -> list[Change]:
    """What differs between a request and the one before it; nothing for a first one."""
    before = former(request)
    if before is None:
        return []
    return between(registry.get(request.document_kind), before.content, request.content)


def between(
    kind: ApprovableKind, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Change]:
    """The changes between two contents: the header's first, then line by line."""
    changes = list(_fields(kind, kind.model, None, before, after))
    old, new = _by_number(before), _by_number(after)
    for number in sorted({*old, *new}):
        changes.extend(_line(kind, number, old.get(number), new.get(number)))
    return changes


def label(kind: ApprovableKind, name: str, model: type[Any] | None) -> str:
    """What a key of the content is called on screen."""
    if name in kind.labels:
        return str(kind.labels[name])
    try:
        field = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        field = None
    if isinstance(field, models.Field):
        return str(field.verbose_name)
    return name.replace("_", " ")


def _line(
    kind: ApprovableKind,
    number: int,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> Iterator[Change]:
    if before is not None and after is not None:
        yield from _fields(kind, kind.line_model, number, before, after)
    elif after is not None:
        yield Change(number, "", _("line added"), None, describe(after))
    elif before is not None:
        yield Change(number, "", _("line removed"), describe(before), None)


def _fields(
    kind: ApprovableKind,
    model: type[Any] | None,
    number: int | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> Iterator[Change]:
    for name in [*after, *(key for key in before if key not in after)]:
        old, new = before.get(name), after.get(name)
        if name not in {LINES, LINE_KEY} and old != new:
            yield Change(number, name, label(kind, name, model), _shown(old), _shown(new))


def describe(line: Mapping[str, Any]) -> str:
    """A line in one row: what it is and how much of it."""
    parts = (line.get(name) for name in ("item", "description", "quantity", "unit"))
    return " ".join(str(part) for part in parts if part)


def _shown(value: Any) -> Any:
    return ", ".join(str(part) for part in value) if isinstance(value, list) else value


def _by_number(content: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    return {row[LINE_KEY]: row for row in content.get(LINES, ())}
