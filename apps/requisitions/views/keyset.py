"""Pages of a list by position: nothing is counted, skipped or shown twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from apps.common.numbers import whole_number

PAGE_SIZE = 25


@dataclass
class Page:
    """The rows of one page and the addresses of its neighbours, empty at the ends."""

    rows: list[Any]
    previous_url: str = ""
    next_url: str = ""


def paginate(queryset: QuerySet[Any], query: QueryDict, size: int = PAGE_SIZE) -> Page:
    """One page, the newest first. An unreadable position shows the first page."""
    position = _read(query.get("after", "")) or _read(query.get("before", ""))
    back = position is not None and "after" not in query
    rows = queryset.order_by(*(("created_at", "pk") if back else ("-created_at", "-pk")))
    if position is not None:
        at, pk = position
        word = "gt" if back else "lt"
        same_moment = Q(created_at=at, **{f"pk__{word}": pk})
        rows = rows.filter(Q(**{f"created_at__{word}": at}) | same_moment)
    found = list(rows[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
    page = Page(found)
    if found and (has_more if back else position is not None):
        page.previous_url = _url(query, "before", found[0])
    if found and (back or has_more):
        page.next_url = _url(query, "after", found[-1])
    return page


def _read(text: str) -> tuple[Any, int] | None:
    moment, _separator, pk = text.partition("~")
    key = whole_number(pk)
    if key is None:
        return None
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    return (at, key) if at is not None and at.tzinfo is not None else None


def _url(query: QueryDict, direction: str, row: Any) -> str:
    kept = query.copy()
    for name in ("after", "before"):
        kept.pop(name, None)
    kept[direction] = f"{row.created_at.isoformat()}~{row.pk}"
    return f"?{kept.urlencode()}"
