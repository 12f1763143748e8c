"""What a currency and a tax are worth on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import DecimalField, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.catalog.models import Currency, ExchangeRate, TaxCode, TaxRate
from apps.common.errors import InvalidInputError

ONE = Decimal(1)


def is_base(currency: Currency) -> bool:
    """Whether this is the currency the company keeps its books in."""
    return bool(currency.code == settings.BASE_CURRENCY)


def exchange_rate(currency: Currency, on: date | None = None) -> Decimal:
    """Units of base currency for one unit: the newest rate up to the day (today by default).

    Raises InvalidInputError with code `no_exchange_rate`: a missing rate is never taken for 1.
    """
    if is_base(currency):
        return ONE
    rate = ExchangeRate.objects.on(on).filter(currency=currency).values_list("rate", flat=True)
    found: Decimal | None = rate.first()
    if found is None:
        message = _("There is no exchange rate for %(currency)s on %(day)s.") % {
            "currency": currency.code,
            "day": on or timezone.localdate(),
        }
        raise InvalidInputError(
            message, code="no_exchange_rate", errors={"currency": [message]}, currency=currency.code
        )
    return found


def exchange_rates(currencies: Iterable[Currency], on: date | None = None) -> dict[int, Decimal]:
    """Rates of many currencies by primary key, in one statement; who has none is left out."""
    wanted = {currency.pk: currency for currency in currencies}
    rates = {pk: ONE for pk, currency in wanted.items() if is_base(currency)}
    others = [pk for pk in wanted if pk not in rates]
    if others:
        rows = Currency.objects.filter(pk__in=others).annotate(in_force=rate_of("pk", on))
        rates |= {pk: rate for pk, rate in rows.values_list("pk", "in_force") if rate is not None}
    return rates


def rate_of(reference: str, on: date | None = None) -> Subquery:
    """The rate in force of the currency an outer query refers to, as a column of that query."""
    rates: QuerySet[Any] = ExchangeRate.objects.on(on).filter(currency_id=OuterRef(reference))
    return Subquery(
        rates.values("rate")[:1], output_field=DecimalField(max_digits=20, decimal_places=10)
    )


def tax_percent(tax_code: TaxCode, on: date | None = None) -> Decimal:
    """The percentage of a tax on a day (today by default).

    Raises InvalidInputError with code `no_tax_rate`: a missing rate is never taken for 0 %.
    """
    rate = TaxRate.objects.on(on).filter(tax_code=tax_code).values_list("percent", flat=True)
    found: Decimal | None = rate.first()
    if found is None:
        message = _("The tax code %(code)s has no rate on %(day)s.") % {
            "code": tax_code.code,
            "day": on or timezone.localdate(),
        }
        raise InvalidInputError(message, code="no_tax_rate", errors={"tax_code": [message]})
    return found
