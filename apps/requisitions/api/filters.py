"""What a list of requisitions can be narrowed by."""

from __future__ import annotations

from django_filters import rest_framework as filters

from apps.common.api.filters import AnyOfFilter
from apps.requisitions.models import Requisition
from apps.requisitions.states import Fulfilment, Priority, Status


class RequisitionFilter(filters.FilterSet):
    """By state, by who and for whom, by money, by date."""

    status = AnyOfFilter(choices=Status.choices)
    priority = AnyOfFilter(choices=Priority.choices)
    order_status = filters.ChoiceFilter(choices=Fulfilment.choices)
    receipt_status = filters.ChoiceFilter(choices=Fulfilment.choices)
    number = filters.CharFilter(max_length=32)
    requester = filters.CharFilter("requester__username", max_length=150)
    department = filters.CharFilter("department__code", max_length=32)
    cost_centre = filters.CharFilter("cost_centre__code", max_length=32)
    project = filters.CharFilter("project__code", max_length=32)
    currency = filters.CharFilter("currency__code", max_length=3)
    created_after = filters.IsoDateTimeFilter("created_at", lookup_expr="gte")
    created_before = filters.IsoDateTimeFilter("created_at", lookup_expr="lt")
    needed_before = filters.DateFilter("needed_by", lookup_expr="lte")
    minimum_total = filters.NumberFilter("base_total", lookup_expr="gte", max_digits=20)
    maximum_total = filters.NumberFilter("base_total", lookup_expr="lte", max_digits=20)

    class Meta:
        model = Requisition
        fields: list[str] = []
