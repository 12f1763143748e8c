"""Work in the past: the demonstration's documents were made over ninety days, not in a minute.

And work in bulk: a story of some hundred documents is thousands of statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection
from django.db.models import F
from django.utils import timezone

from apps.common.models import OutboxMessage


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything that asks Django for the time get this moment. Only for demonstration data."""
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real


def deliver() -> None:
    """Messages of the past were delivered then; nobody gets ninety days of mail at once."""
    status = OutboxMessage.Status
    waiting = OutboxMessage.objects.filter(status=status.PENDING)
    waiting.update(status=status.SENT, attempts=1, sent_at=F("created_at"))


@contextmanager
def unlogged() -> Iterator[None]:
    """Keep no list of statements meanwhile: debug mode does, and spends a third of the time."""
    logging_cursor = connection.make_debug_cursor
    connection.make_debug_cursor = connection.make_cursor  # type: ignore[method-assign,assignment]  # the point
    try:
        yield
    finally:
        connection.make_debug_cursor = logging_cursor  # type: ignore[method-assign]  # as it was
