"""Finding items while somebody types."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.catalog.models import Item, SupplierPrice, SupplierPriceBreak
from apps.catalog.services import prices

LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class ItemMatch:
    """What the line grid needs to know about an item. The price is for one purchase unit."""

    pk: int
    code: str
    name: str
    description: str
    unit: str
    unit_name: str
    category: str
    category_name: str
    price: Decimal | None
    currency: str
    supplier: str
    supplier_name: str
    manufacturer_part_number: str


def search_items(text: str, limit: int = 10, *, user: Any) -> list[ItemMatch]:
    """Active items by code, name in either language or part number, best match first.

    Two statements: the items, and the prices of those found.
    """
    text = text.replace("\x00", "").strip()[:LONGEST_TEXT]
    if not text or limit < 1:
        return []
    rank = Case(
        When(code__iexact=text, then=Value(0)),
        When(code__istartswith=text, then=Value(1)),
        When(name_en__istartswith=text, then=Value(2)),
        When(name_zh_hans__startswith=text, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    items = list(
        Item.objects.visible_to(user)
        .active()
        .search(text)
        .select_related("base_unit", "purchase_unit", "category", "last_price_currency")
        .alias(rank=rank)
        .order_by("rank", "code")[:limit]
    )
    quotes = _quotes(items) if items else {}
    return [_match(item, quotes.get(item.pk)) for item in items]


def _quotes(items: list[Item]) -> dict[int, prices.PriceQuote | None]:
    """The best price of one unit of each item, breaks included, in one statement."""
    breaks = SupplierPriceBreak.objects.filter(
        supplier_price=OuterRef("pk"), minimum_quantity__lte=1
    ).order_by("-minimum_quantity")
    rows: dict[int, list[SupplierPrice]] = {}
    found = prices.candidates({item.pk for item in items}, timezone.localdate())
    for row in prices.current(
        found.annotate(one=Coalesce(Subquery(breaks.values("price")[:1]), "price"))
    ):
        rows.setdefault(row.item_id, []).append(row)
    return {
        item.pk: prices.quote(
            prices.PriceRequest(item), rows.get(item.pk, ()), {}, price_of=_price_of_one
        )
        for item in items
    }


def _price_of_one(row: Any, _quantity: Any) -> Decimal:
    price: Decimal = row.one
    return price


def _last_paid(item: Item) -> Decimal | None:
    """What was last paid, for one purchase unit."""
    if item.last_price is None or item.purchase_unit_id in {None, item.base_unit_id}:
        return item.last_price
    return item.last_price * item.purchase_factor


def _match(item: Item, quote: prices.PriceQuote | None) -> ItemMatch:
    unit = item.purchase_unit or item.base_unit
    price, currency = _last_paid(item), item.last_price_currency
    if quote is not None:
        price, currency = quote.price, quote.currency
    return ItemMatch(
        pk=item.pk,
        code=item.code,
        name=item.name,
        description=item.description,
        unit=unit.code,
        unit_name=unit.name,
        category=item.category.code if item.category else "",
        category_name=item.category.name if item.category else "",
        price=price,
        currency=currency.code if currency and price is not None else "",
        supplier=quote.supplier.code if quote else "",
        supplier_name=quote.supplier.name if quote else "",
        manufacturer_part_number=item.manufacturer_part_number,
    )
