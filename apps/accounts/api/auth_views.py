"""Log-in, refresh and log-out. Whatever is wrong, the answer is the same 401."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from apps.accounts import services
from apps.accounts.api import tokens
from apps.accounts.api.authentication import InvalidTokenError, NoAuthentication
from apps.accounts.api.serializers import (
    AccountSerializer,
    LoginSerializer,
    MeSerializer,
    RefreshSerializer,
    TokensSerializer,
)
from apps.accounts.models import User
from apps.common import context
from apps.common.api.permissions import Rule, anybody, logged_in

LOGGED_IN = inline_serializer(
    "LoggedIn",
    {
        "access": serializers.CharField(),
        "refresh": serializers.CharField(),
        "user": AccountSerializer(),
    },
)
REFUSED = OpenApiResponse(description="Anything was wrong; which thing is not said.")


class WrongLoginError(AuthenticationFailed):
    """Name, password, account or lock: nobody learns which of them it was."""

    default_code = "login_failed"

    def __init__(self) -> None:
        super().__init__(_("Name or password are not right, or the account cannot be used now."))


class OpenView(APIView):
    """For people who are not known yet."""

    authentication_classes = (NoAuthentication,)
    policies: ClassVar[dict[str, Rule]] = {"post": anybody}
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "login"


class LoginView(OpenView):
    """A name and a password for a pair of tokens."""

    @extend_schema(request=LoginSerializer, responses={200: LOGGED_IN, 401: REFUSED}, auth=[])
    def post(self, request: Request) -> Response:
        """Log in."""
        body = LoginSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = self._known(request, body.validated_data)
        session = services.begin(user)
        context.set_actor(user)
        user_logged_in.send(sender=User, request=request, user=user)
        return Response({**tokens.pair(session), "user": AccountSerializer(user).data})

    def _known(self, request: Request, data: dict[str, Any]) -> User:
        # The lock is noted on this wrapper, not on the plain request below it: browsers are shown
        # a page when it closes, here it looks like every other refusal.
        caller: Any = request
        user = authenticate(caller, username=data["username"], password=data["password"])
        if not isinstance(user, User):
            raise WrongLoginError
        if user.must_change_password:
            text = _("Choose a password of your own first, in the browser.")
            raise AuthenticationFailed(text, "password_change_required")
        return user


class RefreshView(OpenView):
    """A refresh token for the next pair. One shown twice ends the log-in for all who hold it."""

    @extend_schema(
        request=RefreshSerializer, responses={200: TokensSerializer, 401: REFUSED}, auth=[]
    )
    def post(self, request: Request) -> Response:
        """Refresh."""
        body = RefreshSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        pair = tokens.refreshed(body.validated_data["refresh"])
        if pair is None:
            raise InvalidTokenError
        return Response(pair)


class LogoutView(OpenView):
    """End a log-in: its access tokens are void at once."""

    @extend_schema(request=RefreshSerializer, responses={204: None}, auth=[])
    def post(self, request: Request) -> Response:
        """Log out."""
        body = RefreshSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        tokens.ended(body.validated_data["refresh"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(APIView):
    """Who the caller is."""

    policies: ClassVar[dict[str, Rule]] = {"get": logged_in}

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Name, roles, language, delegations."""
        return Response(MeSerializer(request.user).data)
