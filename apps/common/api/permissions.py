"""Deny by default: a view says for each of its actions who may, or nobody may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

Rule = Callable[[Any], bool]


def anybody(user: Any) -> bool:
    """For log-in and schema: nobody needs to be known. Said explicitly, never by omission."""
    return True


def logged_in(user: Any) -> bool:
    """For what every colleague may ask; which records come back is `visible_to`'s business."""
    return bool(user and user.is_authenticated and user.is_active)


class DeclaredPolicy(BasePermission):
    """Asks the view's `policies`: action (or lower-case method for plain views) → rule of the user.

    What may be done to one document is decided by its service, under the lock; this is the gate
    in front of it. A view or an action without a rule is refused.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether this person may come in at all."""
        rules: Mapping[str, Rule] = getattr(view, "policies", {})
        if getattr(view, "action", "") is None:
            return logged_in(request.user)  # a method the resource does not have: 405
        name = getattr(view, "action", None) or (request.method or "").lower()
        if name == "metadata":
            return logged_in(request.user)
        rule = rules.get(name)
        return rule is not None and bool(rule(request.user))
