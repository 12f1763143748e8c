"""What an order takes from its supplier: the snapshot of who it is, the usual terms."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.catalog import services as catalog
from apps.catalog.models import Supplier
from apps.common.errors import InvalidInputError
from apps.procurement.models import PurchaseOrder


def snapshot(order: PurchaseOrder) -> None:
    """Write the supplier's name and address into the order, in the order's language."""
    supplier = order.supplier
    name = getattr(supplier, f"name_{order.language.replace('-', '_')}", "")
    order.supplier_name = name or supplier.name
    order.supplier_address = supplier.address


def terms(supplier: Supplier) -> dict[str, Any]:
    """The terms usually agreed with this supplier."""
    return {"payment_term": supplier.payment_term, "incoterm": supplier.incoterm}


def refuse_prevented(supplier: Supplier) -> None:
    """Raise InvalidInputError when nothing may be ordered from this supplier as of now."""
    control, message = catalog.order_control(supplier)
    if control == "prevent":
        text = message or _("Nothing may be ordered from this supplier.")
        raise InvalidInputError(text, code="supplier_prevented", errors={"supplier": [text]})
