"""Figures as people read them, in the reader's language."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def whole(value: float) -> str:
    """1,234."""
    return number_format(round(value), force_grouping=True)


def decimal(value: float, places: int = 1) -> str:
    """1,234.5."""
    return number_format(round(value, places), places, force_grouping=True)


def percent(share: float, places: int = 0) -> str:
    """46%."""
    return _("%(number)s%%") % {"number": number_format(round(share * 100, places), places)}


def percent_fine(share: float) -> str:
    """99.8%."""
    return percent(share, 1)


def seconds(value: float) -> str:
    """2.1 s; thousandths where it is quick."""
    if value < 1:
        return _("%(number)s ms") % {"number": whole(value * 1000)}
    return _("%(number)s s") % {"number": decimal(value, 2)}


def hours(value: float) -> str:
    """4.2 hours."""
    return _("%(number)s hours") % {"number": decimal(value)}


def per_second(value: float) -> str:
    """1.2 MB/s."""
    for unit, size in (("GB/s", 1e9), ("MB/s", 1e6), ("kB/s", 1e3)):
        if value >= size:
            return f"{decimal(value / size)} {unit}"
    return f"{whole(value)} B/s"
