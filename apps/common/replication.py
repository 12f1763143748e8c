"""How far a copy of the database is behind, and whether it may be asked.

PostgreSQL: the positions in the log are compared, not clocks of two machines. What the primary had
written at a moment is remembered; the copy that has replayed it is at most as old as that moment.
SQLite: a second file, as old as the primary's last change is younger than it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

logger = logging.getLogger(__name__)

SECONDS_LEFT_ALONE = 5.0
_SAMPLES_KEPT = 256
_lock = threading.Lock()
_left_alone_until: dict[str, float] = {}
_positions: deque[tuple[float, int]] = deque(maxlen=_SAMPLES_KEPT)

_PRIMARY = "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"
_COPY = "SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() - '0/0'::pg_lsn"
# A copy that follows is milliseconds behind: it gets a moment to reach what was just written.
_PAUSES = (0.0, 0.02, 0.05, 0.1)


def is_usable(copy: str, primary: str) -> bool:
    """Tell whether the copy answers and is near enough; one that did not is left alone a while."""
    if time.monotonic() < _left_alone_until.get(copy, 0.0):
        return False
    try:
        behind = lag(copy, primary)
    except (DatabaseError, InterfaceError, OSError) as error:
        logger.warning("The replica does not answer (%s); the primary does.", type(error).__name__)
        leave_alone(copy)
        return False
    return behind is not None and behind <= settings.REPLICA_LAG_SECONDS


def leave_alone(copy: str) -> None:
    """Do not ask the copy for some seconds: nobody shall wait for it again and again."""
    _left_alone_until[copy] = time.monotonic() + SECONDS_LEFT_ALONE
    connections[copy].close()


def forget() -> None:
    """Know nothing about the copy any more."""
    _left_alone_until.clear()
    with _lock:
        _positions.clear()


def lag(copy: str, primary: str) -> float | None:
    """Seconds the copy is behind at most; None when it is no copy, or nobody can tell."""
    if connections[primary].vendor == "sqlite":
        return _lag_of_file(connections[copy].settings_dict, connections[primary].settings_dict)
    return _lag_of_standby(copy, primary)


def _lag_of_standby(copy: str, primary: str) -> float | None:
    asked = time.monotonic()
    (written,) = _row(primary, _PRIMARY)
    with _lock:
        _positions.append((asked, int(written)))
    behind = None
    for pause in _PAUSES:
        time.sleep(pause)
        is_copy, replayed = _row(copy, _COPY)
        if not is_copy or replayed is None:
            return None  # promoted, or never a copy: it goes its own way
        behind = _age_of(int(replayed))
        if behind is not None and behind <= settings.REPLICA_LAG_SECONDS:
            break
    return behind


def _age_of(replayed: int) -> float | None:
    """How long ago the primary stood where the copy is now, at most."""
    with _lock:
        reached = [moment for moment, position in _positions if position <= replayed]
    return time.monotonic() - max(reached) if reached else None


def _row(alias: str, statement: str) -> Any:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


def _lag_of_file(copy: dict[str, Any], primary: dict[str, Any]) -> float | None:
    changed = [
        path.stat().st_mtime
        for path in (Path(str(primary["NAME"])), Path(f"{primary['NAME']}-wal"))
        if path.exists()
    ]
    file = Path(str(copy["NAME"]))
    if not changed or not file.exists():
        return None
    return max(0.0, max(changed) - file.stat().st_mtime)
