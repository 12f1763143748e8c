"""Log-ins over the API: one chain of refresh tokens each, ended when an old one is shown again."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import ApiSession, User
from apps.common import context, events


@transaction.atomic
def begin(user: User) -> ApiSession:
    """Open a chain for somebody who has just shown their password; finished ones are forgotten."""
    now = timezone.now()
    lifetime: timedelta = settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"]  # type: ignore[assignment]  # a mixed dict
    ApiSession.objects.filter(user=user, expires_at__lte=now).delete()
    return ApiSession.objects.create(
        user=user,
        token_id=uuid.uuid4().hex,
        expires_at=now + lifetime,
        remote_addr=context.current().remote_addr,
    )


@transaction.atomic
def rotate(pk: Any, token_id: str, stamp: str) -> ApiSession | None:
    """Make the next token the only good one, or give nothing.

    A token that is not the newest was used before: whoever shows it, one of the two who hold the
    chain stole it. The chain ends, and it is written down.
    """
    session = (
        ApiSession.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=pk, expires_at__gt=timezone.now())
        .first()
    )
    if session is None or session.revoked_at is not None:
        return None
    if not session.user.is_active or session.user.stamp != stamp:
        return None
    if session.token_id != token_id:
        _revoke(session)
        events.happened(session.user, "user.refresh_reused", session=session.pk)
        return None
    session.token_id = uuid.uuid4().hex
    session.save()
    return session


@transaction.atomic
def end(pk: Any) -> None:
    """Log out: the chain and the access tokens made from it are void. Unknown ones are no news."""
    session = (
        ApiSession.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=pk, revoked_at=None)
        .first()
    )
    if session is not None:
        _revoke(session)
        events.record(
            events.Record(session.user, events.Action.EVENT, "user.logout", actor=session.user)
        )


def _revoke(session: ApiSession) -> None:
    session.revoked_at = timezone.now()
    session.save()
