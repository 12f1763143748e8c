"""What the demonstration company buys, from whom and at which price."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog import services
from apps.catalog.models import (
    Category,
    Currency,
    ExchangeRate,
    Incoterm,
    Item,
    PaymentTerm,
    Supplier,
    SupplierContact,
    SupplierPrice,
    SupplierPriceBreak,
    TaxCode,
    Unit,
)
from apps.common import events

# Base currency for one unit; only a demonstration, so they barely move.
RATES = {"USD": "7.0820", "EUR": "8.2150", "JPY": "0.0468", "HKD": "0.9105", "GBP": "9.4300"}


class Shelf:
    """What items refer to, read once for all of them."""

    def __init__(self, suppliers: dict[str, Supplier]) -> None:
        self.suppliers = suppliers
        self.items = set(Item.objects.values_list("code", flat=True))
        self.units = {row.code: row for row in Unit.objects.all()}
        self.categories = {row.code: row for row in Category.objects.all()}
        self.currencies = {row.code: row for row in Currency.objects.all()}
        self.tax_codes = {row.code: row for row in TaxCode.objects.all()}


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the demonstration's files."""
    path = settings.BASE_DIR / "fixtures" / "demo" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def make(by: User, days: int) -> None:
    """Make the catalogue, with rates and prices in force for the whole time of the documents."""
    call_command("erp_setup_reference", verbosity=0)
    start = timezone.localdate() - timedelta(days=days + 10)
    _rates(by, start)
    for row in rows("categories"):
        _category(row, by)
    buyer = User.objects.get(username="gao.feng")
    shelf = Shelf({row["code"]: _supplier(row, buyer) for row in rows("suppliers")})
    _items([row for row in rows("items") if row["code"] not in shelf.items], shelf, by, start)


def _rates(by: User, start: date) -> None:
    chance = Random(7)  # noqa: S311 - a demonstration's figures, not a secret
    for code, rate in RATES.items():
        currency = Currency.objects.get(code=code)
        if currency.rates.exists():
            continue
        for month in range(4):
            moved = Decimal(rate) * (1 + Decimal(chance.randint(-8, 8)) / 1000)
            found = ExchangeRate(
                currency=currency,
                valid_from=start + timedelta(days=30 * month),
                rate=moved.quantize(Decimal("0.0001")),
                source="Demonstration",
                created_by=by,
            )
            found.full_clean()
            found.save()


def _category(row: dict[str, str], by: User) -> None:
    if Category.objects.filter(code=row["code"]).exists():
        return
    services.save_category(
        Category(code=row["code"]),
        by=by,
        data={
            "name_en": row["name_en"],
            "name_zh_hans": row["name_zh"],
            "parent": Category.objects.filter(code=row["parent"]).first(),
        },
    )


def _supplier(row: dict[str, str], by: User) -> Supplier:
    found: Supplier | None = Supplier.objects.filter(code=row["code"]).first()
    if found is not None:
        return found
    supplier = services.save_supplier(
        Supplier(code=row["code"]),
        by=by,
        data={
            "name_en": row["name_en"],
            "name_zh_hans": row["name_zh"],
            "country": row["country"],
            "currency": Currency.objects.get(code=row["currency"]),
            "payment_term": PaymentTerm.objects.get(code=row["payment_term"]),
            "incoterm": Incoterm.objects.filter(code=row["incoterm"]).first(),
            "order_control": row["control"],
            "warning": row["warning"],
            "email": row["email"],
            "phone": row["phone"],
            "lead_time_days": int(row["lead_days"]),
            "language": "zh-hans" if row["country"] == "CN" else "en",
        },
    )
    contact = SupplierContact(
        supplier=supplier, name=row["email"].split("@")[0], email=row["email"], is_primary=True
    )
    contact.full_clean()
    contact.save()
    return _decide(supplier, row, by)


def _decide(supplier: Supplier, row: dict[str, str], by: User) -> Supplier:
    if row["status"] == "prospective":
        return supplier
    if row["status"] == "blocked":
        return services.block(supplier, by=by, comment=row["warning"])
    supplier = services.approve(supplier, by=by, comment="")
    if row["status"] == "suspended":
        supplier = services.suspend(supplier, by=by, comment=row["warning"])
    return supplier


def _items(found: list[dict[str, str]], shelf: Shelf, by: User, start: date) -> None:
    """The catalogue in bulk, as an import writes it: three inserts and one for the history."""
    items = [_item(row, shelf, by) for row in found]
    _keep(items)
    prices = [_price(row, item, shelf, start) for row, item in zip(found, items, strict=True)]
    _keep(prices)
    _keep([_break(price) for price in prices if price.price < 50])


def _keep(records: list[Any]) -> None:
    """Check and write new records of one model; what they refer to was just read."""
    if not records:
        return
    model = type(records[0])
    relations = [f.name for f in model._meta.concrete_fields if f.is_relation]
    for record in records:
        record.clean_fields(exclude=relations)
    model.objects.bulk_create(records, batch_size=200)
    events.record(*events.created(records, f"{model._meta.model_name}.imported"))


def _item(row: dict[str, str], shelf: Shelf, by: User) -> Item:
    return Item(
        code=row["code"],
        name_en=row["name_en"],
        name_zh_hans=row["name_zh"],
        category=shelf.categories[row["category"]],
        base_unit=shelf.units[row["unit"]],
        tax_code=shelf.tax_codes[row["tax_code"]],
        lead_time_days=int(row["lead_days"]),
        preferred_supplier=shelf.suppliers[row["supplier"]],
        created_by=by,
        updated_by=by,
    )


def _price(row: dict[str, str], item: Item, shelf: Shelf, start: date) -> SupplierPrice:
    return SupplierPrice(
        supplier=shelf.suppliers[row["supplier"]],
        item=item,
        supplier_part_number=f"{row['supplier'][2:]}-{row['code']}",
        unit=item.base_unit,
        currency=shelf.currencies[row["currency"]],
        price=Decimal(row["price"]),
        lead_time_days=int(row["lead_days"]),
        valid_from=start,
        created_by=item.created_by,
    )


def _break(price: SupplierPrice) -> SupplierPriceBreak:
    lower = (price.price * Decimal("0.92")).quantize(Decimal("0.000001"))
    return SupplierPriceBreak(supplier_price=price, minimum_quantity=Decimal(500), price=lower)
