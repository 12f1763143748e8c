"""Who may do what at the help desk: the only place that answers. What is not said is refused."""

from __future__ import annotations

from typing import Any

from apps.support import querysets
from apps.support.models import SupportIssue, SurveyRound
from apps.support.states import OPEN


def is_known(user: Any) -> bool:
    """Nobody who left and nobody unknown does anything."""
    return bool(user is not None and user.is_authenticated and user.is_active)


def may_report(user: Any) -> bool:
    """Whoever works here may ask for help, also those who write nothing else."""
    return is_known(user)


def is_helper(user: Any) -> bool:
    """The help desk: its administrators, and everybody it names as a contact."""
    return is_known(user) and querysets.is_helper(user)


def may_view(user: Any, issue: SupportIssue) -> bool:
    """Exactly what the lists show."""
    return is_known(user) and SupportIssue.objects.visible_to(user).filter(pk=issue.pk).exists()


def may_work(user: Any, issue: SupportIssue) -> bool:
    """Helpers answer and solve; so does whoever was given the issue, helper or not."""
    return is_known(user) and (issue.assignee_id == user.pk or is_helper(user))


def may_close(user: Any, issue: SupportIssue) -> bool:
    """Solved is said by the help desk, done by whoever reported it, or by the help desk."""
    return is_known(user) and (issue.reporter_id == user.pk or may_work(user, issue))


def may_reopen(user: Any, issue: SupportIssue) -> bool:
    """It is not solved after all: the same people as for closing."""
    return may_close(user, issue)


def may_comment(user: Any, issue: SupportIssue) -> bool:
    """Those who take part; an auditor reads and writes nothing."""
    return may_close(user, issue)


def may_attach(user: Any, issue: SupportIssue) -> bool:
    """Pictures and logs are added while somebody still works on it."""
    return issue.status in OPEN and may_close(user, issue)


def may_answer(user: Any, survey: SurveyRound) -> bool:
    """Everybody is asked; that each answers once is the database's rule."""
    return is_known(user)


def may_see_results(user: Any) -> bool:
    """What people think is for those who look after the product."""
    return is_known(user) and bool(user.has_perm("support.view_surveyanswer"))


def may_read_runbooks(user: Any) -> bool:
    """They name commands and places, so they are for operators and administrators."""
    return is_known(user) and bool(user.has_perm("support.read_runbooks"))
