"""Finding text: one question everywhere, asked so that a large database answers it from indexes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.constants import LOOKUP_SEP

MOST_WORDS = 6
LONGEST_TEXT = 200


def typed(text: str) -> str:
    """What somebody typed into a search box, as far as a database may be asked about it."""
    return text.replace("\x00", "").strip()[:LONGEST_TEXT]


def containing(queryset: QuerySet[Any], text: str, *fields: str) -> Any:
    """Rows with the text in one of the fields, which may lie in related tables."""
    return anywhere(queryset, {f"{field}__icontains": text for field in fields})


def anywhere(queryset: QuerySet[Any], lookups: Mapping[str, str]) -> Any:
    """Rows that one of the lookups finds.

    No index answers an OR over several tables, whereas each table's own part has one: so each is
    a question of its own, and the rows are those any of them found.
    """
    of_table: dict[str, Q] = {}
    for lookup, value in lookups.items():
        *relation, _field, _operator = lookup.split(LOOKUP_SEP)
        table = LOOKUP_SEP.join(relation)
        of_table[table] = of_table.get(table, Q()) | Q(**{lookup: value})
    if set(of_table) == {""}:
        return queryset.filter(of_table[""])
    rows = queryset.model._base_manager
    first, *others = [rows.filter(part).order_by().values("pk") for part in of_table.values()]
    return queryset.filter(pk__in=first.union(*others) if others else first)
