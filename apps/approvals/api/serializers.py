"""Shapes of approvals: the inbox, one step with its route, and what can be done with it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.models import User
from apps.approvals import reading
from apps.approvals.models import ApprovalStep
from apps.approvals.services.texts import LONGEST
from apps.approvals.states import Mode, RequestStatus, StepStatus, Verdict
from apps.common.api.serializers import CodeField, StrictSerializer

MOST = 100


def _text(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST, **kwargs)


class ApprovalPersonSerializer(serializers.Serializer[Any]):
    """Somebody, by log-in name and name."""

    id = serializers.IntegerField(source="pk")
    username = serializers.CharField()
    name = serializers.CharField(source="display_name")


class ApprovalSummarySerializer(StrictSerializer):
    """One step that waits for the caller; `id` is what `decide` takes."""

    id = serializers.IntegerField(source="pk", read_only=True)
    kind = serializers.CharField(source="request.document_kind", read_only=True)
    document = serializers.IntegerField(source="request.document_id", read_only=True)
    document_label = serializers.CharField(source="request.document_label", read_only=True)
    step = serializers.CharField(source="name", read_only=True)
    status = serializers.ChoiceField(StepStatus.choices, read_only=True)
    requester = ApprovalPersonSerializer(source="request.requester", read_only=True)
    department = CodeField(source="request.department", read_only=True, allow_null=True)
    total = serializers.DecimalField(20, 4, source="request.total", read_only=True, allow_null=True)
    currency = serializers.CharField(source="request.currency", read_only=True)
    base_total = serializers.DecimalField(20, 4, source="request.base_total", read_only=True)
    waiting_since = serializers.DateTimeField(source="activated_at", read_only=True)
    due_at = serializers.DateTimeField(read_only=True, allow_null=True)
    overdue = serializers.BooleanField(read_only=True)
    why = serializers.CharField(source="why_me", read_only=True)
    content_hash = serializers.CharField(source="request.content_hash", read_only=True)


class ApprovalDecisionSerializer(serializers.Serializer[Any]):
    """What somebody decided."""

    actor = ApprovalPersonSerializer()
    actor_name = serializers.CharField()
    on_behalf_of = ApprovalPersonSerializer(allow_null=True)
    decision = serializers.ChoiceField(Verdict.choices, source="verdict")
    comment = serializers.CharField()
    rejected_lines = serializers.ListField(child=serializers.IntegerField())
    decided_at = serializers.DateTimeField()


class ApprovalAssignmentSerializer(serializers.Serializer[Any]):
    """Who is asked in a step, and why."""

    id = serializers.IntegerField(source="pk")
    person = ApprovalPersonSerializer(source="user", allow_null=True)
    group = serializers.CharField(source="group.name", default=None)
    why = serializers.CharField()
    is_open = serializers.BooleanField()
    is_escalation = serializers.BooleanField()


class ApprovalClarificationSerializer(serializers.Serializer[Any]):
    """A question and its answer."""

    id = serializers.IntegerField(source="pk")
    asked_by = ApprovalPersonSerializer()
    question = serializers.CharField()
    asked_at = serializers.DateTimeField()
    answered_by = ApprovalPersonSerializer(allow_null=True)
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)


class ApprovalStepSerializer(serializers.Serializer[Any]):
    """One step of the route."""

    id = serializers.IntegerField(source="pk")
    sequence = serializers.IntegerField()
    name = serializers.CharField()
    why = serializers.CharField()
    mode = serializers.ChoiceField(Mode.choices)
    required_count = serializers.IntegerField()
    status = serializers.ChoiceField(StepStatus.choices)
    due_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    assignments = ApprovalAssignmentSerializer(source="assignments.all", many=True)
    decisions = ApprovalDecisionSerializer(source="decisions.all", many=True)
    clarifications = ApprovalClarificationSerializer(source="clarifications.all", many=True)


_CHANGES = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "line": {"type": ["integer", "null"]},
            "field": {"type": "string"},
            "label": {"type": "string"},
            "before": {},
            "after": {},
        },
    },
}


class ApprovalSerializer(ApprovalSummarySerializer):
    """One step with the whole approval around it."""

    request_status = serializers.ChoiceField(
        RequestStatus.choices, source="request.status", read_only=True
    )
    content = serializers.JSONField(source="request.content", read_only=True)
    route = ApprovalStepSerializer(many=True, read_only=True)
    changes = serializers.SerializerMethodField()
    allowed_actions = serializers.ListField(child=serializers.CharField(), read_only=True)

    @extend_schema_field(_CHANGES)
    def get_changes(self, step: ApprovalStep) -> list[dict[str, Any]]:
        """What differs from the version submitted before."""
        return [asdict(change) for change in reading.changes(step.request)]


class BulkDecisionSerializer(StrictSerializer):
    """One row of a bulk decision; `content_hash` says which content was looked at."""

    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    decision = serializers.ChoiceField(Verdict.choices)
    comment = _text(required=False, allow_blank=True, default="")
    rejected_lines = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=10**6),
        required=False,
        max_length=1000,
    )
    content_hash = serializers.CharField(required=False, max_length=64)


class BulkDecisionsSerializer(StrictSerializer):
    """Decisions on several steps."""

    decisions = serializers.ListField(
        child=BulkDecisionSerializer(), allow_empty=False, max_length=MOST
    )


class DecisionResultSerializer(serializers.Serializer[Any]):
    """What became of one row."""

    id = serializers.IntegerField()
    ok = serializers.BooleanField()
    code = serializers.CharField()
    message = serializers.CharField()
    status = serializers.CharField()


class DecisionResultsSerializer(serializers.Serializer[Any]):
    """A result per row, in their order."""

    results = DecisionResultSerializer(many=True)


class ClarifySerializer(StrictSerializer):
    """A question to those who submitted."""

    question = _text()


class AnswerSerializer(StrictSerializer):
    """The answer to the open question."""

    answer = _text()


class ReassignSerializer(StrictSerializer):
    """Whom to give it to; `assignment` is needed when several may be given away."""

    to = CodeField(User.objects.active, lookup="username", label_field="display_name")
    comment = _text()
    assignment = serializers.IntegerField(required=False, min_value=1)
