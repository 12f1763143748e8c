"""Where records of procurement's pages lead to."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def requisition(pk: int) -> str:
    """The requisition in the back office, or its page in the workspace."""
    try:
        return reverse("admin:requisitions_requisition_change", args=[pk])
    except NoReverseMatch:
        return reverse("requisitions:detail", args=[pk])


def order(pk: int) -> str:
    """The order in the back office."""
    return reverse("admin:procurement_purchaseorder_change", args=[pk])
