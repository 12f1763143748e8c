"""What lists of orders and of open lines can be narrowed by."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from apps.common.api.filters import AnyOfFilter
from apps.procurement.models import OpenLine, PurchaseOrder
from apps.procurement.querysets import overdue
from apps.procurement.states import OrderStatus, ReceiptStatus


class PurchaseOrderFilter(filters.FilterSet):
    """By state, by supplier, by who and for whom, by money, by date."""

    status = AnyOfFilter(choices=OrderStatus.choices)
    receipt_status = filters.ChoiceFilter(choices=ReceiptStatus.choices)
    number = filters.CharFilter(max_length=32)
    supplier = filters.CharFilter("supplier__code", max_length=32)
    department = filters.CharFilter("department__code", max_length=32)
    buyer = filters.CharFilter("buyer__username", max_length=150)
    currency = filters.CharFilter("currency__code", max_length=3)
    created_after = filters.IsoDateTimeFilter("created_at", lookup_expr="gte")
    created_before = filters.IsoDateTimeFilter("created_at", lookup_expr="lt")
    minimum_total = filters.NumberFilter("base_total", lookup_expr="gte", max_digits=20)
    maximum_total = filters.NumberFilter("base_total", lookup_expr="lte", max_digits=20)
    overdue = filters.BooleanFilter(method="only_overdue")

    class Meta:
        model = PurchaseOrder
        fields: list[str] = []

    def only_overdue(self, queryset: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        """Issued orders past their day, or all others."""
        return queryset.filter(overdue()) if value else queryset.exclude(overdue())


class OpenLineFilter(filters.FilterSet):
    """By for whom, what, from whom and until when."""

    department = filters.CharFilter("requisition__department__code", max_length=32)
    requisition = filters.CharFilter("requisition__number", max_length=32)
    project = filters.CharFilter("requisition__project__code", max_length=32)
    category = filters.CharFilter("category__code", max_length=32)
    item = filters.CharFilter("item__code", max_length=64)
    supplier = filters.CharFilter("preferred_supplier__code", max_length=32)
    needed_before = filters.DateFilter("needed_by", lookup_expr="lte")

    class Meta:
        model = OpenLine
        fields: list[str] = []
