"""The history of any record, asked of whoever keeps it (the audit), which nobody imports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Change:
    """One field of one record, before and after, with the name people know it by."""

    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class HistoryRow:
    """One thing that happened: when, who, through which door, and each field before and after.

    `subject` names the part it happened to (a line) when that is not the record asked about.
    """

    at: datetime
    actor: Any
    actor_name: str
    event: str
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    comment: str = ""
    channel: str = ""
    subject: str = ""
    labels: Mapping[str, StrOrPromise] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What happened, in the reader's language."""
        return event_label(self.event)

    @property
    def door(self) -> str:
        """The channel it came through, in the reader's language."""
        return door_label(self.channel)

    @property
    def readable(self) -> list[Change]:
        """The changes with the names of the fields in the reader's language."""
        return [
            Change(str(self.labels.get(name, name)), before, after)
            for name, (before, after) in self.changes.items()
        ]


Provider = Callable[[Sequence[Any]], Sequence[HistoryRow]]
_providers: list[Provider] = []
_doors: dict[str, StrOrPromise] = {
    "workspace": _("workspace"),
    "admin": _("back office"),
    "api": _("API"),
    "import": _("import"),
    "command": _("command"),
    "task": _("background task"),
    "system": _("system"),
}
_labels: dict[str, StrOrPromise] = {
    "create": _("created"),
    "update": _("changed"),
    "delete": _("removed"),
    "submit": _("submitted"),
    "withdraw": _("withdrawn"),
    "approve": _("approved"),
    "reject": _("rejected"),
    "return": _("returned for changes"),
    "cancel": _("cancelled"),
    "close": _("closed"),
    "reopen": _("reopened"),
    "issue": _("issued"),
    "hold": _("put on hold"),
    "resume": _("resumed"),
    "copy": _("copied"),
    "comment": _("commented"),
    "attach": _("file added"),
    "detach": _("file removed"),
    "open": _("opened"),
    "export": _("exported"),
    "import": _("imported"),
    "print": _("printed"),
}


def register(provider: Provider) -> None:
    """Name who keeps the history."""
    _providers.append(provider)


def label_events(labels: Mapping[str, StrOrPromise]) -> None:
    """Give events (`user.login`) or verbs of events (`login`) a name people can read."""
    _labels.update(labels)


def event_label(event: str) -> str:
    """What an event is called: its own name, the name of its verb, or the verb itself."""
    verb = event.rpartition(".")[2]
    known = _labels.get(event) or _labels.get(verb)
    return str(known) if known else verb.replace("_", " ")


def door_label(channel: str) -> str:
    """What a channel is called, in the reader's language."""
    return str(_doors.get(channel, channel))


def of(record: Any, *parts: Any) -> list[HistoryRow]:
    """All that is known of a record and the given parts of it, the newest first."""
    rows = [row for provider in _providers for row in provider([record, *parts])]
    return sorted(rows, key=lambda row: row.at, reverse=True)
