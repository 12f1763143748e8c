"""Reading from a copy of the database: for reports, exports and dashboards that say so.

    with reading_from_replica():
        rows = list(Requisition.objects.visible_to(user))

The copy answers only where that cannot be seen: outside transactions, before anything was written
in the same request, and while it is there and not further behind than ERP_DATABASE_REPLICA_LAG
seconds. In every other case, and always for writing, the primary answers. What breaks off half-way
is asked again of the primary by `read`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.signals import request_started
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections, models
from django.dispatch import receiver
from django.tasks.signals import task_started

from apps.common import replication

logger = logging.getLogger(__name__)
REPLICA = "replica"

_chosen: ContextVar[bool] = ContextVar("erp_replica_chosen", default=False)
_written: ContextVar[bool] = ContextVar("erp_replica_written", default=False)


@contextmanager
def reading_from_replica() -> Iterator[bool]:
    """Read from the copy inside the block where it may answer; says whether it does."""
    usable = may_answer() and replication.is_usable(REPLICA, DEFAULT_DB_ALIAS)
    token = _chosen.set(usable)
    try:
        yield usable
    finally:
        _chosen.reset(token)


def read[T](work: Callable[[], T]) -> T:
    """Do work that only reads, on the copy; when that fails half-way, again on the primary.

    The work has to bring its rows along (a list, not a queryset nobody has asked yet).
    """
    try:
        with reading_from_replica() as usable:
            return work()
    except (OperationalError, InterfaceError):
        if not usable:
            raise
        logger.warning("The replica broke off; the primary is asked instead.", exc_info=True)
        replication.leave_alone(REPLICA)
    return work()


def bound[M: models.Model](queryset: models.QuerySet[M]) -> models.QuerySet[M]:
    """Tie a queryset to the database that may answer it now, for rows that are streamed later."""
    with reading_from_replica() as usable:
        return queryset.using(REPLICA if usable else DEFAULT_DB_ALIAS)


def may_answer() -> bool:
    """Tell whether somebody could notice that the copy is a moment behind."""
    return (
        REPLICA in connections.settings
        and not _written.get()
        and not connections[DEFAULT_DB_ALIAS].in_atomic_block
    )


class ReplicaRouter:
    """Send marked reads to the copy and everything else, always, to the primary."""

    def db_for_read(self, _model: type[models.Model], **_hints: Any) -> str:
        return REPLICA if _chosen.get() and may_answer() else DEFAULT_DB_ALIAS

    def db_for_write(self, _model: type[models.Model], **_hints: Any) -> str:
        """Remember that something was written: from here on the copy would show the past."""
        _written.set(True)
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _first: models.Model, _second: models.Model, **_hints: Any) -> bool:
        """Both are the same database at two moments."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        """Tables reach the copy by themselves."""
        return db != REPLICA


@receiver((request_started, task_started), dispatch_uid="replica.forget")
def forget(**_kwargs: Any) -> None:
    """A new request or task has written nothing yet; threads serve many of them."""
    _written.set(False)
