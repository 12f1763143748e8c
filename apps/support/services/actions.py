"""What a person may do with issues now: one answer for buttons, API and lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apps.support import policies
from apps.support.models import SupportIssue
from apps.support.services.issues import TABLE

CLOSING = frozenset({"close", "reopen"})


def allowed_actions(user: Any, issues: Iterable[SupportIssue]) -> dict[int, list[str]]:
    """The names of all that is allowed, by issue, asking about the person once for a page.

    The service asks again under the lock; this says what to offer.
    """
    helper = policies.is_helper(user)
    return {issue.pk: _of(user, issue, helper=helper) for issue in issues}


def _of(user: Any, issue: SupportIssue, *, helper: bool) -> list[str]:
    works = helper or issue.assignee_id == user.pk
    closes = works or issue.reporter_id == user.pk
    names = [
        name
        for name, move in TABLE.transitions.items()
        if issue.status in move.sources and (closes if name in CLOSING else works)
    ]
    return [*names, "assign"] if works else names
