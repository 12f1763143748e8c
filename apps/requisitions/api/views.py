"""Requisitions over the API: the same services as everywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.common import history
from apps.common.api.idempotency import once
from apps.common.api.permissions import Rule, logged_in
from apps.common.api.versions import expected_version
from apps.common.api.viewsets import DocumentViewSet
from apps.requisitions import policies, services
from apps.requisitions.api import serializers
from apps.requisitions.api.filters import RequisitionFilter
from apps.requisitions.api.moves import MOVES, Moves
from apps.requisitions.models import Requisition

READING = ("list", "retrieve", "preview", "history", "lines")


class RequisitionViewSet(Moves, DocumentViewSet):
    """What people ask for."""

    queryset = Requisition.objects.none()
    serializer_class = serializers.RequisitionSerializer
    filterset_class = RequisitionFilter
    orderings = ("created_at", "needed_by", "base_total", "number")
    policies: ClassVar[Mapping[str, Rule]] = {
        **dict.fromkeys(READING, logged_in),
        **dict.fromkeys(MOVES, logged_in),
        **dict.fromkeys(("create", "partial_update", "destroy", "copy"), policies.may_create),
    }

    def visible(self) -> QuerySet[Requisition]:
        """Moves need the key only: their service reads the document afresh under its lock."""
        rows = Requisition.objects.visible_to(self.request.user)
        if self.action == "list":
            return rows.with_names()
        if self.action in {"retrieve", "preview", "lines"}:
            return rows.with_header().with_lines()
        return rows

    def get_serializer_class(self) -> Any:
        """Lists go without lines."""
        if self.action == "list":
            return serializers.RequisitionSummarySerializer
        return serializers.RequisitionSerializer

    def search(self, queryset: QuerySet[Requisition], text: str) -> QuerySet[Requisition]:
        """By number, title or what is asked for."""
        ours: Any = queryset
        found: QuerySet[Requisition] = ours.search(text)
        return found

    def paginate_queryset(self, queryset: Any) -> Any:
        """A page with what may be done with each row, in one statement for all of them."""
        page = super().paginate_queryset(queryset)
        return self._with_actions(page or [])

    def reply(self, record: Any, *, code: int = status.HTTP_200_OK) -> Response:
        """A document with what may be done with it."""
        self._with_actions([record])
        return super().reply(record, code=code)

    def fresh(self, record: Any) -> Any:
        """Everything the reply shows, in two statements; nothing if the service brought it all."""
        if hasattr(record, "shown_lines"):
            return record
        return Requisition.objects.with_header().with_lines().get(pk=record.pk)

    def _with_actions(self, rows: list[Any]) -> list[Any]:
        allowed = services.allowed_actions(self.request.user, rows)
        for row in rows:
            row.allowed_actions = allowed[row.pk]
        return rows

    def create(self, request: Request) -> Response:
        """Write down a new draft."""
        return self.create_with(request, _create)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a draft or a returned requisition; `lines`, when given, are all of them."""
        return self.change_with(request, _update)

    def destroy(self, request: Request, pk: str) -> Response:
        """Throw a draft away that never had a number."""
        version = expected_version(request)
        services.delete(self.get_object(), by=request.user, expected_version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={201: serializers.RequisitionSerializer})
    @action(detail=True, methods=["post"])
    def copy(self, request: Request, pk: str) -> Response:
        """Ask for the same things again in one's own name."""

        def work() -> Response:
            made = services.copy(self.get_object(), by=request.user)
            return self.reply(self.fresh(made), code=status.HTTP_201_CREATED)

        return once(request, work)

    @extend_schema(responses=serializers.PreviewSerializer)
    @action(detail=True)
    def preview(self, request: Request, pk: str) -> Response:
        """Who will decide, in which order and why, and what stands in the way."""
        requisition = self.get_object()
        route = services.preview(requisition, by=request.user)
        shown = {
            "steps": route.steps,
            "blockers": route.blockers,
            "warnings": services.warnings(requisition.shown_lines),
            "estimated_total": requisition.estimated_total,
            "base_total": requisition.base_total,
        }
        return Response(serializers.PreviewSerializer(shown).data)

    @extend_schema(responses=serializers.HistoryRowSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def history(self, request: Request, pk: str) -> Response:
        """What happened to it, the newest first."""
        rows = history.of(self.get_object())
        return Response(serializers.HistoryRowSerializer(rows, many=True).data)

    @extend_schema(responses=serializers.LineSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def lines(self, request: Request, pk: str) -> Response:
        """Its lines, and where each of them is now."""
        requisition = self.get_object()
        return Response(serializers.LineSerializer(requisition.shown_lines, many=True).data)


def _split(data: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    lines = data.pop("lines", None)
    return data, lines


def _create(*, by: Any, data: dict[str, Any]) -> Requisition:
    header, lines = _split(data)
    return services.create(by=by, data=header, lines=lines or [])


def _update(requisition: Requisition, *, by: Any, data: dict[str, Any], **more: Any) -> Requisition:
    header, lines = _split(data)
    change = partial(services.update, requisition, by=by, data=header, lines=lines)
    return change(**more)
