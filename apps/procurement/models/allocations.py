"""The quantity ledger: the only source of what counts as ordered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.procurement.models.orders import PurchaseOrderLine
from apps.procurement.querysets import AllocationManager
from apps.requisitions.models import RequisitionLine


class Allocation(models.Model):
    """So much of a requisition line is covered by an order line, in the requisition's unit.

    `released_quantity` is given back by a cancelled or short-closed order; what counts is
    `quantity - released_quantity`. A trigger on both databases refuses a sum above what was asked.
    """

    requisition_line = models.ForeignKey(
        RequisitionLine,
        models.PROTECT,
        verbose_name=_("requisition line"),
        related_name="allocations",
    )
    order_line = models.ForeignKey(
        PurchaseOrderLine, models.PROTECT, verbose_name=_("order line"), related_name="allocations"
    )
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=6)
    released_quantity = models.DecimalField(
        _("released"), max_digits=18, decimal_places=6, default=0, editable=False
    )
    release_reason = models.CharField(_("reason of the release"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("created by"), related_name="+"
    )

    objects = AllocationManager()

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("requisition_line", "order_line"),
                name="allocation_once_per_pair",
                violation_error_message=_("These lines are already tied together."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="allocation_quantity_positive",
                violation_error_message=_("A quantity is greater than zero."),
            ),
            models.CheckConstraint(
                condition=Q(released_quantity__gte=0, released_quantity__lte=F("quantity")),
                name="allocation_released_within_quantity",
                violation_error_message=_("No more can be released than was allocated."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.requisition_line_id} → {self.order_line_id}: {self.quantity}"
