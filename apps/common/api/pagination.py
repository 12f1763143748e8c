"""Pages by position, not by number: no COUNT by default, nothing skipped or doubled meanwhile."""

from __future__ import annotations

import base64
import binascii
import json
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from apps.common.numbers import whole_number

DEFAULT_SIZE = 50
LARGEST_SIZE = 200


class CursorPages(BasePagination):
    """Keyset paging over the view's ordering, always closed by the primary key."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """One page, read with one row more than it shows to know whether there is a next one."""
        self.request = request
        self.size = self._size(request)
        self.ordering = self._ordering(queryset)
        self.count = queryset.count() if request.query_params.get("count") == "true" else None
        cursor = self._read(request.query_params.get("cursor"))
        self.backwards = bool(cursor and cursor["back"])
        ordering = [_turned(o) for o in self.ordering] if self.backwards else self.ordering
        queryset = queryset.order_by(*ordering)
        if cursor:
            queryset = queryset.filter(_beyond(ordering, cursor["at"]))
        rows = list(queryset[: self.size + 1])
        more = len(rows) > self.size
        rows = rows[: self.size]
        if self.backwards:
            rows.reverse()
        self.rows = rows
        self.has_next = bool(rows) and (self.backwards or more)
        self.has_previous = bool(rows) and (more if self.backwards else cursor is not None)
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        """The page with links to its neighbours."""
        body = OrderedDict(
            next=self._link(self.rows[-1], back=False) if self.has_next else None,
            previous=self._link(self.rows[0], back=True) if self.has_previous else None,
            results=data,
        )
        if self.count is not None:
            body["count"] = self.count
        return Response(body)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The shape of a page in the OpenAPI document."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": link,
                "previous": link,
                "results": schema,
                "count": {"type": "integer"},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The paging parameters in the OpenAPI document."""
        size = {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": DEFAULT_SIZE}
        return [
            {"name": "cursor", "in": "query", "schema": {"type": "string"}},
            {"name": "page_size", "in": "query", "schema": size},
            {"name": "count", "in": "query", "schema": {"type": "boolean"}},
        ]

    def _size(self, request: Request) -> int:
        size = whole_number(request.query_params.get("page_size", str(DEFAULT_SIZE)), digits=5)
        if not size:
            raise ValidationError({"page_size": [_("A whole number from 1 to 200.")]})
        return min(size, LARGEST_SIZE)

    def _ordering(self, queryset: QuerySet[Any]) -> list[str]:
        fields = [str(f) for f in queryset.query.order_by or queryset.model._meta.ordering]
        if not any(f.lstrip("-") in {"pk", "id"} for f in fields):
            fields.append("-pk" if fields and fields[0].startswith("-") else "pk")
        return fields

    def _read(self, text: str | None) -> dict[str, Any] | None:
        if not text:
            return None
        try:
            cursor = json.loads(base64.urlsafe_b64decode(text.encode()))
            at = cursor["at"]
            if not isinstance(at, list) or len(at) != len(self.ordering):
                raise ValueError
            return {"back": bool(cursor["back"]), "at": [_value(v) for v in at]}
        except (ValueError, TypeError, KeyError, binascii.Error, UnicodeDecodeError):
            raise ValidationError({"cursor": [_("This cursor cannot be read.")]}) from None

    def _link(self, row: Any, *, back: bool) -> str:
        at = []
        for field in self.ordering:
            value: Any = row
            for part in field.lstrip("-").split("__"):
                value = getattr(value, part)
            at.append(value if isinstance(value, int | None) else str(value))
        token = base64.urlsafe_b64encode(json.dumps({"back": back, "at": at}).encode()).decode()
        parts = urlsplit(self.request.build_absolute_uri())
        query = {**self.request.query_params.dict(), "cursor": token}
        return urlunsplit(parts._replace(query=urlencode(query)))


def _turned(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def _value(value: Any) -> Any:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, str) and len(value) <= 300:
        return value  # the field it is compared with knows how to read it
    raise ValueError


def _beyond(ordering: Sequence[str], at: Sequence[Any]) -> Q:
    """Rows strictly after the position: (a > x) or (a = x and b > y)."""
    condition = Q()
    equal: dict[str, Any] = {}
    for field, value in zip(ordering, at, strict=True):
        name = field.lstrip("-")
        step = Q(**{f"{name}__{'lt' if field.startswith('-') else 'gt'}": value})
        condition |= Q(**equal) & step if equal else step
        equal[name] = value
    return condition
