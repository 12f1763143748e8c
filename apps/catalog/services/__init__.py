"""Every question with a rule behind it, and every write, of the catalogue."""

from apps.catalog.services.categories import (
    LONGEST_PATH,
    SEPARATOR,
    category_place,
    paths_for,
    save_category,
)
from apps.catalog.services.prices import (
    PriceQuote,
    PriceRequest,
    best_price,
    best_prices,
    remember_price,
    remember_prices,
)
from apps.catalog.services.rates import exchange_rate, exchange_rates, tax_percent
from apps.catalog.services.records import save, save_supplier_price, save_tax_code
from apps.catalog.services.reference import setup_reference
from apps.catalog.services.search import ItemMatch, search_items
from apps.catalog.services.suppliers import (
    BANK_ACCOUNT_TABLE,
    TABLE,
    approve,
    block,
    confirm_bank_account,
    decide,
    enter_bank_account,
    order_control,
    retire_bank_account,
    save_supplier,
    suspend,
    unblock,
)
from apps.catalog.services.units import units_per

__all__ = [
    "BANK_ACCOUNT_TABLE",
    "LONGEST_PATH",
    "SEPARATOR",
    "TABLE",
    "ItemMatch",
    "PriceQuote",
    "PriceRequest",
    "approve",
    "best_price",
    "best_prices",
    "block",
    "category_place",
    "confirm_bank_account",
    "decide",
    "enter_bank_account",
    "exchange_rate",
    "exchange_rates",
    "order_control",
    "paths_for",
    "remember_price",
    "remember_prices",
    "retire_bank_account",
    "save",
    "save_category",
    "save_supplier",
    "save_supplier_price",
    "save_tax_code",
    "search_items",
    "setup_reference",
    "suspend",
    "tax_percent",
    "unblock",
    "units_per",
]
