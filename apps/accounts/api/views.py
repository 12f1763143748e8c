"""People and departments on the API."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers as drf
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import policies, services
from apps.accounts.api import filters, serializers
from apps.accounts.models import Department, User
from apps.common.api.masters import MasterViewSet
from apps.common.api.permissions import Rule, logged_in
from apps.common.api.viewsets import CommentSerializer, DocumentViewSet


@extend_schema_view(
    list=extend_schema(responses=serializers.ColleagueSerializer(many=True)),
    retrieve=extend_schema(responses=serializers.AccountSerializer),
)
class UserViewSet(DocumentViewSet):
    """People: everybody finds colleagues, administrators look after accounts.

    Passwords are neither shown nor set here: their owners choose them by a link.
    """

    serializer_class = serializers.AccountSerializer
    filterset_class = filters.UserFilters
    orderings = ("username", "name")
    policies: ClassVar[dict[str, Rule]] = {
        "list": logged_in,
        "retrieve": logged_in,
        "me": logged_in,
        "create": policies.may_add_people,
        "partial_update": policies.may_manage_people,
        "deactivate": policies.may_manage_people,
        "reactivate": policies.may_manage_people,
        "roles": policies.may_manage_people,
        "reset": policies.may_manage_people,
    }

    def visible(self) -> QuerySet[Any]:
        """Colleagues with their department and roles."""
        people: QuerySet[Any] = User.objects.visible_to(self.request.user)
        return people.select_related("department").prefetch_related("groups")

    def search(self, queryset: Any, text: str) -> Any:
        """By log-in name, name or address."""
        return queryset.search(text)

    def get_serializer_class(self) -> type[drf.BaseSerializer[Any]]:
        """Colleagues see less of an account than those who look after it."""
        if self.action == "create":
            return serializers.NewAccountSerializer
        if self.action in {"list", "retrieve"} and not self._looks_after_accounts():
            return serializers.ColleagueSerializer
        return serializers.AccountSerializer

    def _looks_after_accounts(self) -> bool:
        return bool(self.request.user.has_perm("accounts.view_user"))

    @extend_schema(
        request=serializers.NewAccountSerializer, responses={201: serializers.AccountSerializer}
    )
    def create(self, request: Request) -> Response:
        """Make an account; its owner gets a link by mail."""
        return self.create_with(request, self._create)

    def _create(self, *, by: Any, data: dict[str, Any]) -> User:
        roles = data.pop("roles", ())
        return services.create_user(by=by, data=data, roles=roles)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what is given."""
        person = self.get_object()
        data = self.read_body(request, partial=True)
        return self._shown(services.update_user(person, by=request.user, data=data))

    @extend_schema(responses=serializers.MeSerializer)
    @action(detail=False, methods=["get"])
    def me(self, request: Request) -> Response:
        """Who the caller is."""
        return Response(serializers.MeSerializer(request.user).data)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, pk: str) -> Response:
        """Shut an account; its tokens and sessions end at their next request."""
        comment = self._comment(request)
        person = services.deactivate(self.get_object(), by=request.user, comment=comment)
        return self._shown(person)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def reactivate(self, request: Request, pk: str) -> Response:
        """Open a shut account again; its owner gets a link by mail."""
        comment = self._comment(request)
        person = services.reactivate(self.get_object(), by=request.user, comment=comment)
        return self._shown(person)

    @extend_schema(request=serializers.RolesSerializer)
    @action(detail=True, methods=["put"])
    def roles(self, request: Request, pk: str) -> Response:
        """Give somebody exactly these roles."""
        body = serializers.RolesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        person = services.set_roles(
            self.get_object(), data["roles"], by=request.user, comment=data.get("comment", "")
        )
        return self._shown(person)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reset(self, request: Request, pk: str) -> Response:
        """Shut the old password out and mail a link to choose a new one."""
        return self._shown(services.send_password_link(self.get_object(), by=request.user))

    def _comment(self, request: Request) -> str:
        body = CommentSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return str(body.validated_data.get("comment", ""))

    def _shown(self, person: User) -> Response:
        return Response(serializers.AccountSerializer(person).data, status=status.HTTP_200_OK)

    def reply(self, record: Any, *, code: int = status.HTTP_200_OK) -> Response:
        """A new account is answered with what there is now, not with what was sent."""
        if self.action == "create":
            return Response(serializers.AccountSerializer(record).data, status=code)
        return super().reply(record, code=code)


class DepartmentViewSet(MasterViewSet):
    """The department tree."""

    model = Department
    service = staticmethod(services.save_department)
    serializer_class = serializers.DepartmentSerializer
    filterset_class = filters.DepartmentFilters
    policies: ClassVar[dict[str, Rule]] = {
        "list": logged_in,
        "retrieve": logged_in,
        "create": policies.may_write_departments,
        "partial_update": policies.may_write_departments,
    }

    def visible(self) -> QuerySet[Any]:
        """With what is above and who leads."""
        tree: QuerySet[Any] = Department.objects.visible_to(self.request.user)
        return tree.select_related("parent", "head")
