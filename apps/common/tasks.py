"""Work done outside of requests."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.tasks import task

from apps.common import context, outbox


@task()
def send_outbox() -> dict[str, Any]:
    """Send the messages that are due."""
    with context.working(actor=None, channel=context.Channel.TASK):
        return asdict(outbox.send_due())
