"""What a list of issues can be narrowed by."""

from __future__ import annotations

from django_filters import rest_framework as filters

from apps.common.api.filters import AnyOfFilter
from apps.support.models import SupportIssue
from apps.support.states import Severity, Status


class SupportIssueFilter(filters.FilterSet):
    """By state, by what it is about, by people, by broken promises."""

    status = AnyOfFilter(choices=Status.choices)
    severity = AnyOfFilter(choices=Severity.choices)
    issue_type = filters.CharFilter("issue_type__code", max_length=32)
    reporter = filters.CharFilter("reporter__username", max_length=150)
    assignee = filters.CharFilter("assignee__username", max_length=150)
    request_id = filters.CharFilter(max_length=64)
    is_response_breached = filters.BooleanFilter()
    is_resolution_breached = filters.BooleanFilter()
    created_after = filters.IsoDateTimeFilter("created_at", lookup_expr="gte")
    created_before = filters.IsoDateTimeFilter("created_at", lookup_expr="lt")

    class Meta:
        model = SupportIssue
        fields: list[str] = []
