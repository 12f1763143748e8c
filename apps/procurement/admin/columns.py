"""How quantities, prices and days look in the lists of procurement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from apps.catalog import price_sources
from apps.common.templatetags import figures
from apps.common.templatetags.figures import priced
from apps.procurement.services import Proposal
from apps.procurement.services.wishes import unit_label


def quantity(value: Decimal, unit: Any) -> str:
    """A quantity with its unit, without the zeros of its column."""
    return f"{figures.quantity(value)} {unit_label(unit)}"


def unit_price(proposal: Proposal, unit: Any) -> str:
    """A proposed price with what it is based on."""
    if proposal.price is None:
        return format_html('<span class="pill tone-warning">{}</span>', _("no price"))
    return format_html(
        '{} / {}<br><span class="quiet">{}</span>',
        priced(proposal.price, proposal.currency),
        unit_label(unit),
        price_sources.words(proposal.source) or _("estimate"),
    )


def day(value: date | None, *, is_done: bool = False) -> str:
    """A day, marked when it is over and nothing came of it."""
    if value is None:
        return "–"
    text = date_format(value, "SHORT_DATE_FORMAT")
    if is_done or value >= timezone.localdate():
        return text
    return format_html('<span class="pill tone-danger">{} · {}</span>', text, _("overdue"))
