"""Support issues and the rota over the API: the same services as everywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.api.permissions import Rule, logged_in
from apps.common.api.serializers import resolve_codes
from apps.common.api.versions import expected_version
from apps.common.api.viewsets import CommentSerializer, DocumentViewSet
from apps.support import policies, services
from apps.support.api import serializers
from apps.support.api.filters import SupportIssueFilter
from apps.support.models import SupportIssue

MOVES = ("acknowledge", "start", "resolve", "close", "reopen", "assign")


class SupportIssueViewSet(DocumentViewSet):
    """Calls for help: own ones, and all of them for the help desk."""

    queryset = SupportIssue.objects.none()
    serializer_class = serializers.SupportIssueSerializer
    filterset_class = SupportIssueFilter
    orderings = ("created_at", "response_due_at", "resolution_due_at", "number")
    policies: ClassVar[Mapping[str, Rule]] = {
        **dict.fromkeys(("list", "retrieve", *MOVES), logged_in),
        "create": policies.may_report,
    }

    def visible(self) -> QuerySet[SupportIssue]:
        """With the people and the type."""
        found: QuerySet[SupportIssue] = SupportIssue.objects.visible_to(
            self.request.user
        ).with_people()
        return found

    def search(self, queryset: QuerySet[SupportIssue], text: str) -> QuerySet[SupportIssue]:
        """By number, title or request id."""
        ours: Any = queryset
        found: QuerySet[SupportIssue] = ours.search(text)
        return found

    def paginate_queryset(self, queryset: Any) -> Any:
        """A page with what may be done with each row; the person is asked about once."""
        page = super().paginate_queryset(queryset) or []
        return self._with_actions(page)

    def reply(self, record: Any, *, code: int = status.HTTP_200_OK) -> Response:
        """An issue with what may be done with it."""
        self._with_actions([record])
        return super().reply(record, code=code)

    def fresh(self, record: Any) -> Any:
        """With the people and the type, in one statement."""
        return SupportIssue.objects.with_people().get(pk=record.pk)

    def _with_actions(self, rows: list[Any]) -> list[Any]:
        allowed = services.allowed_actions(self.request.user, rows)
        for row in rows:
            row.allowed_actions = allowed[row.pk]
        return rows

    def create(self, request: Request) -> Response:
        """Report an issue."""
        return self.create_with(request, services.report_issue)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Say that somebody looks after it."""
        return self.move_with(request, services.acknowledge)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Begin to work on it."""
        return self.move_with(request, services.start)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        """Say what solved it."""
        return self.move_with(request, services.resolve)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Agree that it is solved."""
        return self.move_with(request, services.close)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Say why it is not solved."""
        return self.move_with(request, services.reopen)

    @extend_schema(request=serializers.AssignSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str) -> Response:
        """Give it to somebody at the help desk."""
        version = expected_version(request)
        issue = self.get_object()
        body = serializers.AssignSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = resolve_codes(body.validated_data)
        moved = services.assign(issue, to=given["to"], by=request.user, expected_version=version)
        return self.reply(self.fresh(moved))


class OnCallView(APIView):
    """Who is on call, now or at the moment named by `at`."""

    policies: ClassVar[Mapping[str, Rule]] = {"get": logged_in}

    @extend_schema(
        responses=serializers.OnCallSerializer,
        parameters=[OpenApiParameter("at", OpenApiTypes.DATETIME)],
    )
    def get(self, request: Request) -> Response:
        """The two people and until when that holds; 404 where no rota is in force."""
        found = services.who_is_on_call(_moment(request.query_params.get("at", "")))
        if found is None:
            raise NotFound(_("No rota is in force."))
        return Response(serializers.OnCallSerializer(found).data)


def _moment(text: str) -> Any:
    """The moment asked about, now when none is. Raises ValidationError."""
    if not text:
        return timezone.now()
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1970 <= moment.year <= 2100:
        message = _("Write a moment with its time zone, such as 2026-03-29T09:00:00Z.")
        raise ValidationError({"at": [message]})
    return moment
