"""Records of the catalogue for tests, with no more than they need."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from apps.accounts.models import User
from apps.catalog.models import (
    Category,
    Currency,
    ExchangeRate,
    Item,
    Supplier,
    SupplierBankAccount,
    SupplierPrice,
    SupplierPriceBreak,
    TaxCode,
    TaxRate,
    Unit,
)
from tests.factories import give

NUMBERS = count(1)
DAY = date(2026, 11, 22)


def make_user(*permissions: str, **fields: Any) -> User:
    """Somebody with these permissions (`catalog.add_item`)."""
    name = fields.pop("username", f"user{next(NUMBERS)}")
    user = User.objects.create(username=name, email=f"{name}@example.com", **fields)
    give(user, *permissions)
    return User.objects.get(pk=user.pk)


def make_unit(code: str = "C62", **fields: Any) -> Unit:
    defaults = {"name_en": code.lower(), "factor": Decimal(1), "step": Decimal(1)}
    return Unit.objects.get_or_create(code=code, defaults={**defaults, **fields})[0]


def make_currency(code: str = "CNY", rate: str | None = None, **fields: Any) -> Currency:
    currency, _made = Currency.objects.get_or_create(
        code=code, defaults={"name_en": code, **fields}
    )
    if rate is not None:
        ExchangeRate.objects.create(
            currency=currency, valid_from=date(2020, 1, 1), rate=Decimal(rate)
        )
    return currency


def make_tax_code(code: str = "VAT13", **rates: str) -> TaxCode:
    """A tax with rates as `d2019_04_01="13"`."""
    tax_code = TaxCode.objects.create(code=code, name_en=code)
    for day, percent in rates.items():
        TaxRate.objects.create(
            tax_code=tax_code,
            valid_from=date.fromisoformat(day[1:].replace("_", "-")),
            percent=Decimal(percent),
        )
    return tax_code


def make_category(code: str, parent: Category | None = None, **fields: Any) -> Category:
    path = f"{parent.path if parent else ''}{code}/"
    return Category.objects.create(
        code=code, parent=parent, path=path, **{"name_en": f"Category {code}", **fields}
    )


def make_item(code: str | None = None, **fields: Any) -> Item:
    number = next(NUMBERS)
    unit = fields.pop("base_unit", None) or make_unit()
    return Item.objects.create(
        code=code or f"ITEM-{number:04d}",
        base_unit=unit,
        **{"name_en": f"Item {number}", **fields},
    )


def make_supplier(code: str | None = None, **fields: Any) -> Supplier:
    number = next(NUMBERS)
    return Supplier.objects.create(
        code=code or f"S-{number:04d}",
        **{"name_en": f"Supplier {number}", "status": "approved", **fields},
    )


def make_price(
    item: Item, supplier: Supplier, price: str, breaks: dict[str, str] | None = None, **fields: Any
) -> SupplierPrice:
    """A price in force since 2026 began; breaks as quantity → price."""
    made = SupplierPrice.objects.create(
        item=item,
        supplier=supplier,
        price=Decimal(price),
        unit=fields.pop("unit", None) or item.base_unit,
        currency=fields.pop("currency", None) or make_currency(),
        **{"valid_from": date(2026, 1, 1), **fields},
    )
    for quantity, lower in (breaks or {}).items():
        SupplierPriceBreak.objects.create(
            supplier_price=made, minimum_quantity=Decimal(quantity), price=Decimal(lower)
        )
    return made


def make_bank_account(supplier: Supplier, by: User, **fields: Any) -> SupplierBankAccount:
    return SupplierBankAccount.objects.create(
        supplier=supplier,
        created_by=by,
        updated_by=by,
        **{
            "account_name": "Example Ltd",
            "bank_name": "First Bank",
            "account_number": "6222020200112233",
            **fields,
        },
    )
