"""The two kinds of resources: master data, and documents that move through a transition table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from apps.common.api.filters import OrderingFilter, SearchFilter, StrictFilters
from apps.common.api.idempotency import once
from apps.common.api.permissions import Rule
from apps.common.api.serializers import StrictSerializer, resolve_codes
from apps.common.api.versions import expected_version, tag


class CommentSerializer(StrictSerializer):
    """The body of a move: a comment, or the reason where one is needed."""

    comment = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class ERPViewSet(GenericViewSet[Any]):
    """Lists and single records through `visible_to`; each action names its policy."""

    filter_backends = (StrictFilters, SearchFilter, OrderingFilter)
    policies: ClassVar[Mapping[str, Rule]] = {}
    orderings: ClassVar[tuple[str, ...]] = ()
    lookup_value_regex = r"[0-9]{1,18}"

    def visible(self) -> QuerySet[Any]:
        """The records this person may see, ready to be shown. Views say which."""
        raise ImproperlyConfigured(f"{type(self).__name__} does not say what is visible")

    def get_queryset(self) -> QuerySet[Any]:
        """Never more than what is visible."""
        return self.visible()

    def list(self, request: Request) -> Response:
        """A page of records."""
        queryset = self.filter_queryset(self.get_queryset())
        page = self.paginate_queryset(queryset) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One record."""
        return self.reply(self.get_object())

    def reply(self, record: Any, *, code: int = status.HTTP_200_OK) -> Response:
        """A record as a reply, with its version as ETag where it has one."""
        response = Response(self.get_serializer(record).data, status=code)
        version = getattr(record, "version", None)
        return tag(response, version) if version is not None else response

    def read_body(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """The validated body with records in place of codes."""
        serializer = self.get_serializer(data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        resolved: dict[str, Any] = resolve_codes(serializer.validated_data)
        return resolved


class DocumentViewSet(ERPViewSet):
    """A document: create once, change with If-Match, and one action per move."""

    def create_with(self, request: Request, service: Callable[..., Any]) -> Response:
        """Create through a service `service(by=…, data=…)`, safe to repeat with a key."""

        def work() -> Response:
            record = service(by=request.user, data=self.read_body(request))
            return self.reply(self.fresh(record), code=status.HTTP_201_CREATED)

        return once(request, work)

    def change_with(self, request: Request, service: Callable[..., Any]) -> Response:
        """Change through a service `service(document, by=…, data=…, expected_version=…)`."""
        version = expected_version(request)
        record = self.get_object()
        data = self.read_body(request, partial=True)
        changed = service(record, by=request.user, data=data, expected_version=version)
        return self.reply(self.fresh(changed))

    def move_with(self, request: Request, service: Callable[..., Any], **more: Any) -> Response:
        """Make one move: `service(document, by=…, comment=…, expected_version=…)`."""
        version = expected_version(request)
        record = self.get_object()
        body = CommentSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        moved = service(
            record,
            by=request.user,
            comment=body.validated_data.get("comment", ""),
            expected_version=version,
            **more,
        )
        return self.reply(self.fresh(moved))

    def fresh(self, record: Any) -> Any:
        """The record as it is shown after a write. Views that hold all of it already return it."""
        return record
