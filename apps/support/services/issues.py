"""Reporting an issue and its moves: the table, and one service per move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common import context, events, numbering, workflow
from apps.common.errors import InvalidInputError, NotPermittedError
from apps.common.records import tidy
from apps.common.validation import field_errors
from apps.common.workflow import Table, Transition
from apps.support import policies
from apps.support.models import SupportIssue
from apps.support.services import escalation, notices
from apps.support.states import Status

KIND = "support_issue"
PREFIX = "SI"
FIELDS = ("issue_type", "severity", "title", "description", "request_id", "page")


@transaction.atomic
def report_issue(*, by: Any, data: Mapping[str, Any]) -> SupportIssue:
    """Ask for help: take a number, start the clock, tell level 1.

    Raises NotPermittedError, and InvalidInputError with all that is wrong, by field.
    """
    if not policies.may_report(by):
        raise NotPermittedError()
    issue = SupportIssue(reporter=by, created_by=by, updated_by=by, number="-")
    for name in FIELDS:
        if name in data:
            setattr(issue, name, tidy(data[name]))
    errors = field_errors(issue, exclude=("clock_started_at", "response_due_at", "number"))
    errors.pop("resolution_due_at", None)
    if issue.issue_type_id is None or not issue.issue_type.is_active:
        errors["issue_type"] = [_("Choose what it is about.")]
    if errors:
        raise InvalidInputError(errors=errors)
    escalation.start_clock(issue, timezone.now())
    issue.number = numbering.take(KIND, PREFIX)
    with context.working(actor=by):
        issue.save(force_insert=True)
        events.record(*events.created([issue], "supportissue.reported"))
    notices.put(notices.REPORTED, issue, _level_1(issue))
    return issue


def _acknowledge(issue: SupportIssue, *, by: Any, comment: str) -> None:
    """Somebody answers: the clock to the next level stops."""
    now = timezone.now()
    escalation.mark_late(issue, now)
    issue.first_response_at = issue.first_response_at or now
    issue.acknowledged_at = issue.acknowledged_at or now
    issue.assignee = issue.assignee or by
    issue.level_due_at = None
    notices.put_to(notices.ANSWERED, issue, issue.reporter, but=by)


def _start(issue: SupportIssue, *, by: Any, comment: str) -> None:
    """Whoever begins has answered, too."""
    if issue.status == Status.NEW:
        _acknowledge(issue, by=by, comment=comment)


def _resolve(issue: SupportIssue, *, by: Any, comment: str) -> None:
    now = timezone.now()
    if issue.status == Status.NEW:
        _acknowledge(issue, by=by, comment=comment)
    escalation.mark_late(issue, now)
    issue.reason = comment  # what the mail says; the runner stores it as well
    notices.put_to(notices.RESOLVED, issue, issue.reporter, but=by)


def _reopen(issue: SupportIssue, *, by: Any, comment: str) -> None:
    """It is not solved: the promises begin anew, those broken before stay broken."""
    issue.acknowledged_at = issue.resolved_at = issue.closed_at = None
    escalation.start_clock(issue, timezone.now())
    notices.put(notices.REOPENED, issue, _level_1(issue))
    notices.put_to(notices.REOPENED, issue, issue.assignee, but=by)


TABLE = Table.of(
    KIND,
    (
        Transition(
            "acknowledge",
            gettext_lazy("Acknowledge"),
            frozenset({Status.NEW}),
            Status.ACKNOWLEDGED,
            policies.may_work,
            effect=_acknowledge,
            tone="primary",
        ),
        Transition(
            "start",
            gettext_lazy("Begin work"),
            frozenset({Status.NEW, Status.ACKNOWLEDGED}),
            Status.IN_PROGRESS,
            policies.may_work,
            effect=_start,
        ),
        Transition(
            "resolve",
            gettext_lazy("Resolve"),
            frozenset({Status.NEW, Status.ACKNOWLEDGED, Status.IN_PROGRESS}),
            Status.RESOLVED,
            policies.may_work,
            effect=_resolve,
            stamps=("resolved",),
            needs_reason=True,
            tone="primary",
        ),
        Transition(
            "close",
            gettext_lazy("Close"),
            frozenset({Status.RESOLVED}),
            Status.CLOSED,
            policies.may_close,
            stamps=("closed",),
        ),
        Transition(
            "reopen",
            gettext_lazy("Reopen"),
            frozenset({Status.RESOLVED, Status.CLOSED}),
            Status.NEW,
            policies.may_reopen,
            effect=_reopen,
            needs_reason=True,
        ),
    ),
)


def acknowledge(issue: SupportIssue, *, by: Any, **more: Any) -> SupportIssue:
    """Say that somebody looks after it."""
    return _run("acknowledge", issue, by, **more)


def start(issue: SupportIssue, *, by: Any, **more: Any) -> SupportIssue:
    """Begin to work on it."""
    return _run("start", issue, by, **more)


def resolve(issue: SupportIssue, *, by: Any, **more: Any) -> SupportIssue:
    """Say what solved it."""
    return _run("resolve", issue, by, **more)


def close(issue: SupportIssue, *, by: Any, **more: Any) -> SupportIssue:
    """Agree that it is solved."""
    return _run("close", issue, by, **more)


def reopen(issue: SupportIssue, *, by: Any, **more: Any) -> SupportIssue:
    """Say why it is not solved; the clock starts anew."""
    return _run("reopen", issue, by, **more)


SERVICES = {
    "acknowledge": acknowledge,
    "start": start,
    "resolve": resolve,
    "close": close,
    "reopen": reopen,
}


@transaction.atomic
def assign(
    issue: SupportIssue, *, to: Any, by: Any, expected_version: int | None = None
) -> SupportIssue:
    """Give the issue to somebody who helps."""
    fresh = workflow.lock(issue, expected_version=expected_version)
    if not policies.may_work(by, fresh):
        raise NotPermittedError()
    if not policies.is_helper(to):
        message = _("%(person)s does not work at the help desk.") % {"person": to}
        raise InvalidInputError(message, code="no_helper", errors={"assignee": [message]})
    before, fresh.assignee = fresh.assignee_id, to
    workflow.save(fresh, by=by)
    change = {"assignee_id": (before, to.pk)}
    record = events.Record(
        fresh, events.Action.UPDATE, "supportissue.assigned", change, comment=str(to), actor=by
    )
    events.record(record)
    notices.put_to(notices.ASSIGNED, fresh, to, but=by)
    return fresh


def _level_1(issue: SupportIssue) -> Any:
    return escalation.escalation_of(issue.issue_type, 1, at=issue.clock_started_at)


def _run(
    name: str,
    issue: SupportIssue,
    by: Any,
    *,
    comment: str = "",
    expected_version: int | None = None,
) -> SupportIssue:
    return workflow.run(
        TABLE[name], issue, by=by, comment=comment, expected_version=expected_version
    )
