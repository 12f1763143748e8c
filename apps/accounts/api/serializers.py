"""Shapes of log-in, people and departments."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from apps.accounts import policies, roles
from apps.accounts.models import Delegation, Department, User, validate_time_zone
from apps.common.api.masters import NamedSerializer
from apps.common.api.serializers import CodeField, StrictSerializer


class LoginSerializer(StrictSerializer):
    """A name and a password; a second factor where one is due."""

    username = serializers.CharField(max_length=150, trim_whitespace=False)
    password = serializers.CharField(max_length=1024, trim_whitespace=False, write_only=True)
    otp = serializers.CharField(max_length=16, required=False, allow_blank=True, write_only=True)


class RefreshSerializer(StrictSerializer):
    """A refresh token."""

    refresh = serializers.CharField(max_length=4096)


class TokensSerializer(StrictSerializer):
    """The two tokens of a log-in."""

    access = serializers.CharField(read_only=True)
    refresh = serializers.CharField(read_only=True)


class DelegationSerializer(StrictSerializer):
    """Who stands in for whom, and how long."""

    id = serializers.IntegerField(source="pk", read_only=True)
    delegator = CodeField(lookup="username", label_field="display_name", read_only=True)
    delegate = CodeField(lookup="username", label_field="display_name", read_only=True)
    starts_at = serializers.DateTimeField(read_only=True)
    ends_at = serializers.DateTimeField(read_only=True)
    reason = serializers.CharField(read_only=True)


class ColleagueSerializer(StrictSerializer):
    """What colleagues know of each other."""

    id = serializers.IntegerField(source="pk", read_only=True)
    username = serializers.CharField(read_only=True)
    name = serializers.CharField(source="display_name", read_only=True)
    email = serializers.EmailField(read_only=True)
    department = CodeField(read_only=True)
    job_title = serializers.CharField(read_only=True)
    is_active = serializers.BooleanField(read_only=True)


class AccountSerializer(StrictSerializer):
    """An account, for its owner and for those who look after accounts."""

    id = serializers.IntegerField(source="pk", read_only=True)
    username = serializers.CharField(max_length=150)
    name = serializers.CharField(max_length=150, required=False)
    email = serializers.EmailField(max_length=254)
    department = CodeField(Department.objects.active, required=False, allow_null=True)
    job_title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    time_zone = serializers.CharField(
        max_length=64, required=False, validators=[validate_time_zone]
    )
    roles = serializers.SerializerMethodField()
    is_active = serializers.BooleanField(read_only=True)
    last_login = serializers.DateTimeField(read_only=True)

    def get_roles(self, person: User) -> list[str]:
        """Names of the roles, from the matrix."""
        return sorted(policies.roles_of(person))


class NewAccountSerializer(AccountSerializer):
    """A new account. Its owner chooses the password by a link sent to the address given here."""

    roles = serializers.ListField(  # type: ignore[assignment]  # read from groups, written as names
        child=serializers.CharField(max_length=150), required=False, write_only=True, max_length=50
    )


class RolesSerializer(StrictSerializer):
    """All roles somebody is to have from now on."""

    roles = serializers.ListField(child=serializers.CharField(max_length=150), max_length=50)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=4000)

    def validate_roles(self, names: list[str]) -> list[str]:
        """Only roles of the matrix."""
        unknown = sorted(set(names) - set(roles.matrix()))
        if unknown:
            raise serializers.ValidationError([f"“{name[:64]}”?" for name in unknown])
        return names


class MeSerializer(AccountSerializer):
    """Oneself: with the departments one heads and the delegations in force."""

    heads = serializers.SerializerMethodField()
    delegations_given = serializers.SerializerMethodField()
    delegations_received = serializers.SerializerMethodField()

    def get_heads(self, person: User) -> list[str]:
        """Codes of the departments one heads."""
        return list(person.headed_departments.values_list("code", flat=True))

    def get_delegations_given(self, person: User) -> list[dict[str, Any]]:
        """Who stands in for me."""
        return self._delegations(person.delegations_given)

    def get_delegations_received(self, person: User) -> list[dict[str, Any]]:
        """For whom I stand in."""
        return self._delegations(person.delegations_received)

    def _delegations(self, related: Any) -> list[dict[str, Any]]:
        rows: Any = Delegation.objects.current() & related.all()
        rows = rows.select_related("delegator", "delegate")
        return list(DelegationSerializer(rows, many=True).data)


class DepartmentSerializer(NamedSerializer):
    """A part of the company. The head is named by the log-in name."""

    code = serializers.CharField(max_length=32)
    name = serializers.CharField(max_length=120, required=False)
    parent = CodeField(  # type: ignore[assignment]  # declared fields leave the class body
        Department.objects.all, required=False, allow_null=True
    )
    head = CodeField(
        User.objects.active,
        lookup="username",
        label_field="display_name",
        required=False,
        allow_null=True,
    )
    approval_limit = serializers.DecimalField(
        max_digits=20, decimal_places=4, required=False, allow_null=True, min_value=0
    )
