"""What an item costs today, from whom: agreements, validity, quantity breaks, units, currencies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.catalog import price_sources
from apps.catalog.models import Currency, Item, Supplier, SupplierPrice, Unit
from apps.catalog.services.rates import ONE, exchange_rates, is_base, rate_of
from apps.catalog.services.units import units_per
from apps.common.money import exact

PRICE_STEP = Decimal("0.000001")
_LONGEST = 32767
PriceOf = Callable[[SupplierPrice, Fraction], Decimal]
Rank = tuple[bool, bool, bool, Fraction, int, int]


@dataclass(frozen=True, slots=True)
class PriceRequest:
    """What a price is wanted for. Without a unit the item's purchase unit is meant."""

    item: Item
    quantity: Decimal = ONE
    unit: Unit | None = None
    supplier: Supplier | None = None
    currency: Currency | None = None


@dataclass(frozen=True, slots=True)
class PriceQuote:
    """A price per unit asked for, and where it comes from.

    `converted` says that the supplier's own price is in another currency, at the day's rate.
    """

    supplier: Supplier
    price: Decimal
    currency: Currency
    unit: Unit
    source: str
    agreement: str
    supplier_part_number: str
    lead_time_days: int | None
    valid_until: date | None
    supplier_price_pk: int
    converted: bool = False


def best_price(
    item: Item,
    supplier: Supplier | None = None,
    *,
    quantity: Decimal = ONE,
    unit: Unit | None = None,
    on: date | None = None,
    currency: Currency | None = None,
) -> PriceQuote | None:
    """The price to buy at, or None when no supplier names one for this quantity and unit.

    Agreements go first, then the item's preferred supplier, then the lowest price in base
    currency. Without a supplier only approved ones are proposed. With a currency the price is given
    in it, converted where it has to be; a price that cannot be converted is left out.
    """
    return best_prices([PriceRequest(item, quantity, unit, supplier, currency)], on=on)[0]


def best_prices(
    requests: Sequence[PriceRequest], *, on: date | None = None
) -> list[PriceQuote | None]:
    """Prices for many requests, in their order, in the same few statements as for one."""
    day = on or timezone.localdate()
    rows: dict[int, list[SupplierPrice]] = {}
    found = candidates({request.item.pk for request in requests}, day).prefetch_related("breaks")
    for row in current(found):
        rows.setdefault(row.item_id, []).append(row)
    asked = {request.currency for request in requests if request.currency is not None}
    rates = exchange_rates(asked, day) if asked and rows else {}
    return [quote(request, rows.get(request.item.pk, ()), rates) for request in requests]


def candidates(items: Iterable[int], day: date) -> QuerySet[SupplierPrice]:
    """Prices in force of these items, with the rate of their currency as `base_rate`."""
    found: QuerySet[SupplierPrice] = (
        SupplierPrice.objects.on(day)
        .filter(item_id__in=list(items), supplier__is_active=True)
        .filter(~Q(supplier__status=Supplier.Status.BLOCKED))
        .select_related("supplier", "currency", "unit")
        .annotate(base_rate=rate_of("currency_id", day))
    )
    return found


def current(rows: Iterable[SupplierPrice]) -> list[SupplierPrice]:
    """Drop what a newer price of the same supplier, unit and currency has replaced."""
    newest: dict[tuple[Any, ...], SupplierPrice] = {}
    for row in rows:
        key = (row.item_id, row.supplier_id, row.unit_id, row.currency_id, bool(row.agreement))
        newest.setdefault(key, row)
    return list(newest.values())


def price_at(row: SupplierPrice, quantity: Fraction) -> Decimal:
    """The price of the highest break the quantity (in the price's unit) reaches."""
    reached = [b for b in row.breaks.all() if Fraction(b.minimum_quantity) <= quantity]
    return max(reached, key=lambda b: b.minimum_quantity).price if reached else row.price


def quote(
    request: PriceRequest,
    rows: Iterable[SupplierPrice],
    rates: Mapping[int, Decimal],
    price_of: PriceOf = price_at,
) -> PriceQuote | None:
    """The best of the rows for one request."""
    wanted = [row for row in rows if _is_wanted(row, request.supplier)]
    offers = [offer for row in wanted if (offer := _offer(row, request, rates, price_of))]
    return min(offers, key=lambda offer: offer[0])[1] if offers else None


def _is_wanted(row: SupplierPrice, supplier: Supplier | None) -> bool:
    """Whoever names a supplier means it; proposed are only those that may be ordered from."""
    if supplier is not None:
        return row.supplier_id == supplier.pk
    return (
        row.supplier.status == Supplier.Status.APPROVED
        and row.supplier.order_control != Supplier.Control.PREVENT
    )


def _offer(
    row: SupplierPrice, request: PriceRequest, rates: Mapping[int, Decimal], price_of: PriceOf
) -> tuple[Rank, PriceQuote] | None:
    """One row as an answer with its rank, or None when it does not fit the request."""
    unit = request.unit or request.item.purchase_unit or request.item.base_unit
    factor = units_per(unit, row.unit, request.item)
    exchange = _exchange(row, request.currency, rates)
    if factor is None or exchange is None:
        return None
    quantity = Fraction(request.quantity) * factor
    if quantity < Fraction(row.minimum_quantity):
        return None
    price = Fraction(price_of(row, quantity)) * factor
    lead_time = (
        row.lead_time_days if row.lead_time_days is not None else request.item.lead_time_days
    )
    currency = request.currency or row.currency
    answer = PriceQuote(
        supplier=row.supplier,
        price=_rounded(price * exchange),
        currency=currency,
        unit=unit,
        source=_source(row),
        agreement=row.agreement,
        supplier_part_number=row.supplier_part_number,
        lead_time_days=lead_time,
        valid_until=row.valid_until,
        supplier_price_pk=row.pk,
        converted=currency.pk != row.currency_id,
    )
    return _rank(row, request.item, price, lead_time), answer


def _base_rate(row: SupplierPrice) -> Decimal | None:
    """The rate of the price's currency, which `candidates` has read with it."""
    return ONE if is_base(row.currency) else getattr(row, "base_rate", None)


def _exchange(
    row: SupplierPrice, currency: Currency | None, rates: Mapping[int, Decimal]
) -> Fraction | None:
    """What to multiply by to get the currency asked for; None when a rate is missing."""
    if currency is None or currency.pk == row.currency_id:
        return Fraction(1)
    base_rate = _base_rate(row)
    if base_rate is None or currency.pk not in rates:
        return None
    return Fraction(base_rate) / Fraction(rates[currency.pk])


def _rank(row: SupplierPrice, item: Item, price: Fraction, lead_time: int | None) -> Rank:
    """Agreements, then the preferred supplier, then what is cheapest and fastest."""
    base_rate = _base_rate(row)
    return (
        not row.agreement,
        row.supplier_id != item.preferred_supplier_id,
        base_rate is None,
        price * Fraction(base_rate or 1),
        _LONGEST if lead_time is None else lead_time,
        row.pk,
    )


def _source(row: SupplierPrice) -> str:
    if row.agreement:
        return price_sources.agreement(row.agreement)
    return price_sources.price_from(row.valid_from)


def _rounded(value: Fraction) -> Decimal:
    """Six places half up; never down to nothing."""
    with exact():
        price = Decimal(value.numerator) / Decimal(value.denominator)
        return max(price.quantize(PRICE_STEP, rounding=ROUND_HALF_UP), PRICE_STEP)


def remember_price(item: Item, price: Decimal, currency: Currency) -> None:
    """Keep what was last paid for one base unit; derived from an order, where history has it."""
    Item.objects.filter(pk=item.pk).update(last_price=price, last_price_currency=currency)


@transaction.atomic
def remember_prices(paid: Mapping[int, tuple[Decimal, Currency]]) -> None:
    """The same for many items by primary key, in two statements, locked in one order."""
    items = list(Item.objects.select_for_update(of=("self",)).filter(pk__in=paid).order_by("pk"))
    for item in items:
        item.last_price, item.last_price_currency = paid[item.pk]
    Item.objects.bulk_update(items, ["last_price", "last_price_currency"])
