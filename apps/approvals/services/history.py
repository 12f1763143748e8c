"""Recording: all of one piece of work in one batch, in the name of whoever does it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from apps.common import context, events
from apps.common.errors import SegregationOfDutiesError


@contextmanager
def attempts_recorded(by: Any) -> Iterator[None]:
    """Keep that somebody tried to decide on what is theirs, though nothing comes of it.

    Must be opened outside of the transaction that is refused.
    """
    try:
        yield
    except SegregationOfDutiesError as error:
        request = error.details.get("request")
        if request is not None:
            with recording(by):
                events.happened(request, "approvalrequest.refused", str(error))
        raise


@contextmanager
def recording(by: Any) -> Iterator[None]:
    """Record what happens inside as done by this person, with one insert at the end."""
    with context.working(actor=by), events.batched():
        yield
