"""Series of samples that bring a figure to a value, in the notation of promtool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.operations.alerting.rules import Condition
from apps.operations.metrics import names

STEPS = 20  # samples in a window
PER_STEP = 1000  # requests in a step, so that shares are exact


@dataclass(frozen=True)
class Case:
    """Samples, and the alert that has to fire at their end, or has not."""

    name: str
    series: dict[str, str]
    alert: str
    fires: bool
    interval: int  # seconds between samples
    ends: int  # seconds
    rounds: int  # seconds between evaluations

    @property
    def times(self) -> tuple[int, int, int]:
        """What cases looked at together have in common."""
        return self.interval, self.ends, self.rounds

    def question(self) -> dict[str, Any]:
        """How many alerts of these labels fire at the end."""
        expected = [{"labels": "{}", "value": 1}] if self.fires else []
        asked = f"count(ALERTS{{alertstate='firing',{self.alert}}})"
        return {"expr": asked, "eval_time": f"{self.ends}s", "exp_samples": expected}


def together(cases: list[Case]) -> list[list[Case]]:
    """Cases whose samples do not contradict each other: promtool takes its time for each test."""
    found: list[tuple[dict[str, str], list[Case]]] = []
    for case in cases:
        for given, others in found:
            is_same_time = others[0].times == case.times
            if is_same_time and all(given.get(s, v) == v for s, v in case.series.items()):
                given.update(case.series)
                others.append(case)
                break
        else:
            found.append((dict(case.series), [case]))
    return [others for _given, others in found]


def as_test(cases: list[Case]) -> dict[str, Any]:
    """For promtool."""
    given = {series: values for case in cases for series, values in case.series.items()}
    return {
        "interval": f"{cases[0].interval}s",
        "input_series": [{"series": name, "values": values} for name, values in given.items()],
        "promql_expr_test": [case.question() for case in cases],
    }


def of(metric: str, **labels: str) -> str:
    """A series as Prometheus has it after asking one process."""
    named = {"job": "erp", "instance": "web1", **labels}
    return f"{metric}{{{','.join(f'{name}="{text}"' for name, text in named.items())}}}"


def rising(step: float, number: int) -> str:
    """A counter that grows evenly."""
    return f"0+{step:.9g}x{number}"


def standing(value: float, number: int) -> str:
    """A gauge that does not move."""
    return f"{value:.9g}x{number}"


def jumping(value: float, number: int) -> str:
    """A counter that counts all at once, in the middle of the last window."""
    half = STEPS // 2
    return f"0x{number - half - 1} {value:.9g}x{half}"


def minutes_of(condition: Condition) -> list[int]:
    """The windows of a condition; what is looked at once has a short one."""
    return list(condition.windows) or [5]


def at(condition: Condition, value: float, number: int, *, few: bool = False) -> dict[str, str]:
    """What has to be there so that the figure of a condition is this value."""
    return BUILD[condition.measure](condition, value, number, few)


def _average(condition: Condition, value: float, number: int, few: bool) -> dict[str, str]:
    if names.METRICS[condition.metric].kind is names.Kind.GAUGE:
        return {f'job:{condition.metric}:{_worst(condition)}{{job="erp"}}': standing(value, number)}
    labels = dict.fromkeys(names.METRICS[condition.metric].labels, "/x")
    count, whole = (
        of(f"{condition.metric}_count", **labels),
        of(f"{condition.metric}_sum", **labels),
    )
    if few:
        asked = condition.minimum - 1
        return {count: jumping(asked, number), whole: jumping(asked * value, number)}
    return {count: rising(PER_STEP, number), whole: rising(PER_STEP * value, number)}


def _ratio(condition: Condition, value: float, number: int, few: bool) -> dict[str, str]:
    errors, requests = of(condition.metric, route="/x"), of(f"{condition.of}_count", route="/x")
    if few:
        asked = condition.minimum - 1
        return {errors: jumping(asked * value, number), requests: jumping(asked, number)}
    return {errors: rising(PER_STEP * value, number), requests: rising(PER_STEP, number)}


def _total(condition: Condition, value: float, number: int, _few: bool) -> dict[str, str]:
    by = names.METRICS[condition.metric].by
    labels = {by: condition.label} if condition.label else {}
    return {of(condition.metric, **labels): jumping(value, number)}


def _latest(condition: Condition, value: float, number: int, _few: bool) -> dict[str, str]:
    by = names.METRICS[condition.metric].by
    return {of(condition.metric, **({by: "data"} if by else {})): standing(value, number)}


def _adoption(_condition: Condition, value: float, number: int, _few: bool) -> dict[str, str]:
    return {of(names.ADOPTION.name): standing(value, number)}


def _backup(_condition: Condition, value: float, number: int, _few: bool) -> dict[str, str]:
    return {of(names.BACKUP_AGE.name): standing(value * 3600, number)}


def _worst(condition: Condition) -> str:
    return "min" if condition.below is not None else "max"


BUILD = {
    "average": _average,
    "ratio": _ratio,
    "total": _total,
    "latest": _latest,
    "fullest": _latest,
    "adoption": _adoption,
    "backup_age": _backup,
}
