"""Work done outside of requests."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.tasks import task

from apps.approvals import services
from apps.common import context


@task()
def remind_and_escalate() -> dict[str, Any]:
    """Remind people whose time is nearly over, and escalate what is overdue."""
    with context.working(actor=None, channel=context.Channel.TASK):
        return asdict(services.remind_and_escalate())
