"""Master data: what can be bought, from whom, in which units, money and terms."""

from apps.catalog.models.items import Category, Item
from apps.catalog.models.money import Currency, ExchangeRate, PaymentTerm, TaxCode, TaxRate
from apps.catalog.models.prices import SupplierPrice, SupplierPriceBreak
from apps.catalog.models.suppliers import Supplier, SupplierBankAccount, SupplierContact
from apps.catalog.models.terms import Incoterm, Unit

__all__ = [
    "Category",
    "Currency",
    "ExchangeRate",
    "Incoterm",
    "Item",
    "PaymentTerm",
    "Supplier",
    "SupplierBankAccount",
    "SupplierContact",
    "SupplierPrice",
    "SupplierPriceBreak",
    "TaxCode",
    "TaxRate",
    "Unit",
]
