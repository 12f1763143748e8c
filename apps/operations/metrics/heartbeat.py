"""One thread per process that writes its tally away and looks at its own state.

It begins with the first measurement, so after a server has forked, and it is the only one that
writes: no request ever waits for the store. What cannot be written is kept and tried again.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import threading
import time

from django.conf import settings
from django.db import Error, connections

from apps.operations.metrics import store
from apps.operations.metrics.tally import MINUTE, tally

LOOK_SECONDS = 10
AFTER_MINUTE_SECONDS = 1.5  # so that the monitor, a few seconds later, finds the minute complete

logger = logging.getLogger(__name__)


class Heartbeat:
    """The thread of this process, and its end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._process = 0

    def ensure(self) -> None:
        """Begin, unless it has begun or the store is switched off."""
        if self._process != os.getpid() and settings.OPERATING.metrics_store:
            with self._lock:
                self._begin()

    def _begin(self) -> None:
        if self._process == os.getpid():  # another thread was faster
            return
        self._process = os.getpid()
        self._thread = threading.Thread(target=self._beat, name="metrics", daemon=True)
        self._thread.start()
        atexit.register(self.end)

    def end(self) -> None:
        """Write what is left; the process is about to go."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=3)

    def _beat(self) -> None:
        next_flush = _end_of_minute(time.time())
        while not self._stop.wait(max(0.0, min(LOOK_SECONDS, next_flush - time.time()))):
            with contextlib.suppress(Exception):  # a figure that cannot be read stops no heart
                look()
            if time.time() >= next_flush:
                flush()
                next_flush = _end_of_minute(time.time())
        flush()


def flush() -> int:
    """Write the tally away; returns how many rows, 0 when it has to be tried again."""
    rows = tally.take()
    try:
        return store.add(rows)
    except Error as error:
        tally.put_back(rows)
        logger.warning("Figures of this process wait for the database: %s", type(error).__name__)
        return 0
    finally:
        connections.close_all()  # the thread waits a minute; its connection need not


def look() -> None:
    """Look at what only this process can see of itself."""
    from apps.operations.metrics import gauges, measure

    for metric, value in gauges.of_process():
        measure.stand(metric, value)


def _end_of_minute(now: float) -> float:
    return now - now % MINUTE + MINUTE + AFTER_MINUTE_SECONDS


heartbeat = Heartbeat()
