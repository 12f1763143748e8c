"""The exchange: the restored copy takes the place of what is in use, which is kept beside it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from auditlog import get_logentry_model
from django.db import Error
from django.utils.translation import gettext as _

from apps.operations.backup import engines, facts
from apps.operations.backup.errors import BackupError
from apps.operations.backup.restoring import Restored

HANGING_UP_SECONDS = 2.0


@dataclass(frozen=True)
class Lost:
    """What was done after the backup: its last moment, now's, and how many entries lie between."""

    backup_at: str
    live_at: str
    entries: int | None
    newest: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        return {
            "from": self.backup_at,
            "to": self.live_at,
            "audit_entries": self.entries,
            "newest_documents": self.newest,
        }


def lost_window(manifest: dict[str, Any]) -> Lost:
    """What would be lost; what the live database can no longer tell stays unknown."""
    head = manifest["facts"]["audit"]
    try:
        now = facts.audit_head()
        entries = get_logentry_model()._base_manager.filter(pk__gt=head["pk"] or 0).count()
        newest = facts.newest()
    except Error:
        return Lost(head["at"], "", None, {})
    return Lost(head["at"], now["at"], entries, newest)


def refuse_sessions(engine: engines.Engine) -> None:
    """Raises BackupError while somebody works with the database that is to be exchanged.

    A session of who has just hung up, the services or ourselves, may take a moment to end.
    """
    deadline = time.monotonic() + HANGING_UP_SECONDS
    while (found := engine.sessions()) and time.monotonic() < deadline:
        time.sleep(0.05)
    if found:
        raise BackupError(
            _("Somebody is connected: %(who)s. Stop the services, or say --stop-sessions.")
            % {"who": "; ".join(found[:10])},
            code="sessions",
        )


def swap(restored: Restored, *, stop_sessions: bool = False) -> None:
    """Exchange files and database; when one of them fails, both are as they were.

    Raises BackupError.
    """
    engine = engines.current()
    with _closed(engine, stop_sessions=stop_sessions):
        refuse_sessions(engine)
        try:
            restored.shelf.exchange()
        except OSError as error:
            raise _not_exchanged(error) from error
        try:
            engine.exchange(restored.database, restored.kept)
        except (OSError, Error, BackupError) as error:
            restored.shelf.exchange_back()
            raise _not_exchanged(error) from error


@contextmanager
def _closed(engine: engines.Engine, *, stop_sessions: bool) -> Iterator[None]:
    """Keep everybody out meanwhile, when that is asked for."""
    if not stop_sessions or not engine.exists():
        yield
        return
    engine.stop_sessions()
    try:
        yield
    finally:
        engine.welcome()


def _not_exchanged(error: Exception) -> BackupError:
    why = getattr(error, "strerror", None) or str(error).strip()
    return BackupError(
        _("The exchange failed and was taken back: %(why)s") % {"why": why}, code="not_exchanged"
    )
