"""Where a price comes from: kept as a key, said in the language of whoever reads it."""

from __future__ import annotations

from datetime import date

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

BUYER, ESTIMATE = "buyer", "estimate"
_AGREEMENT, _PRICE = "agreement:", "price:"


def agreement(number: str) -> str:
    """A price agreed with the supplier."""
    return f"{_AGREEMENT}{number}"


def price_from(day: date) -> str:
    """A price the supplier asks from a day on."""
    return f"{_PRICE}{day.isoformat()}"


def words(key: str) -> str:
    """The sentence for a key; what is no key was written out when it was stored."""
    if key.startswith(_AGREEMENT):
        return _("Agreement %(number)s") % {"number": key.removeprefix(_AGREEMENT)}
    day = parse_date(key.removeprefix(_PRICE)) if key.startswith(_PRICE) else None
    if day is not None:
        return _("Supplier's price from %(day)s") % {"day": date_format(day, "SHORT_DATE_FORMAT")}
    known = {BUYER: _("Given by the buyer"), ESTIMATE: _("Estimate of the requisition")}
    return known.get(key, key)
