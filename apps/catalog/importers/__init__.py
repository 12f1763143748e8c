"""What of the catalogue can be loaded from tables: categories, items, suppliers."""

from apps.catalog.importers.categories import CATEGORIES
from apps.catalog.importers.items import ITEMS
from apps.catalog.importers.suppliers import SUPPLIERS
from apps.common.importing.kinds import register as register_kind

__all__ = ["CATEGORIES", "ITEMS", "SUPPLIERS", "register"]


def register() -> None:
    """Make them known to the import engine."""
    for kind in (CATEGORIES, ITEMS, SUPPLIERS):
        register_kind(kind)
