"""Questions about purchase orders: who sees which; never a write."""

from __future__ import annotations

from typing import Any

from django.apps import apps as registry
from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils import timezone

from apps.accounts.scopes import department_scope
from apps.approvals.querysets import decides_on
from apps.common import search
from apps.procurement.states import OrderStatus, ReceiptStatus
from apps.requisitions.querysets import RequisitionLineQuerySet


def overdue() -> Q:
    """Orders at their suppliers past their day: one question for lists and the first page."""
    return Q(
        status__in=(OrderStatus.ISSUED, OrderStatus.ON_HOLD),
        expected_date__lt=timezone.localdate(),
    ) & ~Q(receipt_status=ReceiptStatus.FULL)


class PurchaseOrderQuerySet(models.QuerySet[Any]):
    """Orders to suppliers."""

    def visible_to(self, user: Any) -> PurchaseOrderQuerySet:
        """Orders one made or decides on, and for buyers those of the departments in their scope.

        Fails closed.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.has_perm("procurement.view_all_purchaseorders"):
            return self
        allowed = Q(buyer=user) | Q(created_by=user)
        if user.has_perm("procurement.view_purchaseorder"):
            allowed |= Q(department__in=department_scope(user, "buy_for"))
        # The cheap ones first: a row that is visible by them is not looked up in approvals.
        allowed |= Q(decides_on("purchase_order", user))
        return self.filter(allowed)

    def with_header(self) -> PurchaseOrderQuerySet:
        """With all that a list or page shows of the header, in one statement."""
        return self.select_related(
            "supplier", "buyer", "currency", "department", "payment_term", "incoterm"
        )

    def with_lines(self) -> PurchaseOrderQuerySet:
        """With lines, as `shown_lines`, and where each comes from, as `shown_sources`."""
        sources = AllocationQuerySet(registry.get_model("procurement", "Allocation"))
        lines: Any = registry.get_model("procurement", "PurchaseOrderLine")
        shown = lines.objects.select_related(
            "item", "unit", "category", "tax_code", "cost_centre", "project"
        ).prefetch_related(
            Prefetch(
                "allocations",
                sources.select_related("requisition_line__requisition").order_by("pk"),
                to_attr="shown_sources",
            )
        )
        return self.prefetch_related(
            Prefetch("lines", shown.order_by("line_no"), to_attr="shown_lines")
        )

    def search(self, text: str) -> PurchaseOrderQuerySet:
        """By number, supplier or reference."""
        own = ("number", "supplier_name", "supplier_reference", "external_reference")
        lookups = {f"{field}__icontains": text for field in own}
        found: PurchaseOrderQuerySet = search.anywhere(
            self, {**lookups, "supplier__code__iexact": text}
        )
        return found


class OpenLineQuerySet(RequisitionLineQuerySet):
    """Requisition lines as the buyer's worklist."""

    def visible_to(self, user: Any) -> OpenLineQuerySet:
        """Open lines of the departments this person buys for. Fails closed."""
        found: OpenLineQuerySet = self.to_buy_for(user)  # type: ignore[assignment]  # the same class
        return found

    def search(self, text: str) -> OpenLineQuerySet:
        """By what is asked for, or by the requisition."""
        found: OpenLineQuerySet = search.anywhere(
            self,
            {
                "description__icontains": text,
                "item__code__iexact": text,
                "requisition__number__icontains": text,
            },
        )
        return found

    def with_worklist(self) -> OpenLineQuerySet:
        """With all that the worklist shows of a line, in one statement."""
        return self.select_related(
            "item__category",
            "item__base_unit",
            "item__purchase_unit",
            "category",
            "unit",
            "preferred_supplier",
            "requisition__requester",
            "requisition__department",
            "requisition__cost_centre",
            "requisition__project",
            "requisition__currency",
        )


class AllocationQuerySet(models.QuerySet[Any]):
    """The quantity ledger between requisition lines and order lines."""

    def visible_to(self, user: Any) -> AllocationQuerySet:
        """Entries of the orders this person sees, with the right to see the ledger."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if not user.has_perm("procurement.view_allocation"):
            return self.none()
        orders: Any = registry.get_model("procurement", "PurchaseOrder")
        return self.filter(order_line__order__in=orders.objects.visible_to(user))

    def effective(self) -> AllocationQuerySet:
        """Entries of which something still counts as ordered."""
        return self.filter(quantity__gt=F("released_quantity"))


OpenLineManager = models.Manager.from_queryset(OpenLineQuerySet)
AllocationManager = models.Manager.from_queryset(AllocationQuerySet)
PurchaseOrderManager = models.Manager.from_queryset(PurchaseOrderQuerySet)
