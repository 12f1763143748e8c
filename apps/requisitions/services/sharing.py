"""Showing a requisition to others, and keeping an eye on one."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from apps.common import events
from apps.common.errors import NotPermittedError
from apps.requisitions import policies
from apps.requisitions.models import Requisition, Watcher


@transaction.atomic
def watch(requisition: Requisition, *, by: Any) -> None:
    """Keep an eye on it."""
    if not policies.may_watch(by, requisition):
        raise NotPermittedError()
    _row, is_new = Watcher.objects.get_or_create(requisition=requisition, user=by)
    if is_new:
        _record(requisition, "requisition.watched", by)


@transaction.atomic
def unwatch(requisition: Requisition, *, by: Any) -> None:
    """Stop keeping an eye on it."""
    gone, _by_model = Watcher.objects.filter(requisition=requisition, user=by).delete()
    if gone:
        _record(requisition, "requisition.unwatched", by)


@transaction.atomic
def share(requisition: Requisition, *, person: Any, by: Any) -> None:
    """Let somebody see it who otherwise would not."""
    if not policies.may_share(by, requisition) or not policies.is_known(person):
        raise NotPermittedError()
    _row, is_new = Watcher.objects.get_or_create(requisition=requisition, user=person)
    if is_new:
        _record(requisition, "requisition.shared", by, comment=str(person))


def _record(requisition: Requisition, event: str, by: Any, comment: str = "") -> None:
    events.record(events.Record(requisition, events.Action.EVENT, event, comment=comment, actor=by))
