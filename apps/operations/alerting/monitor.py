"""One round of the monitor: look, ask as a user would, judge, wake, escalate, tidy up."""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db import Error, connection

from apps.operations.alerting import escalation, firing, lease
from apps.operations.alerting.blind import Memory
from apps.operations.alerting.evaluating import evaluate
from apps.operations.metrics import collecting, names
from apps.support import services as support

PROBE_SECONDS = 5.0

logger = logging.getLogger(__name__)


@dataclass
class Round:
    """What one round did; `failed` names the steps that did not work."""

    leads: bool = True
    database: bool = True
    told: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    steps: dict[str, Any] = field(default_factory=dict)

    @property
    def is_fine(self) -> bool:
        """Whether every step worked and nothing critical was met."""
        return self.database and not self.failed


def name_of_this() -> str:
    """Who this monitor is, among all machines and processes."""
    return f"{socket.gethostname()[:80]}:{os.getpid()}"


def probe_url() -> str:
    """What is asked: the operator's word, or the health page where the system says it is."""
    return settings.OPERATING.probe_url or f"{settings.BASE_URL.rstrip('/')}/api/health"


def run(now: dt.datetime, *, holder: str, url: str, memory: Memory) -> Round:
    """Do one round, when this monitor leads. A step that fails does not hold up the next ones."""
    done = Round()
    try:
        done.leads = lease.take(holder, now)
        if done.leads:
            memory.learn(now)
    except Error as error:
        return _without_database(done, now, memory, error)
    if done.leads:
        for name, step in _steps(now, url):
            _do(name, step, done)
        if not done.failed:
            lease.beat(holder, now)
    return done


def _steps(now: dt.datetime, url: str) -> list[tuple[str, Callable[[], Any]]]:
    return [
        ("collect", lambda: len(collecting.collect(now))),
        ("probe", lambda: ask(url, now)),
        ("evaluate", lambda: _judge(now)),
        ("escalate", lambda: asdict(escalation.escalate_due(now))),
        ("support", lambda: asdict(support.escalate_due(now))),
        ("prune", lambda: _prune(now)),
    ]


def ask(url: str, now: dt.datetime) -> dict[str, Any]:
    """Probe once; what failed is asked a second time, so that one lost packet wakes nobody."""
    found = collecting.probe(url, seconds=PROBE_SECONDS, now=now)
    if not found.is_up:
        found = collecting.probe(url, seconds=PROBE_SECONDS, now=now)
    return asdict(found)


def _judge(now: dt.datetime) -> dict[str, Any]:
    evaluation = evaluate(now)
    fired = firing.apply(evaluation)
    states = {name: one.state.value for name, one in evaluation.metrics.items()}
    return {"states": states, **asdict(fired)}


def _prune(now: dt.datetime) -> list[int] | None:
    if not lease.is_pruning_due(now):
        return None
    counts = list(collecting.prune(now))
    lease.pruned(now)
    return counts


def _do(name: str, step: Callable[[], Any], done: Round) -> None:
    try:
        done.steps[name] = step()
    except Exception as error:
        logger.exception("The monitor's step %s failed", name)
        done.failed[name] = type(error).__name__


def _without_database(done: Round, now: dt.datetime, memory: Memory, error: Error) -> Round:
    logger.error("The database does not serve the monitor: %s", type(error).__name__)
    connection.close()
    done.database = False
    done.failed[names.DATABASE_UP.name] = type(error).__name__
    done.told = memory.call(now)
    return done
