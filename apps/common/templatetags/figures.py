"""Amounts and quantities on pages: `{% load figures %}`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import number_format

from apps.common.tabular.cells import plain

register = template.Library()


@register.filter
def money(amount: Decimal | None, currency: Any = None) -> str:
    """An amount with the decimal places of its currency and its code: 1,234.50 CNY."""
    if amount is None:
        return "–"
    places = getattr(currency, "minor_units", 2)
    code = getattr(currency, "code", currency) or ""
    return f"{number_format(amount, places, force_grouping=True)} {code}".strip()


@register.filter
def quantity(value: Decimal | None) -> str:
    """A quantity or price without zeros that say nothing: 2, 1.5, 1,000."""
    if value is None:
        return "–"
    digits = plain(value)
    places = len(digits.partition(".")[2])
    return number_format(Decimal(digits), places, force_grouping=True)


def priced(value: Decimal | None, currency: Any) -> str:
    """A unit price with its currency's code, for lists of several currencies."""
    if value is None or currency is None:
        return "–"
    return f"{price(value, currency)} {currency.code}"


@register.filter
def price(value: Decimal | None, currency: Any = None) -> str:
    """A unit price: at least the currency's decimal places, more where they say something."""
    if value is None:
        return "–"
    digits = plain(value)
    places = max(getattr(currency, "minor_units", 2), len(digits.partition(".")[2]))
    return number_format(Decimal(digits), places, force_grouping=True)
