"""Who acts, through which door, under which request: carried along for the audit.

Set by middleware, by the API's authentication, by commands and by tasks; read by whoever records.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Channel(StrEnum):
    """The door a change came through."""

    WORKSPACE = "workspace"
    ADMIN = "admin"
    API = "api"
    IMPORT = "import"
    COMMAND = "command"
    TASK = "task"
    SYSTEM = "system"


@dataclass(frozen=True)
class Context:
    """One piece of work: a request, a command run or a task run.

    `event` and `comment` name the business act under way, so that the field history a save leaves
    behind says "user.deactivate" and why, instead of "user.update".
    """

    actor: Any = None
    channel: Channel = Channel.SYSTEM
    request_id: str = ""
    remote_addr: str | None = None
    event: str = ""
    comment: str = ""


_NOTHING = Context()
_current: ContextVar[Context] = ContextVar("erp_context", default=_NOTHING)


def current() -> Context:
    """The context of the work going on in this thread."""
    return _current.get()


@contextmanager
def working(**changes: Any) -> Iterator[Context]:
    """Work under a changed context and put the old one back afterwards."""
    token = _current.set(replace(_current.get(), **changes))
    try:
        yield _current.get()
    finally:
        _current.reset(token)


def set_actor(actor: Any) -> None:
    """Name the actor late, when authentication happens after the request has begun (JWT)."""
    _current.set(replace(_current.get(), actor=actor))
