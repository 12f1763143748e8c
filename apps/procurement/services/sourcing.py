"""How each wish is bought: the order's unit, what is bought together, and at which price."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from apps.catalog import price_sources
from apps.catalog import services as catalog
from apps.catalog.models import Currency, Item, Supplier, Unit
from apps.catalog.services import PriceQuote, PriceRequest
from apps.common.money import ZERO, exact
from apps.common.quantities import order_quantity
from apps.procurement.services.totals import PRICE_STEP
from apps.procurement.services.wishes import ConversionLine, Notice, Problems, plain, unit_label
from apps.requisitions.models import RequisitionLine

MILLION = 1_000_000


@dataclass
class Bundle:
    """Wishes that become one order line: the same thing, unit, day, payer and price."""

    supplier: Supplier
    unit: Unit
    factor: Decimal
    wishes: list[tuple[int, ConversionLine, RequisitionLine]] = field(default_factory=list)
    price: Decimal | None = None
    currency: Currency | None = None
    source: str = ""
    quote: PriceQuote | None = None

    @property
    def first(self) -> RequisitionLine:
        """The line that describes the bundle: in what is printed they are all the same."""
        return self.wishes[0][2]

    @property
    def requested(self) -> Decimal:
        """The sum in the requisitions' unit."""
        with exact():
            return sum((wish.quantity for _index, wish, _line in self.wishes), start=ZERO)

    @property
    def quantity(self) -> Decimal:
        """The sum in the order's unit, rounded up to whole steps so that what was asked arrives."""
        if self.unit.pk == self.first.unit_id:
            return self.requested
        step = Fraction(self.unit.step)
        steps = -((-Fraction(self.requested)) // (Fraction(self.factor) * step))
        return exact_decimal(steps * step) or self.requested


def bundle(
    wishes: Sequence[ConversionLine],
    lines: Mapping[int, RequisitionLine],
    suppliers: Mapping[int, Supplier],
    problems: Problems,
) -> list[Bundle]:
    """Put together what is the same; free text stays by itself."""
    bundles: dict[Hashable, Bundle] = {}
    for index, wish in enumerate(wishes):
        line = lines[wish.requisition_line.pk]
        unit, factor = _unit(index, wish, line, problems)
        key = (wish.supplier.pk, unit.pk, factor, wish.unit_price, _pk(wish.currency), *_same(line))
        found = bundles.setdefault(key, Bundle(suppliers[wish.supplier.pk], unit, factor))
        found.wishes.append((index, wish, line))
    return list(bundles.values())


def price(bundles: Sequence[Bundle], problems: Problems) -> list[Bundle]:
    """Give each bundle its price: the one given, the supplier's, or the estimate; never nothing.

    Where it comes to estimates, a bundle falls apart into those with the same one.
    """
    open_ones = [b for b in bundles if b.wishes[0][1].unit_price is None]
    asked = [(b, b.first.item) for b in open_ones if b.first.item is not None]
    quotes = catalog.best_prices([_request(b, item) for b, item in asked]) if asked else []
    for (found, _item), quote in zip(asked, quotes, strict=True):
        found.quote = quote
    priced: list[Bundle] = []
    for found in bundles:
        if found.wishes[0][1].unit_price is not None:
            priced.append(_given(found))
        elif found.quote is not None:
            priced.append(_quoted(found, found.quote))
        else:
            priced += [_estimated(part, problems) for part in _by_estimate(found)]
    return priced


def notices(bundles: Iterable[Bundle]) -> list[Notice]:
    """What the buyer should know about quantities: rounding, minimum, multiple. Nothing blocks."""
    found = []
    for each in bundles:
        with exact():
            bought = each.quantity * each.factor
        if bought > each.requested:
            message = _(
                "“%(line)s”: %(quantity)s %(unit)s are ordered, %(more)s more than asked for."
            )
            found.append(Notice("rounded_up", message % _numbers(each, bought - each.requested)))
        found += _minimum(each)
    return found


def exact_decimal(value: Fraction) -> Decimal | None:
    """The number with at most six places, or None when it has more."""
    scaled = value * MILLION
    return Decimal(int(scaled)).scaleb(-6) if scaled.denominator == 1 else None


def _unit(
    index: int, wish: ConversionLine, line: RequisitionLine, problems: Problems
) -> tuple[Unit, Decimal]:
    """The unit to order in, and how many of the requisition's units one of it is."""
    if wish.unit is not None:
        factor = _factor(wish.unit, line)
        if factor is not None:
            return wish.unit, factor
        message = _("“%(line)s” cannot be ordered in %(unit)s.")
        named = {"line": line, "unit": wish.unit}
        problems.add(index, "unit", "unit_not_convertible", message % named)
    elif wish.unit_price is None and line.item is not None and line.item.purchase_unit is not None:
        factor = _factor(line.item.purchase_unit, line)
        if factor is not None:
            return line.item.purchase_unit, factor
    return line.unit, Decimal(1)


def _factor(unit: Unit, line: RequisitionLine) -> Decimal | None:
    factor = catalog.units_per(unit, line.unit, line.item)
    return None if factor is None else exact_decimal(factor)


def _same(line: RequisitionLine) -> tuple[Hashable, ...]:
    """What has to be equal for two requisition lines to share an order line."""
    header = line.requisition
    return (
        line.item_id or f"line {line.pk}",
        line.unit_id,
        line.needed_by or header.needed_by,
        header.cost_centre_id,
        header.project_id,
        header.delivery_address.strip(),
        line.description,
        line.specification,
        line.manufacturer_part_number,
        line.supplier_part_number,
    )


def _pk(record: Any) -> int | None:
    return None if record is None else record.pk


def _request(found: Bundle, item: Item) -> PriceRequest:
    currency = found.wishes[0][1].currency
    return PriceRequest(item, found.quantity, found.unit, found.supplier, currency)


def _given(found: Bundle) -> Bundle:
    wish = found.wishes[0][1]
    found.price = wish.unit_price
    found.currency = wish.currency or found.first.requisition.currency
    found.source = price_sources.BUYER
    return found


def _quoted(found: Bundle, quote: PriceQuote) -> Bundle:
    found.price, found.currency, found.source = quote.price, quote.currency, quote.source
    return found


def _by_estimate(found: Bundle) -> list[Bundle]:
    parts: dict[Hashable, Bundle] = {}
    for entry in found.wishes:
        line = entry[2]
        key = (line.estimated_price, line.requisition.currency_id)
        part = parts.setdefault(key, Bundle(found.supplier, found.unit, found.factor))
        part.wishes.append(entry)
    return list(parts.values())


def _estimated(found: Bundle, problems: Problems) -> Bundle:
    index, wish, line = found.wishes[0]
    currency = line.requisition.currency
    found.currency = wish.currency or currency
    if not line.estimated_price or found.currency.pk != currency.pk:
        message = _("“%(line)s” has no price from %(supplier)s and no estimate: give a price.")
        named = {"line": line, "supplier": found.supplier}
        problems.add(index, "unit_price", "no_price", message % named)
        return found
    with exact():
        found.price = (line.estimated_price * found.factor).quantize(PRICE_STEP)
    found.source = price_sources.ESTIMATE
    return found


def _numbers(found: Bundle, more: Decimal) -> dict[str, Any]:
    return {
        "line": found.first,
        "quantity": plain(found.quantity),
        "unit": unit_label(found.unit),
        "more": f"{plain(more)} {unit_label(found.first.unit)}",
    }


def _minimum(found: Bundle) -> list[Notice]:
    """The item's minimum and multiple are in the unit it is bought in."""
    item = found.first.item
    if item is None or not (item.minimum_quantity or item.multiple_quantity):
        return []
    bought_in = item.purchase_unit or item.base_unit
    factor = catalog.units_per(found.unit, bought_in, item)
    quantity = None if factor is None else exact_decimal(Fraction(found.quantity) * factor)
    if quantity is None:
        return []
    wanted = order_quantity(quantity, item.minimum_quantity, item.multiple_quantity)
    if wanted == quantity:
        return []
    message = _("“%(line)s” is sold from %(minimum)s %(unit)s on; %(wanted)s would fit.") % {
        "line": found.first,
        "minimum": plain(item.minimum_quantity or item.multiple_quantity),
        "unit": unit_label(bought_in),
        "wanted": plain(wanted),
    }
    return [Notice("minimum_quantity", message)]
