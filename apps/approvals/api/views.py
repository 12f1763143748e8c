"""The caller's approvals over the API: the inbox, and deciding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.approvals import reading, services
from apps.approvals.api import serializers
from apps.approvals.api.filters import InboxFilter
from apps.approvals.models import ApprovalStep
from apps.approvals.states import StepStatus
from apps.common.api.permissions import Rule, logged_in
from apps.common.api.serializers import resolve_codes
from apps.common.api.viewsets import ERPViewSet
from apps.common.errors import InvalidInputError, NotPermittedError, TransitionError


class ApprovalViewSet(ERPViewSet):
    """Steps that wait for the caller, as themselves or standing in for somebody."""

    queryset = ApprovalStep.objects.none()
    serializer_class = serializers.ApprovalSerializer
    filterset_class = InboxFilter
    orderings = ("due_at", "activated_at")
    policies: ClassVar[Mapping[str, Rule]] = dict.fromkeys(
        ("list", "retrieve", "decide", "clarify", "answer", "reassign"), logged_in
    )

    def visible(self) -> QuerySet[Any]:
        """The inbox as a list; single steps also for those who asked and those who look on."""
        if self.action == "list":
            return reading.inbox(self.request.user)
        steps = reading.visible_steps(self.request.user)
        return reading.with_list_fields(steps, self.request.user)

    def get_serializer_class(self) -> Any:
        """Lists go without the route."""
        if self.action == "list":
            return serializers.ApprovalSummarySerializer
        return serializers.ApprovalSerializer

    def paginate_queryset(self, queryset: Any) -> Any:
        """A page with what each row says to the caller."""
        page = super().paginate_queryset(queryset) or []
        for row in page:
            self._describe(row)
        return page

    def reply(self, record: Any, *, code: int = 200) -> Response:
        """One step with the approval around it."""
        self._describe(record)
        record.route = reading.route(record.request)
        record.allowed_actions = reading.allowed_actions(record.route, record, self.request.user)
        return super().reply(record, code=code)

    def _describe(self, step: Any) -> None:
        step.why_me = reading.why_me(step.mine, self.request.user)
        step.overdue = bool(
            step.status == StepStatus.ACTIVE and step.due_at and step.due_at < timezone.now()
        )

    @extend_schema(
        request=serializers.BulkDecisionsSerializer, responses=serializers.DecisionResultsSerializer
    )
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def decide(self, request: Request) -> Response:
        """Decide on several steps; each row stands for itself and gets its own result."""
        body = serializers.BulkDecisionsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        results = services.decide_many(body.validated_data["decisions"], by=request.user)
        return Response(serializers.DecisionResultsSerializer({"results": results}).data)

    @extend_schema(request=serializers.ClarifySerializer)
    @action(detail=True, methods=["post"])
    def clarify(self, request: Request, pk: str) -> Response:
        """Ask those who submitted it; the clock stands still until they answer."""
        step = self.get_object()
        body = serializers.ClarifySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        services.ask(step, by=request.user, question=body.validated_data["question"])
        return self.reply(self.get_object())

    @extend_schema(request=serializers.AnswerSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Answer the open question."""
        step = self.get_object()
        body = serializers.AnswerSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        question = step.clarifications.filter(answered_at=None).first()
        if question is None:
            raise TransitionError(_("No question waits for an answer."), code="answered")
        services.answer(question, by=request.user, answer=body.validated_data["answer"])
        return self.reply(self.get_object())

    @extend_schema(request=serializers.ReassignSerializer)
    @action(detail=True, methods=["post"])
    def reassign(self, request: Request, pk: str) -> Response:
        """Give the step to somebody else."""
        step = self.get_object()
        body = serializers.ReassignSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = resolve_codes(body.validated_data)
        row = self._assignment(step, given.get("assignment"))
        services.reassign(row, to=given["to"], by=request.user, comment=given["comment"])
        return self.reply(self.get_object())

    def _assignment(self, step: ApprovalStep, pk: int | None) -> Any:
        """The assignment to give away: the one named, or the only one the caller may give away."""
        rows = reading.reassignable(reading.route(step.request), self.request.user)
        rows = [row for row in rows if row.step_id == step.pk and pk in (None, row.pk)]
        if not rows:
            raise NotPermittedError
        if len(rows) > 1:
            message = _("Several people are asked: name the assignment.")
            errors = {"assignment": [message]}
            raise InvalidInputError(message, code="assignment_required", errors=errors)
        return rows[0]
