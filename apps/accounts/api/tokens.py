"""Tokens of an API log-in: a short one to call with, a long one to get the next pair."""

from __future__ import annotations

from typing import Any

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, Token

from apps.accounts import services
from apps.accounts.models import ApiSession

STAMP = "stamp"
SESSION = "session"


class RefreshToken(Token):
    """Good for one refresh; it is never accepted for a call."""

    token_type = "refresh"  # noqa: S105 - the name of a kind, not a secret
    lifetime = api_settings.REFRESH_TOKEN_LIFETIME


def pair(session: ApiSession) -> dict[str, str]:
    """The two tokens of a log-in as it stands now; the long one never outlives the log-in."""
    refresh, access = RefreshToken(), AccessToken()
    for token in (refresh, access):
        token[api_settings.USER_ID_CLAIM] = str(session.user_id)
        token[STAMP] = session.user.stamp
        token[SESSION] = session.pk
    refresh[api_settings.JTI_CLAIM] = session.token_id
    end = int(session.expires_at.timestamp())
    refresh["exp"] = end
    access["exp"] = min(end, access["exp"])
    return {"access": str(access), "refresh": str(refresh)}


def refreshed(text: str) -> dict[str, str] | None:
    """The next pair, or nothing for a token that is not good (any more)."""
    token = _read(text)
    if token is None:
        return None
    session = services.rotate(
        token.get(SESSION), token.get(api_settings.JTI_CLAIM), token.get(STAMP)
    )
    return None if session is None else pair(session)


def ended(text: str) -> None:
    """Log out; a token nobody can read has no log-in to end."""
    token = _read(text)
    if token is not None:
        services.end(token.get(SESSION))


def _read(text: Any) -> RefreshToken | None:
    try:
        return RefreshToken(text)
    except TokenError:
        return None
