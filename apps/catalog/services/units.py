"""How many of one unit are in another, for an item or in general."""

from __future__ import annotations

from fractions import Fraction

from apps.catalog.models import Item, Unit


def units_per(unit: Unit, other: Unit, item: Item | None = None) -> Fraction | None:
    """How many `other` are in one `unit`; None when nobody can tell (a box of what?).

    An item says for itself how many base units are in its purchase unit; that goes before the
    general factors of the units.
    """
    if unit.pk == other.pk:
        return Fraction(1)
    if item is not None:
        one, two = _in_base_units(unit, item), _in_base_units(other, item)
        return None if one is None or two is None else one / two
    return _by_dimension(unit, other)


def _in_base_units(unit: Unit, item: Item) -> Fraction | None:
    if unit.pk == item.base_unit_id:
        return Fraction(1)
    if unit.pk == item.purchase_unit_id:
        return Fraction(item.purchase_factor)
    return _by_dimension(unit, item.base_unit)


def _by_dimension(unit: Unit, other: Unit) -> Fraction | None:
    if unit.dimension != other.dimension or unit.dimension == Unit.Dimension.OTHER:
        return None
    return Fraction(unit.factor) / Fraction(other.factor)
