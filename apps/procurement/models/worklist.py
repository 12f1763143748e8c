"""The buyer's worklist: approved requisition lines of which something is left to order."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from apps.procurement.querysets import OpenLineManager
from apps.requisitions.models import RequisitionLine


class OpenLine(RequisitionLine):
    """A requisition line as the buyer sees it: something to be ordered from somebody."""

    objects: ClassVar[Any] = OpenLineManager()

    class Meta:
        proxy = True
        verbose_name = _("line to order")
        verbose_name_plural = _("lines to order")
        default_permissions = ()
        ordering = ("needed_by", "pk")
