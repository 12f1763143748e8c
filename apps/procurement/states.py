"""States of purchase orders and their lines."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderStatus(models.TextChoices):
    """The decided state of a purchase order."""

    DRAFT = "draft", _("draft")
    PENDING_APPROVAL = "pending_approval", _("pending approval")
    RETURNED = "returned", _("returned for changes")
    REJECTED = "rejected", _("rejected")
    APPROVED = "approved", _("approved")
    ISSUED = "issued", _("issued")
    ON_HOLD = "on_hold", _("on hold")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


class OrderLineStatus(models.TextChoices):
    """The decided state of an order line."""

    OPEN = "open", _("open")
    CLOSED = "closed", _("closed short")
    CANCELLED = "cancelled", _("cancelled")


class ReceiptStatus(models.TextChoices):
    """How far an order is received: derived, never decided."""

    NONE = "none", _("not received")
    PARTIAL = "partial", _("partly received")
    FULL = "full", _("fully received")


EDITABLE = frozenset({OrderStatus.DRAFT, OrderStatus.RETURNED})
OPEN = frozenset(
    {
        OrderStatus.DRAFT,
        OrderStatus.PENDING_APPROVAL,
        OrderStatus.RETURNED,
        OrderStatus.APPROVED,
        OrderStatus.ISSUED,
        OrderStatus.ON_HOLD,
    }
)
FINAL = frozenset({OrderStatus.REJECTED, OrderStatus.CANCELLED, OrderStatus.CLOSED})
