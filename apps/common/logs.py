"""The form of a log line: one event, one line, whatever was in it; no secret in any.

Two forms of the same: JSON for machines, and a readable line for one's own terminal. Both escape
what could forge a line or drive a terminal, and both take out secrets before anything else.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from logging.handlers import SysLogHandler
from typing import Any

from apps.common import context
from apps.common.redaction import redacted

# What ends a line, moves a cursor, or turns the direction of a text.
CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
FIELDS = ("method", "route", "status", "duration_ms", "queries", "query_ms")
LONGEST = 16_000


def escaped(text: str) -> str:
    """The text with everything visible that would act."""
    return CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """What is said with every line, when it is known: request, person, door, address."""
    current = context.current()
    given = record.__dict__
    known = {
        "request_id": given.get("request_id") or current.request_id,
        "user": given.get("user") or person_of(current.actor),
        "channel": given.get("channel") or str(current.channel),
        "address": given.get("address") or current.remote_addr,
    }
    known |= {name: given[name] for name in FIELDS if name in given}
    return {name: value for name, value in known.items() if value not in (None, "")}


def person_of(actor: Any) -> int | None:
    """The key of somebody who is known already: a log line never asks the database."""
    wrapped = getattr(actor, "_wrapped", actor)
    key = getattr(wrapped, "pk", None)
    return key if isinstance(key, int) else None


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
            **fields_of(record),
        }
        trace = traceback_of(self, record)
        if trace:
            line["exception"] = redacted(trace)[:LONGEST]
        return escaped(json.dumps(line, ensure_ascii=False, default=str))


class LineFormatter(logging.Formatter):
    """A line to be read; a traceback follows, each of its lines set in, so that none looks new."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = escaped(message_of(record))
        more = " ".join(f"{k}={escaped(str(v))}" for k, v in fields_of(record).items())
        line = f"{moment.replace('+00:00', 'Z')} {record.levelname} {record.name} {said} {more}"
        trace = redacted(traceback_of(self, record))[:LONGEST]
        return "".join([line.rstrip(), *(f"\n    | {escaped(row)}" for row in trace.splitlines())])


def message_of(record: logging.LogRecord) -> str:
    """What was said, without secrets; a path in it may be one, as in the link of a new password."""
    text = record.getMessage()
    request: Any = record.__dict__.get("request")
    if hasattr(request, "path_info"):
        from apps.common.middleware.measure import harmless_path, route_of

        text = text.replace(request.path, harmless_path(request) or route_of(request))
    return redacted(text)[:LONGEST]


def traceback_of(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """The traceback of an event as text, or nothing."""
    if record.exc_info:
        return formatter.formatException(record.exc_info)
    return record.exc_text or ""


class PatientSysLogHandler(SysLogHandler):
    """Sends to a syslog server that may come and go: the system starts and works without it."""

    def createSocket(self) -> None:  # noqa: N802  # the library's name
        try:
            super().createSocket()
        except OSError:
            self.socket: Any = None

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(self, "socket", None) is None:
            self.createSocket()
        if getattr(self, "socket", None) is not None:
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the library's name
        """The line stands on the standard output as well; a server that is away is no event."""
