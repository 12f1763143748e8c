"""States of requisitions and their lines."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """The decided state of a requisition."""

    DRAFT = "draft", _("draft")
    PENDING_APPROVAL = "pending_approval", _("pending approval")
    RETURNED = "returned", _("returned for changes")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    CANCELLED = "cancelled", _("cancelled")
    CLOSED = "closed", _("closed")


class LineStatus(models.TextChoices):
    """The decided state of a line; how far it is ordered is derived."""

    OPEN = "open", _("open")
    REJECTED = "rejected", _("rejected")
    CLOSED = "closed", _("closed short")


class Fulfilment(models.TextChoices):
    """How far the lines are ordered or received: derived from the ledger, never decided."""

    NONE = "none", _("not yet")
    PARTIAL = "partial", _("partly")
    FULL = "full", _("fully")


class Priority(models.TextChoices):
    """How urgent it is."""

    LOW = "low", _("low")
    NORMAL = "normal", _("normal")
    HIGH = "high", _("high")
    URGENT = "urgent", _("urgent")


EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})
OPEN = frozenset({Status.DRAFT, Status.PENDING_APPROVAL, Status.RETURNED, Status.APPROVED})
FINAL = frozenset({Status.REJECTED, Status.CANCELLED, Status.CLOSED})
