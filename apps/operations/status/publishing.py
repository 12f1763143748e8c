"""Saying something about an incident to everybody."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.common import events, workflow
from apps.common.errors import NotPermittedError
from apps.operations import policies
from apps.operations.models import Incident, StatusUpdate


@transaction.atomic
def publish(incident: Incident, *, english: str, chinese: str, by: Any) -> StatusUpdate:
    """Add a sentence to the public status page. Raises NotPermittedError, ValidationError."""
    fresh = workflow.lock(incident)
    if not policies.may_work_on_incident(by, fresh):
        raise NotPermittedError
    update = StatusUpdate(
        incident=fresh,
        at=timezone.now(),
        text_en=english.strip(),
        text_zh_hans=chinese.strip(),
        by=by,
    )
    update.full_clean()
    update.save(force_insert=True)
    said = {"public_update": ("", english.strip() or chinese.strip())}
    events.record(events.Record(fresh, events.Action.UPDATE, "incident.published", said, actor=by))
    return update
