"""Series of samples that bring a figure to a value, in the notation of promtool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.operations.alerting.rules import Condition
from apps.operations.metrics import names

STEPS = 20  # samples in a window
PER_STEP = 100_000  # requests in a step, so that what is close to a limit is exact

type Shape = tuple[str, float]  # how a series moves, and by how much


@dataclass(frozen=True)
class Case:
    """Samples, and whether an alert fires each time somebody looks."""

    name: str
    series: dict[str, str]
    alert: str
    fires: tuple[bool, ...]
    interval: int  # seconds between samples
    looks: tuple[int, ...]  # seconds
    rounds: int  # seconds between evaluations

    @property
    def times(self) -> tuple[object, ...]:
        """What cases looked at together have in common."""
        return self.interval, self.looks, self.rounds

    def questions(self) -> list[dict[str, Any]]:
        """How many alerts of these labels fire at each look."""
        asked = f"count(ALERTS{{alertstate='firing',{self.alert}}})"
        return [
            {
                "expr": asked,
                "eval_time": f"{seconds}s",
                "exp_samples": [{"labels": "{}", "value": 1}] if fires else [],
            }
            for seconds, fires in zip(self.looks, self.fires, strict=True)
        ]


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
        "promql_expr_test": [question for case in cases for question in case.questions()],
    }


def of(metric: str, **labels: str) -> str:
    """A series as Prometheus has it after asking one process."""
    named = {"job": "erp", "instance": "web1", **labels}
    return f"{metric}{{{','.join(f'{name}="{text}"' for name, text in named.items())}}}"


def notation(shapes: list[Shape], number: int) -> str:
    """One part of so many samples after the other; each ends when somebody looks."""
    parts, end = [], 0.0
    for place, (shape, value) in enumerate(shapes):
        more = number if place == 0 else number - 1  # the first sample of all is at 0 s
        part, end = MOVES[shape](value, end, more, is_first=place == 0)
        parts.append(part)
    return " ".join(parts)


def _standing(value: float, _end: float, more: int, *, is_first: bool) -> tuple[str, float]:
    """A gauge that does not move."""
    return f"{value:.9g}x{more}", value


def _rising(step: float, end: float, more: int, *, is_first: bool) -> tuple[str, float]:
    """A counter that grows evenly."""
    begin = end if is_first else end + step
    return f"{begin:.17g}+{step:.17g}x{more}", begin + step * more


def _jumping(value: float, end: float, more: int, *, is_first: bool) -> tuple[str, float]:
    """A counter that counts all at once, in the middle of the last window."""
    half = STEPS // 2
    return f"{end:.9g}x{more - half - 1} {end + value:.9g}x{half}", end + value


MOVES = {"standing": _standing, "rising": _rising, "jumping": _jumping}


def minutes_of(condition: Condition) -> list[int]:
    """The windows of a condition; what is looked at once has a short one."""
    return list(condition.windows) or [5]


def at(condition: Condition, value: float, *, few: bool = False) -> dict[str, Shape]:
    """How which series move so that the figure of a condition is this value."""
    return BUILD[condition.measure](condition, value, few)


def _average(condition: Condition, value: float, few: bool) -> dict[str, Shape]:
    if names.METRICS[condition.metric].kind is names.Kind.GAUGE:
        recorded = f'job:{condition.metric}:{_worst(condition)}{{job="erp"}}'
        return {recorded: ("standing", value)}
    labels = dict.fromkeys(names.METRICS[condition.metric].labels, "/x")
    count, whole = (of(f"{condition.metric}_{part}", **labels) for part in ("count", "sum"))
    return _shared(whole, count, condition, value, few)


def _ratio(condition: Condition, value: float, few: bool) -> dict[str, Shape]:
    part, whole = of(condition.metric, route="/x"), of(f"{condition.of}_count", route="/x")
    return _shared(part, whole, condition, value, few)


def _shared(part: str, whole: str, condition: Condition, value: float, few: bool) -> dict:
    """One counter as a share of another one, which counts a lot or too little."""
    if few:
        asked = condition.minimum - 1
        return {part: ("jumping", asked * value), whole: ("jumping", asked)}
    return {part: ("rising", round(PER_STEP * value, 3)), whole: ("rising", PER_STEP)}


def _total(condition: Condition, value: float, _few: bool) -> dict[str, Shape]:
    by = names.METRICS[condition.metric].by
    labels = {by: condition.label} if condition.label else {}
    return {of(condition.metric, **labels): ("jumping", value)}


def _latest(condition: Condition, value: float, _few: bool) -> dict[str, Shape]:
    by = names.METRICS[condition.metric].by
    return {of(condition.metric, **({by: "data"} if by else {})): ("standing", value)}


def _adoption(_condition: Condition, value: float, _few: bool) -> dict[str, Shape]:
    return {of(names.ADOPTION.name): ("standing", value)}


def _backup(_condition: Condition, value: float, _few: bool) -> dict[str, Shape]:
    return {of(names.BACKUP_AGE.name): ("standing", value * 3600)}


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
