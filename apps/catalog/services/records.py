"""Saving master data by whoever may keep it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.catalog import policies
from apps.catalog.models import SupplierPrice, TaxCode
from apps.common import records
from apps.common.errors import NotPermittedError
from apps.common.models import Stamped
from apps.common.records import replace_children

__all__ = ["replace_children", "save", "save_supplier_price", "save_tax_code"]


def save[R: Stamped](
    record: R, *, by: Any, data: Mapping[str, Any], expected_version: int | None = None
) -> R:
    """Create or change a record of master data.

    Raises NotPermittedError, StaleVersionError or a ValidationError; nothing is written then.
    """
    may = policies.may_add if record._state.adding else policies.may_change
    if not may(by, type(record)):
        raise NotPermittedError
    return records.save(record, by=by, data=data, expected_version=expected_version)


@transaction.atomic
def save_supplier_price(
    price: SupplierPrice, *, by: Any, data: dict[str, Any], expected_version: int | None = None
) -> SupplierPrice:
    """Keep a supplier's price; `breaks` replaces all of them."""
    breaks = data.pop("breaks", None)
    saved = save(price, by=by, data=data, expected_version=expected_version)
    if breaks is not None:
        replace_children(saved, "breaks", breaks, key=("minimum_quantity",), by=by)
    return saved


@transaction.atomic
def save_tax_code(
    tax_code: TaxCode, *, by: Any, data: dict[str, Any], expected_version: int | None = None
) -> TaxCode:
    """Keep a tax code; `rates` replaces all of its dated rates."""
    rates = data.pop("rates", None)
    saved = save(tax_code, by=by, data=data, expected_version=expected_version)
    if rates is not None:
        stamped = [{**rate, "updated_by": by} for rate in rates]
        replace_children(saved, "rates", stamped, key=("valid_from",), by=by)
    return saved
