"""What currencies and taxes were worth on days gone by, each asked for once."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from apps.catalog import services as catalog
from apps.catalog.models import Currency, ExchangeRate, TaxCode
from apps.common.errors import InvalidInputError
from apps.common.money import to_base
from apps.procurement.models import PurchaseOrder
from apps.procurement.services.totals import base_minor_units

Rates = tuple[list[date], list[Decimal]]


class PastRates:
    """Rates of exchange and of tax by day; lives as long as one piece of work."""

    def __init__(self) -> None:
        self._rates: dict[int, Rates] = {}
        self._taxes: dict[tuple[int, date], Decimal] = {}
        self._places: int | None = None

    def value(self, order: PurchaseOrder) -> bool:
        """Write the value in base currency into the order; False when nobody knows the rate."""
        if order.currency.code == settings.BASE_CURRENCY:
            order.base_total = order.total
            return True
        rate = self._of(order.currency, order.order_date)
        if rate is None:
            return False
        if self._places is None:
            self._places = base_minor_units()
        order.exchange_rate, order.exchange_rate_date = rate, order.order_date
        order.base_total = to_base(order.total, rate, self._places)
        return True

    def tax_percent(self, tax_code: TaxCode | None, day: date | None) -> Decimal:
        """The percentage of that day. Raises InvalidInputError when day or rate is not known."""
        if tax_code is None:
            return Decimal(0)
        if day is None:
            message = _("The tax cannot be known without the date of the order.")
            raise InvalidInputError(message, code="no_tax_rate", errors={"tax_code": [message]})
        key = (tax_code.pk, day)
        if key not in self._taxes:
            self._taxes[key] = catalog.tax_percent(tax_code, on=day)
        return self._taxes[key]

    def _of(self, currency: Currency, day: date | None) -> Decimal | None:
        """The newest rate up to the day."""
        if day is None:
            return None
        if currency.pk not in self._rates:
            rows = ExchangeRate.objects.filter(currency=currency).order_by("valid_from")
            found = list(rows.values_list("valid_from", "rate"))
            self._rates[currency.pk] = ([d for d, _r in found], [r for _d, r in found])
        days, rates = self._rates[currency.pk]
        at = bisect_right(days, day)
        return rates[at - 1] if at else None
