"""Shapes of support: issues, and who is on call."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.accounts.models import User
from apps.common.api.serializers import CodeField, StrictSerializer
from apps.support.models import IssueType
from apps.support.states import Severity, Status


class SupportIssueSerializer(StrictSerializer):
    """An issue. Its times, its level and its state are the services' to write."""

    id = serializers.IntegerField(source="pk", read_only=True)
    number = serializers.CharField(read_only=True)
    status = serializers.ChoiceField(Status.choices, read_only=True)
    issue_type = CodeField(IssueType.objects.active)
    severity = serializers.ChoiceField(Severity.choices, default=Severity.NORMAL)
    title = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=4000)
    request_id = serializers.CharField(max_length=64, required=False, allow_blank=True)
    page = serializers.CharField(max_length=500, required=False, allow_blank=True)
    reporter = CodeField(lookup="username", label_field="display_name", read_only=True)
    assignee = CodeField(
        lookup="username", label_field="display_name", read_only=True, allow_null=True
    )
    reason = serializers.CharField(read_only=True)
    response_due_at = serializers.DateTimeField(read_only=True)
    resolution_due_at = serializers.DateTimeField(read_only=True)
    first_response_at = serializers.DateTimeField(read_only=True, allow_null=True)
    resolved_at = serializers.DateTimeField(read_only=True, allow_null=True)
    closed_at = serializers.DateTimeField(read_only=True, allow_null=True)
    is_response_breached = serializers.BooleanField(read_only=True)
    is_resolution_breached = serializers.BooleanField(read_only=True)
    level = serializers.IntegerField(read_only=True)
    level_due_at = serializers.DateTimeField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    allowed_actions = serializers.ListField(child=serializers.CharField(), read_only=True)


class AssignSerializer(StrictSerializer):
    """Whom to give it to."""

    to = CodeField(User.objects.active, lookup="username", label_field="display_name")


class SupportContactSerializer(serializers.Serializer[Any]):
    """Somebody who helps."""

    code = serializers.CharField()
    name = serializers.CharField()
    person = serializers.CharField()
    phone = serializers.CharField(source="telephone")
    email = serializers.CharField(source="mail")


class OnCallSerializer(serializers.Serializer[Any]):
    """The two people on call at a moment, and until when."""

    primary = SupportContactSerializer()
    secondary = SupportContactSerializer(allow_null=True)
    until = serializers.DateTimeField()
