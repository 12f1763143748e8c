"""Procurement: orders to suppliers and the ledger that ties them to what was asked for."""

from apps.procurement.models.allocations import Allocation
from apps.procurement.models.orders import PurchaseOrder, PurchaseOrderLine
from apps.procurement.models.worklist import OpenLine

__all__ = ["Allocation", "OpenLine", "PurchaseOrder", "PurchaseOrderLine"]
