"""One line per request for the log: who asked for what, and what it cost."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings

from apps.common.measuring import Measured

access = logging.getLogger("erp.access")
slow_requests = logging.getLogger("erp.slow_request")


def write(sender: Any, measured: Measured, **_kwargs: Any) -> None:
    """Write the line; a probe's is for whoever debugs probes."""
    duration = round(measured.seconds * 1000, 1)
    level = logging.DEBUG if measured.is_watching else logging.INFO
    if access.isEnabledFor(level):
        access.log(level, "%s %s %s", *_what(measured), extra=_fields(measured, duration))
    if duration >= settings.OPERATING.slow_request_ms and not measured.is_watching:
        slow_requests.warning("%s %s %s", *_what(measured), extra=_fields(measured, duration))


def _what(measured: Measured) -> tuple[str, str, int]:
    return measured.method, measured.path or measured.route, measured.status


def _fields(measured: Measured, duration: float) -> dict[str, Any]:
    return {
        "method": measured.method,
        "route": measured.route,
        "status": measured.status,
        "duration_ms": duration,
        "queries": len(measured.query_seconds),
        "query_ms": round(sum(measured.query_seconds) * 1000, 1),
        "user": measured.user,
        "request_id": measured.request_id,
        "channel": measured.channel,
        "address": measured.address,
    }
