"""What a request costs: how long it took, how many statements it sent and how long those took.

The outermost middleware measures and says it once, here; the access log and the metrics listen. So
nothing is measured twice, and neither knows the other.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.dispatch import Signal

request_begun = Signal()
# Receivers get `measured`, a Measured. They must be quick: the reply waits for them.
request_measured = Signal()

LITERALS = re.compile(r"'(?:[^']|'')*'")
LONGEST_STATEMENT = 2000

slow_queries = logging.getLogger("erp.slow_query")


@dataclass(frozen=True, slots=True)
class Measured:
    """One request after its reply is made."""

    method: str
    route: str
    path: str
    status: int
    seconds: float
    query_seconds: list[float]
    user: int | None
    request_id: str
    channel: str
    address: str | None
    is_watching: bool


@dataclass(slots=True)
class Meter:
    """The statements of the work going on."""

    seconds: list[float] = field(default_factory=list)


meter: ContextVar[Meter | None] = ContextVar("erp_meter", default=None)


def install(sender: Any, connection: Any, **_kwargs: Any) -> None:
    """Measure every statement of a connection from the moment it is opened."""
    if measure_query not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, measure_query)


def measure_query(
    execute: Callable[..., Any],
    sql: str,
    params: Any,
    many: bool,  # noqa: FBT001  # Django's signature
    context: dict[str, Any],
) -> Any:
    """Run one statement, and remember how long it took."""
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        took = time.perf_counter() - started
        current = meter.get()
        if current is not None:
            current.seconds.append(took)
        if took * 1000 >= settings.OPERATING.slow_query_ms:
            slow_queries.warning("%s", masked(sql), extra={"duration_ms": round(took * 1000, 1)})


def masked(sql: Any) -> str:
    """A statement without values: parameters are not in it, and what was written into it is not."""
    return LITERALS.sub("'?'", " ".join(str(sql).split()))[:LONGEST_STATEMENT]
