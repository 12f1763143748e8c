"""The moves of a requisition over the API: one call each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.common.api.versions import expected_version
from apps.common.api.viewsets import CommentSerializer, DocumentViewSet
from apps.common.errors import DomainError
from apps.requisitions import services
from apps.requisitions.api import serializers
from apps.requisitions.models import Requisition

MOVES = ("submit", "withdraw", "approve", "reject", "send_back", "cancel", "close", "reopen")
# A mixin that is a viewset to whoever reads its types, and nothing but moves to the router.
if TYPE_CHECKING:
    Base = DocumentViewSet
else:
    Base = object


class Moves(Base):
    """The moves, each through its service."""

    def _decide(self, request: Request, pk: str, service: Any, shape: Any) -> Response:
        """Let the approvals decide whether this person may: whoever is asked sees the document.

        Only a refusal asks who sees it, so that nobody learns of a document by trying.
        """
        version = expected_version(request)
        body = shape(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            decided = service(
                Requisition(pk=int(pk)),
                by=request.user,
                expected_version=version,
                **body.validated_data,
            )
        except DomainError:
            self.get_object()
            raise
        return self.reply(self.fresh(decided))

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        """Ask for approval."""
        return self.move_with(request, services.submit)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take it back while it waits."""
        return self.move_with(request, services.withdraw)

    @extend_schema(request=serializers.DecisionSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """Agree, to all of it or without some lines."""
        return self._decide(request, pk, services.approve, serializers.DecisionSerializer)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> Response:
        """Refuse for good, with a reason."""
        return self._decide(request, pk, services.reject, CommentSerializer)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, pk: str) -> Response:
        """Send it back for changes, with a reason."""
        return self._decide(request, pk, services.return_, CommentSerializer)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Give it up, with a reason, while nothing is ordered."""
        return self.move_with(request, services.cancel)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Buy no more of it, with a reason."""
        return self.move_with(request, services.close)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Go on buying the rest, with a reason."""
        return self.move_with(request, services.reopen)
