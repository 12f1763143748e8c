"""What every installation starts with: units, currencies, trade terms, taxes, payment terms.

The data are in fixtures/reference/. What is missing is created; what somebody changed since is left
as it is and told, because a company's own names and steps go before ours.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction

from apps.catalog.models import Currency, Incoterm, PaymentTerm, TaxCode, TaxRate, Unit
from apps.common import events
from apps.common.shipped import Outcome

KINDS: Mapping[str, type[models.Model]] = {
    "units": Unit,
    "currencies": Currency,
    "incoterms": Incoterm,
    "tax_codes": TaxCode,
    "payment_terms": PaymentTerm,
}


def read(kind: str) -> list[dict[str, Any]]:
    """The rows of one kind as they are shipped."""
    path = Path(settings.BASE_DIR) / "fixtures" / "reference" / f"{kind}.toml"
    rows: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))[kind]
    return rows


@transaction.atomic
def setup_reference(*, by: Any = None, dry_run: bool = False) -> dict[str, Outcome]:
    """Create what is missing of every kind; with `dry_run` only say what would be created."""
    return {kind: _setup(kind, model, by, dry_run=dry_run) for kind, model in KINDS.items()}


def _setup(kind: str, model: type[models.Model], by: Any, *, dry_run: bool) -> Outcome:
    outcome = Outcome()
    existing = {row.code: row for row in _rows(model)}
    new: list[tuple[Any, list[dict[str, Any]]]] = []
    for row in read(kind):
        rates = row.pop("rates", [])
        record = existing.get(row["code"])
        if record is None:
            outcome.created.append(row["code"])
            new.append((model(**row, created_by=by, updated_by=by), rates))
        elif _differs(record, row):
            outcome.kept.append(row["code"])
        else:
            outcome.unchanged += 1
    if not dry_run:
        _create(model, new, by)
    return outcome


def _rows(model: type[models.Model]) -> Iterable[Any]:
    return model._default_manager.all()


def _differs(record: models.Model, row: Mapping[str, Any]) -> bool:
    for name, value in row.items():
        stored = getattr(record, name)
        if stored != (Decimal(value) if isinstance(stored, Decimal) else value):
            return True
    return False


def _create(
    model: type[models.Model], new: list[tuple[Any, list[dict[str, Any]]]], by: Any
) -> None:
    records = [record for record, _rates in new]
    for record in records:
        record.clean_fields()
    model._default_manager.bulk_create(records)
    stamps = {"created_by": by, "updated_by": by}
    rates = [TaxRate(tax_code=code, **rate, **stamps) for code, rows in new for rate in rows]
    TaxRate.objects.bulk_create(rates)
    for batch in (records, rates):
        if batch:
            name = batch[0]._meta.model_name
            events.record(*events.created(batch, f"{name}.set_up"))
