"""Master data over the API: everybody reads, whoever keeps it writes, nothing is deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db import models
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.common.api.permissions import Rule, logged_in
from apps.common.api.serializers import StrictSerializer
from apps.common.api.viewsets import DocumentViewSet

ModelPolicy = Callable[[Any, type[models.Model]], bool]


def master_policies(
    may_add: ModelPolicy, may_change: ModelPolicy, model: type[models.Model]
) -> dict[str, Rule]:
    """Reading for everybody who may log in, writing by the policies of the model's app."""
    return {
        "list": logged_in,
        "retrieve": logged_in,
        "create": lambda user: may_add(user, model),
        "partial_update": lambda user: may_change(user, model),
    }


class NamedSerializer(StrictSerializer):
    """A code and a name in both languages; `name` is the one of the request's language."""

    id = serializers.IntegerField(source="pk", read_only=True)
    code = serializers.CharField(max_length=64)
    name = serializers.CharField(max_length=255, required=False)
    name_en = serializers.CharField(max_length=255, required=False, allow_null=True)
    name_zh_hans = serializers.CharField(max_length=255, required=False, allow_null=True)
    is_active = serializers.BooleanField(required=False)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class MasterViewSet(DocumentViewSet):
    """List, read, create and change records of one model through one service.

    A record with a version is changed with If-Match. Records are retired (`is_active`), not
    deleted, because old documents refer to them.
    """

    model: ClassVar[type[models.Model]]
    service: ClassVar[Callable[..., Any]]
    policies: ClassVar[Mapping[str, Rule]] = {}
    orderings: ClassVar[tuple[str, ...]] = ("code",)

    def create(self, request: Request) -> Response:
        """Create a record."""
        return self.create_with(request, self._create)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what is given."""
        if hasattr(self.model, "version"):
            return self.change_with(request, self._change)
        record = self.get_object()
        data = self.read_body(request, partial=True)
        return self.reply(self.fresh(self._change(record, by=request.user, data=data)))

    def search(self, queryset: Any, text: str) -> Any:
        """Every word in the code or in a name."""
        return queryset.search(text)

    def _create(self, *, by: Any, data: dict[str, Any]) -> Any:
        return type(self).service(self.model(), by=by, data=data)

    def _change(self, record: Any, *, by: Any, data: dict[str, Any], **options: Any) -> Any:
        return type(self).service(record, by=by, data=data, **options)
