"""What a database says of itself: counts, exact sums, documents, the audit's head, migrations.

Asked of the live database at the moment of the backup and of every copy restored from it: both
have to say the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from auditlog import get_logentry_model
from django.apps import apps
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max

from apps.common.models import Document
from apps.common.money import exact

type Facts = dict[str, Any]


def gather() -> Facts:
    """All facts of our database as it is now."""
    return {
        "migrations": migrations(),
        "rows": rows(),
        "sums": sums(),
        "documents": documents(),
        "newest": newest(),
        "audit": audit_head(),
    }


def migrations() -> list[str]:
    """The migrations that made the tables what they are."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def rows() -> dict[str, int]:
    """How many rows each table has, Django's own tables among them."""
    quote = connection.ops.quote_name
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT COUNT(*) FROM {quote(table)}")  # noqa: S608 - a table's own name
            found[table] = int(cursor.fetchone()[0])
    return found


def sums() -> dict[str, str]:
    """The exact sum of every column of decimals: amounts, prices, quantities, rates."""
    quote = connection.ops.quote_name
    function = "SUM"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # its own SUM adds floats
            connection.connection.create_aggregate("erp_exact_sum", 1, _ExactSum)
            function = "erp_exact_sum"
        found = {}
        for model in _models():
            names = [str(f.column) for f in model._meta.concrete_fields if _is_decimal(f)]
            if not names:
                continue
            columns = ", ".join(f"{function}({quote(name)})" for name in names)
            table = model._meta.db_table
            cursor.execute(f"SELECT {columns} FROM {quote(table)}")  # noqa: S608 - names of our own
            for name, value in zip(names, cursor.fetchone(), strict=True):
                found[f"{table}.{name}"] = _plain(value)
    return found


def documents() -> dict[str, dict[str, list[Any]]]:
    """Per kind of document and status: how many, and what they are worth in base currency."""
    found: dict[str, dict[str, list[Any]]] = {}
    for model in document_models():
        by_status: dict[str, list[Any]] = {}
        values = model._base_manager.order_by().values_list("status", "base_total")
        with exact():
            for status, worth in values.iterator(5000):
                entry = by_status.setdefault(status, [0, Decimal(0)])
                entry[0] += 1
                entry[1] += worth or 0
        found[model._meta.label_lower] = {
            status: [count, _plain(worth)] for status, (count, worth) in sorted(by_status.items())
        }
    return found


def newest() -> dict[str, str]:
    """When the newest document of each kind was touched: what comes after it is not in here."""
    found = {}
    for model in document_models():
        moment = model._base_manager.aggregate(moment=Max("updated_at"))["moment"]
        found[model._meta.label_lower] = moment.isoformat() if moment else ""
    return found


def audit_head() -> dict[str, Any]:
    """The audit's last entry: its number, its moment and a digest of all its fields."""
    entries = get_logentry_model()._base_manager
    last = entries.order_by("-pk").values().first()
    if last is None:
        return {"pk": None, "at": "", "digest": ""}
    text = json.dumps(last, sort_keys=True, default=str, ensure_ascii=False)
    return {
        "pk": last["id"],
        "at": last["timestamp"].isoformat(),
        "digest": hashlib.sha256(text.encode()).hexdigest(),
    }


def differences(expected: Facts, found: Facts) -> Iterator[str]:
    """Each fact that is not what it was, by its name."""
    for topic, value in expected.items():
        yield from _differences(topic, value, found.get(topic))


def _differences(name: str, expected: Any, found: Any) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted({*expected, *found}):
            yield from _differences(f"{name} {key}", expected.get(key), found.get(key))
    elif isinstance(expected, list) and name == "migrations":
        for key in sorted({*expected} ^ {*(found or [])}):
            yield f"{name}: {key}"
    elif expected != found:
        yield f"{name}: {expected} -> {found}"


class _ExactSum:
    """Adds what SQLite keeps as floats as the decimals they were written as."""

    def __init__(self) -> None:
        self.total: Decimal | None = None

    def step(self, value: Any) -> None:
        if value is not None:
            with exact():
                self.total = (self.total or Decimal(0)) + Decimal(str(value))

    def finalize(self) -> str | None:
        return None if self.total is None else format(self.total, "f")


def _models() -> list[type[models.Model]]:
    tables = set(connection.introspection.table_names())
    found = [m for m in apps.get_models() if m._meta.managed and not m._meta.proxy]
    return [model for model in found if model._meta.db_table in tables]


def document_models() -> list[Any]:
    """Every kind of business document."""
    return [model for model in _models() if issubclass(model, Document)]


def _is_decimal(field: Any) -> bool:
    return isinstance(field, models.DecimalField)


def _plain(value: Any) -> str:
    """A number without trailing zeros, the same for both ways of summing."""
    number = Decimal(str(value or 0))
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
