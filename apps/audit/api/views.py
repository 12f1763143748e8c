"""Audit entries on the API: read only."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import StreamingHttpResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from apps.audit import export, policies
from apps.audit.models import Entry
from apps.common.admin.export import named
from apps.common.api.permissions import Rule
from apps.common.api.serializers import StrictSerializer
from apps.common.api.viewsets import ERPViewSet
from apps.common.context import Channel


class EntrySerializer(StrictSerializer):
    """One thing that happened to one record."""

    id = serializers.IntegerField(source="pk", read_only=True)
    at = serializers.DateTimeField(source="timestamp", read_only=True)
    event = serializers.CharField(read_only=True)
    action = serializers.CharField(source="get_action_display", read_only=True)
    kind = serializers.SerializerMethodField()
    object_id = serializers.CharField(source="object_pk", read_only=True)
    object_name = serializers.CharField(source="object_repr", read_only=True)
    actor_id = serializers.IntegerField(read_only=True, allow_null=True)
    actor_name = serializers.CharField(read_only=True)
    channel = serializers.CharField(read_only=True)
    request_id = serializers.CharField(source="cid", read_only=True, allow_null=True)
    remote_addr = serializers.CharField(read_only=True, allow_null=True)
    comment = serializers.CharField(read_only=True)
    changes = serializers.JSONField(read_only=True)
    data = serializers.JSONField(source="additional_data", read_only=True)  # type: ignore[assignment]  # declared fields leave the class body

    def get_kind(self, entry: Entry) -> str:
        """The kind of record: `requisitions.requisition`."""
        return f"{entry.content_type.app_label}.{entry.content_type.model}"


class EntryFilters(filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """By event, door, person, record, request and time."""

    event = filters.CharFilter()
    channel = filters.ChoiceFilter(choices=[(c.value, c.value) for c in Channel])
    actor = filters.CharFilter(field_name="actor__username")
    object_id = filters.CharFilter(field_name="object_pk")
    request_id = filters.CharFilter(field_name="cid")
    since = filters.IsoDateTimeFilter(field_name="timestamp", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(field_name="timestamp", lookup_expr="lt")
    kind = filters.CharFilter(method="by_kind")

    def by_kind(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """`requisitions.requisition`."""
        app_label, _dot, model = value.partition(".")
        return queryset.filter(content_type__app_label=app_label, content_type__model=model)


class EntryViewSet(ERPViewSet):
    """What happened, the newest first. Nothing here can be written."""

    serializer_class = EntrySerializer
    filterset_class = EntryFilters
    policies: ClassVar[dict[str, Rule]] = {
        "list": policies.may_read,
        "retrieve": policies.may_read,
        "export": policies.may_export,
    }

    def visible(self) -> QuerySet[Any]:
        """What the person may read, the newest first."""
        entries: QuerySet[Any] = Entry.objects.visible_to(self.request.user)
        return entries.select_related("content_type").order_by("-id")

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        """In the event, the person and the record."""
        return queryset.filter(
            Q(event__icontains=text)
            | Q(actor_name__icontains=text)
            | Q(object_repr__icontains=text)
        )

    @extend_schema(request=None, responses={(200, "text/csv"): OpenApiTypes.BINARY})
    @action(detail=False, methods=["post"])
    def export(self, request: Request) -> StreamingHttpResponse:
        """The filtered entries as CSV; that they were taken is recorded, hence not a GET."""
        entries = self.filter_queryset(self.get_queryset())
        content = export.as_csv(entries, by=request.user)
        response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
        return named(response, Entry, "csv")
