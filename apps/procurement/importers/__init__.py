"""What of procurement can be loaded from tables: purchase orders, open ones and past ones."""

from apps.common.importing.kinds import register as register_kind
from apps.procurement.importers.orders import PURCHASE_ORDERS

__all__ = ["PURCHASE_ORDERS", "register"]


def register() -> None:
    """Make them known to the import engine."""
    register_kind(PURCHASE_ORDERS)
