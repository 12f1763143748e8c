"""When steps begin and when they are due, in business hours."""

from __future__ import annotations

import datetime as dt

from apps.approvals import business_hours
from apps.approvals.models import ApprovalStep, Holiday
from apps.approvals.states import StepStatus


def start(step: ApprovalStep, now: dt.datetime) -> None:
    """Make a step the active one; its hours begin to run. The caller saves it."""
    step.status = StepStatus.ACTIVE
    step.activated_at = now
    step.due_at = due(now, step.hours)


def due(now: dt.datetime, hours: int) -> dt.datetime:
    """So many business hours from now."""
    return business_hours.add(now, dt.timedelta(hours=hours), Holiday.objects.calendar())


def wait_over(due_at: dt.datetime, since: dt.datetime, now: dt.datetime) -> dt.datetime:
    """The new due moment after the clock stood still between two moments."""
    calendar = Holiday.objects.calendar()
    return business_hours.add(due_at, business_hours.between(since, now, calendar), calendar)
