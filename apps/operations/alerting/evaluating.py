"""evaluate(now): the states of the six metrics and what every alert's conditions say now."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from apps.operations.alerting.measuring import value_of
from apps.operations.alerting.rules import AlertRule, MetricRule, Rules, rules


class State(StrEnum):
    """The colour of a metric; what was not measured is unknown, never good."""

    GOOD = "good"
    OFF_TARGET = "off_target"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Measured:
    """A metric now."""

    name: str
    value: float | None
    state: State


@dataclass(frozen=True)
class Said:
    """What an alert's conditions say: past a limit, not, or unknown; and the figure."""

    name: str
    holds: bool | None
    value: float | None
    limit: str


@dataclass(frozen=True)
class Evaluation:
    """All of it at one moment."""

    at: dt.datetime
    metrics: dict[str, Measured]
    alerts: dict[str, Said]

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "at": self.at.isoformat(),
            "metrics": {name: asdict(one) for name, one in self.metrics.items()},
            "alerts": {name: asdict(one) for name, one in self.alerts.items()},
        }


def evaluate(now: dt.datetime, by: Rules | None = None) -> Evaluation:
    """Read the store and say how things stand; writes nothing."""
    said = by or rules()
    metrics = {name: _measured(rule, now, said) for name, rule in said.metrics.items()}
    return Evaluation(now, metrics, {n: _said(rule, now, said) for n, rule in said.alerts.items()})


def state_of(rule: MetricRule, value: float | None) -> State:
    """The state of a metric at a value; on a limit itself it is not passed yet.

    A target that is to stay above something is met on the limit, one to stay below it is not:
    "uptime 99.5 %" and "errors < 2 %", as the document has it.
    """
    if value is None:
        return State.UNKNOWN
    is_above = rule.direction == "above"
    if value > rule.critical if is_above else value < rule.critical:
        return State.CRITICAL
    if value > rule.warning if is_above else value < rule.warning:
        return State.WARNING
    if value >= rule.target if is_above else value < rule.target:
        return State.OFF_TARGET
    return State.GOOD


def _measured(rule: MetricRule, now: dt.datetime, said: Rules) -> Measured:
    value = value_of(rule.condition, now, said)
    return Measured(rule.name, value, state_of(rule, value))


def _said(rule: AlertRule, now: dt.datetime, said: Rules) -> Said:
    """One condition past its limit is enough; an alert is clear when all that count are known.

    Optional figures are those some installations never have, such as connections of a file.
    """
    answers: list[tuple[bool | None, float | None, str]] = []
    for condition in rule.any:
        value = value_of(condition, now, said)
        holds = condition.holds(value)
        if holds is not None or not condition.optional:
            answers.append((holds, value, condition.limit))
    for wanted in (True, None, False):
        for answer in answers:
            if answer[0] is wanted:
                return Said(rule.name, *answer)
    return Said(rule.name, None, None, "")
