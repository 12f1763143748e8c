"""Purchase orders over the API: the same services as everywhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.common import history
from apps.common.api.idempotency import once
from apps.common.api.permissions import Rule
from apps.common.api.serializers import resolve_codes
from apps.procurement import policies, services
from apps.procurement.api import serializers
from apps.procurement.api.filters import PurchaseOrderFilter
from apps.procurement.api.moves import OrderMoves
from apps.procurement.models import PurchaseOrder
from apps.requisitions.api.serializers import HistoryRowSerializer
from apps.requisitions.models import Requisition, RequisitionLine

READING = ("list", "retrieve", "history")
WRITING = ("partial_update", "submit", "withdraw", "cancel")
DECIDING = ("approve", "reject", "send_back")
RUNNING = ("issue", "hold", "resume", "close", "close_line")


class PurchaseOrderViewSet(OrderMoves):
    """Orders to suppliers."""

    queryset = PurchaseOrder.objects.none()
    serializer_class = serializers.PurchaseOrderSerializer
    filterset_class = PurchaseOrderFilter
    orderings = ("created_at", "base_total")
    policies: ClassVar[Mapping[str, Rule]] = {
        **dict.fromkeys((*READING, *DECIDING), policies.may_list),
        **dict.fromkeys(WRITING, policies.may_write),
        **dict.fromkeys(RUNNING, policies.may_run),
        **dict.fromkeys(("create", "convert"), policies.may_create),
    }

    def visible(self) -> QuerySet[PurchaseOrder]:
        """Moves need the key only: their service reads the order afresh under its lock."""
        rows = PurchaseOrder.objects.visible_to(self.request.user)
        if self.action == "list":
            return rows.with_header()
        return rows.with_header().with_lines() if self.action == "retrieve" else rows

    def get_serializer_class(self) -> Any:
        """Lists go without lines."""
        if self.action == "list":
            return serializers.PurchaseOrderSummarySerializer
        return serializers.PurchaseOrderSerializer

    def search(self, queryset: Any, text: str) -> Any:
        """By number, supplier or reference."""
        return queryset.search(text)

    def paginate_queryset(self, queryset: Any) -> Any:
        """A page with what may be done with each row, in one statement for all of them."""
        return self._with_actions(super().paginate_queryset(queryset) or [])

    def reply(self, record: Any, *, code: int = status.HTTP_200_OK) -> Response:
        """An order with what may be done with it."""
        self._with_actions([record])
        return super().reply(record, code=code)

    def fresh(self, record: Any) -> Any:
        """Everything the reply shows."""
        return PurchaseOrder.objects.with_header().with_lines().get(pk=record.pk)

    def _with_actions(self, rows: Sequence[Any]) -> list[Any]:
        allowed = services.allowed_actions(self.request.user, rows)
        for row in rows:
            row.allowed_actions = allowed[row.pk]
        return list(rows)

    def create(self, request: Request) -> Response:
        """Write an order by hand."""
        return self.create_with(request, _create)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a draft or a returned order; `lines`, when given, are all that stay open."""
        return self.change_with(request, _update)

    @extend_schema(
        request=serializers.ConversionSerializer,
        responses={201: serializers.ConvertedSerializer},
    )
    @action(detail=False, methods=["post"])
    def convert(self, request: Request) -> Response:
        """Make draft orders of approved lines, grouped by supplier, currency and address."""

        def work() -> Response:
            body = serializers.ConversionSerializer(data=request.data)
            body.is_valid(raise_exception=True)
            data = resolve_codes(body.validated_data)
            orders = services.convert(
                _wishes(data["lines"], request.user),
                by=request.user,
                acknowledge_warnings=data["acknowledge_warnings"],
            )
            return self._converted([order.pk for order in orders])

        return once(request, work)

    def _converted(self, pks: list[int]) -> Response:
        found = PurchaseOrder.objects.with_header().with_lines().filter(pk__in=pks)
        rows = self._with_actions(list(found.order_by("pk")))
        data = serializers.ConvertedSerializer({"purchase_orders": rows}).data
        return Response(data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=HistoryRowSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def history(self, request: Request, pk: str) -> Response:
        """What happened to it, the newest first."""
        rows = history.of(self.get_object())
        return Response(HistoryRowSerializer(rows, many=True).data)


def _create(*, by: Any, data: dict[str, Any]) -> PurchaseOrder:
    lines = data.pop("lines", None)
    return services.create(by=by, data=data, lines=lines or [])


def _update(order: PurchaseOrder, *, by: Any, data: dict[str, Any], **more: Any) -> PurchaseOrder:
    lines = data.pop("lines", None)
    return services.update(order, by=by, data=data, lines=lines, **more)


def _wishes(rows: Sequence[Mapping[str, Any]], user: Any) -> list[services.ConversionLine]:
    """The wishes with the lines they are about; a line nobody shows this person is none."""
    pks = {row["requisition_line"] for row in rows}
    visible = Requisition.objects.visible_to(user)
    found = RequisitionLine.objects.filter(pk__in=pks, requisition__in=visible).in_bulk()
    errors = {
        f"lines.{index}.requisition_line": [_("There is no such requisition line.")]
        for index, row in enumerate(rows)
        if row["requisition_line"] not in found
    }
    if errors:
        raise ValidationError(errors)
    return [
        services.ConversionLine(
            requisition_line=found[row["requisition_line"]],
            quantity=row["quantity"],
            supplier=row["supplier"],
            unit_price=row.get("unit_price"),
            currency=row.get("currency"),
            unit=row.get("unit"),
        )
        for row in rows
    ]
