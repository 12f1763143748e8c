"""Procurement in the back office: the worklist, orders and the ledger."""

from apps.procurement.admin import allocations as allocations  # registers itself
from apps.procurement.admin import dashboard
from apps.procurement.admin import orders as orders  # registers itself
from apps.procurement.admin import worklist as worklist  # registers itself

dashboard.register()
