"""Many at once: each on a connection of its own, all starting at the same moment."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import close_old_connections, connections

from apps.common.errors import DomainError

THREADS = 8
ROUNDS = int(os.environ.get("TEST_RACE_ROUNDS", "4"))


def race(work: list[Callable[[], Any]]) -> list[Any]:
    """The result or the error of each."""
    barrier = Barrier(len(work))
    results: list[Any] = [None] * len(work)

    def run(number: int) -> None:
        close_old_connections()
        try:
            barrier.wait()
            results[number] = work[number]()
        except Exception as error:  # noqa: BLE001  # the test looks at whatever happened
            results[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number,)) for number in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def unexpected(results: list[Any]) -> list[Any]:
    """What is neither a result nor a refusal by a business rule: a deadlock, a 5xx to be."""
    return [r for r in results if isinstance(r, Exception) and not isinstance(r, DomainError)]


def winners(results: list[Any]) -> list[Any]:
    """What went through."""
    return [r for r in results if not isinstance(r, Exception)]
