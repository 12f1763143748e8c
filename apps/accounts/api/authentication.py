"""Access tokens: who calls the API, checked against the account and the log-in at each call."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Exists, QuerySet
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed as BadHeader
from rest_framework_simplejwt.exceptions import InvalidToken

from apps.accounts.api.tokens import SESSION, STAMP
from apps.accounts.models import ApiSession, User
from apps.common import context
from apps.common.numbers import whole_number
from apps.common.prepared import PERSON, Slot, Statement


class InvalidTokenError(AuthenticationFailed):
    """A token that is forged, expired, of the wrong kind, or was given under other rights."""

    default_code = "token_not_valid"

    def __init__(self) -> None:
        super().__init__(_("This token is not valid (any more). Log in again."))


class TokenAuthentication(JWTAuthentication):
    """An access token of an active person whose log-in and rights are still those of the token.

    Sessions are not accepted, so no other site can make a browser call the API.
    """

    def authenticate(self, request: Request) -> Any:
        """Name the actor for the audit as soon as the token is accepted."""
        try:
            header = self.get_header(request)
            raw = None if header is None else self.get_raw_token(header)
            if raw is None:
                return None
            token = self.get_validated_token(raw)
        except (InvalidToken, BadHeader):
            raise InvalidTokenError from None
        user = person_of(token)
        context.set_actor(user)
        return user, token


class NoAuthentication(BaseAuthentication):
    """For log-in itself: whatever token comes along is not read, and a refusal is still a 401."""

    def authenticate(self, request: Request) -> None:
        """Nobody is known yet."""

    def authenticate_header(self, request: Request) -> str:
        """How one would log in."""
        return 'Bearer realm="api"'


def person_of(token: Any) -> User:
    """The person behind a token, in one statement. Raises InvalidTokenError."""
    session, person = token.get(SESSION), whole_number(str(token.get("user_id")))
    if not isinstance(session, int) or person is None:
        raise InvalidTokenError
    user = _PERSON.first(User, person=person, session=session)
    if user is None or not constant_time_compare(user.stamp, token.get(STAMP, "")):
        raise InvalidTokenError
    return user


def _person() -> QuerySet[User]:
    log_in = Slot("session", BigIntegerField())
    mine = ApiSession.objects.filter(pk=log_in, user=PERSON, revoked_at=None)
    found: QuerySet[User] = User.objects.filter(Exists(mine), pk=PERSON, is_active=True)
    return found.order_by()


_PERSON = Statement(_person)
