"""What an order comes to: net prices, line amounts, tax, totals, and the value in base currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.catalog import services as catalog
from apps.catalog.models import Currency
from apps.common.errors import InvalidInputError
from apps.common.money import ZERO, TaxableLine, document_totals, exact, line_net, to_base
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from apps.procurement.states import OrderLineStatus

PRICE_STEP = Decimal("0.000001")
HUNDRED = Decimal(100)


def net_price(list_price: Decimal, discount_percent: Decimal) -> Decimal:
    """The price after the line's discount, as printed; amounts are not computed from it."""
    with exact():
        price = list_price * (HUNDRED - discount_percent) / HUNDRED
        return price.quantize(PRICE_STEP)


def counted(lines: Iterable[PurchaseOrderLine]) -> list[PurchaseOrderLine]:
    """Lines that are ordered; a cancelled one stays on the page but not in the sums."""
    return [line for line in lines if line.status != OrderLineStatus.CANCELLED]


class Worth:
    """What amounts are worth in base currency today; each rate is asked for once."""

    def __init__(self) -> None:
        self.rates: dict[int, Decimal | None] = {}
        self.places: int | None = None

    def of(self, order: PurchaseOrder) -> Decimal | None:
        """At the frozen rate, or for drafts at today's; a draft may wait for its rate."""
        if order.currency.code == settings.BASE_CURRENCY:
            return order.total
        rate = order.exchange_rate or self._today(order.currency)
        if self.places is None:
            self.places = base_minor_units()
        return None if rate is None else to_base(order.total, rate, self.places)

    def _today(self, currency: Currency) -> Decimal | None:
        if currency.pk not in self.rates:
            try:
                self.rates[currency.pk] = catalog.exchange_rate(currency)
            except InvalidInputError:
                self.rates[currency.pk] = None
        return self.rates[currency.pk]


def compute(
    order: PurchaseOrder, lines: Sequence[PurchaseOrderLine], worth: Worth | None = None
) -> None:
    """Write amounts, taxes and totals into the order and its lines; nothing is saved here.

    A header discount is taken off each line after its own; freight carries no tax of its own.
    """
    minor_units = order.currency.minor_units
    live = counted(lines)
    for line in live:
        line.amount = _amount(order, line, minor_units)
    taxable = [TaxableLine(line.amount, line.tax_percent) for line in live]
    totals = document_totals([*taxable, TaxableLine(order.freight)], minor_units)
    for line, tax in zip(live, totals.line_taxes, strict=False):
        line.tax_amount = tax
    order.net_total, order.tax_total, order.total = totals.net, totals.tax, totals.gross
    order.base_total = (worth or Worth()).of(order)


def freeze_rate(order: PurchaseOrder) -> None:
    """Fix today's exchange rate and the value the approval limits are compared with.

    Raises InvalidInputError when the currency has no rate.
    """
    order.exchange_rate = catalog.exchange_rate(order.currency)
    order.exchange_rate_date = timezone.localdate()
    order.base_total = Worth().of(order)


def _amount(order: PurchaseOrder, line: PurchaseOrderLine, minor_units: int) -> Decimal:
    if line.list_price is None:
        price, own = line.unit_price, ZERO
    else:
        price, own = line.list_price, line.discount_percent
    return line_net(line.quantity, price, (own, order.discount_percent), minor_units=minor_units)


def base_minor_units() -> int:
    """Decimal places of the base currency. Raises InvalidInputError when it is not set up."""
    code: str = settings.BASE_CURRENCY
    found = Currency.objects.filter(code=code).values_list("minor_units")
    for (places,) in found:
        return int(places)
    message = _("The base currency %(code)s is not set up.") % {"code": code}
    raise InvalidInputError(message, code="no_base_currency")
