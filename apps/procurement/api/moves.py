"""The moves of an order over the API, one call for each."""

from __future__ import annotations

from functools import partial
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from apps.common.api.viewsets import CommentSerializer, DocumentViewSet
from apps.procurement import services
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine


class OrderMoves(DocumentViewSet):
    """Each move takes a comment and the version it is based on."""

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        """Ask for approval."""
        return self.move_with(request, services.submit)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take it back until it is issued; its approval is void."""
        return self.move_with(request, services.withdraw)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """Agree."""
        return self.move_with(request, services.approve)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> Response:
        """Refuse for good, with a reason; what it covered can be ordered again."""
        return self.move_with(request, services.reject)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, pk: str) -> Response:
        """Send it back for changes, with a reason."""
        return self.move_with(request, services.return_)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def issue(self, request: Request, pk: str) -> Response:
        """Send it to the supplier as it was approved."""
        return self.move_with(request, services.issue)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, pk: str) -> Response:
        """Stop it for the time being, with a reason."""
        return self.move_with(request, services.hold)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Go on with it."""
        return self.move_with(request, services.resume)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Give it up, with a reason, while nothing was received."""
        return self.move_with(request, services.cancel)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """End it, with a reason; what was not received can be ordered elsewhere."""
        return self.move_with(request, services.close)

    @extend_schema(request=CommentSerializer)
    @action(
        detail=True,
        methods=["post"],
        url_path=r"lines/(?P<line_pk>[0-9]{1,18})/close",
        url_name="close-line",
    )
    def close_line(self, request: Request, pk: str, line_pk: str) -> Response:
        """Close one line short, with a reason."""
        order = self.get_object()
        line = get_object_or_404(PurchaseOrderLine, pk=line_pk, order=order)
        return self.move_with(request, partial(_close_line, line))


def _close_line(line: PurchaseOrderLine, _order: PurchaseOrder, **more: Any) -> PurchaseOrder:
    return services.close_line(line, **more)
