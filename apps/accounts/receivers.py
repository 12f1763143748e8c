"""Log-ins, through whichever door, as events for the audit."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.common import events

EVENTS = {
    "user.login": _("logged in"),
    "user.logout": _("logged out"),
    "user.login_failed": _("log-in failed"),
    "user.locked_out": _("locked out after failed log-ins"),
    "user.unlock": _("log-in unlocked"),
    "user.grant_scope": _("scope given"),
    "user.revoke_scope": _("scope taken back"),
    "costcentre.grant": _("cost centre opened to a person"),
    "costcentre.revoke": _("cost centre closed to a person"),
    "user.refresh_reused": _("an old refresh token was shown again"),
    "user.create": _("account made"),
    "user.create_first": _("first administrator made"),
    "user.deactivate": _("account shut"),
    "user.reactivate": _("account opened again"),
    "user.set_roles": _("roles changed"),
    "user.set_password": _("password chosen"),
    "user.reset_password": _("password link sent"),
    "user.password_link_asked": _("password link asked for"),
    "user.update_profile": _("profile changed"),
    "delegation.create": _("delegation given"),
    "delegation.revoke": _("delegation ended"),
    "role.set_up": _("roles set up"),
}


def on_login(sender: Any, user: Any, **_kwargs: Any) -> None:
    """Somebody showed the right password."""
    events.record(events.Record(user, events.Action.EVENT, "user.login", actor=user))


def on_logout(sender: Any, user: Any, **_kwargs: Any) -> None:
    """Somebody left. A session that had ended before says nothing."""
    if user is not None:
        events.record(events.Record(user, events.Action.EVENT, "user.logout", actor=user))


def on_failure(sender: Any, credentials: Any, request: Any = None, **_kwargs: Any) -> None:
    """Somebody did not; the same work whether the name is known or not."""
    events.happened(_named(credentials.get("username")), "user.login_failed")


def on_lockout(sender: Any, request: Any, username: str | None, **_kwargs: Any) -> None:
    """Too many failures: written down once, when the door closes."""
    if getattr(request, "axes_failures_since_start", 0) == settings.AXES_FAILURE_LIMIT:
        events.happened(_named(username), "user.locked_out")


def _named(username: Any) -> User:
    """The account of that name, or an unsaved one that only carries the name."""
    name = str(username or "")[:150]
    known: User | None = User.objects.filter(username=name).first()
    return known or User(username=name)
