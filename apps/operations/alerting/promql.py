"""Figures as Prometheus reads them: recording rules named level:metric:operation.

Each figure is the one measuring.py reads from the embedded store, in the words of PromQL. What is
asked for is remembered, so the file holds every figure some rule reads, and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from apps.operations.alerting.rules import Condition, Objective
from apps.operations.metrics import names
from apps.operations.metrics.names import Kind

ROUND_SECONDS = 30  # how often Prometheus evaluates: two rounds are within the time of an alert
SLOW_FROM = 360  # figures of so many minutes change slowly
MINE = '{job="erp"}'
MINUTES_OF = {"d": 1440, "h": 60, "m": 1}


class Figures:
    """The figures asked for so far: name and expression, each after those it is made from."""

    def __init__(self, objective: Objective) -> None:
        self.objective = objective
        self.recorded: dict[str, str] = {}
        self.slow: set[str] = set()

    def of(self, condition: Condition) -> list[tuple[str, str]]:
        """The figures of a condition, one for each window, each with what makes it count."""
        return MEASURES[condition.measure](self, condition)

    def keep(self, name: str, expression: str, minutes: int = 0) -> str:
        """Remember a figure; gives its name."""
        self.recorded[name] = expression
        if minutes >= SLOW_FROM:
            self.slow.add(name)
        return name

    def increase(self, series: str, minutes: int, label: str = "") -> str:
        """How much a counter counted.

        A series that is new counts from nothing, which increase() does not see: the first failure
        of a route, or the first change of rights. It is new when its process was asked before and
        did not have it.
        """
        span, metric = window(minutes), series.removesuffix("_total")
        by = f',{_by(series)}="{label}"' if label else ""
        one = f"{series}{MINE[:-1]}{by}}}"
        expression = (
            "sum by (job) (\n"
            f"  ({one} unless {one} offset {span}) and on (job, instance) "
            f"(up{MINE} offset {span} == 1)\n"
            f"  or increase({one}[{span}])\n"
            ")"
        )
        counted = f"{metric}_{label}" if label else metric
        return self.keep(f"job:{counted}:increase{span}", expression, minutes)

    def standing(self, metric: str, worst: str) -> str:
        """Where a gauge stands, at the worst of all processes and labels."""
        return self.keep(f"job:{metric}:{worst}", f"{worst} by (job) ({metric}{MINE})")

    def average(self, condition: Condition) -> list[tuple[str, str]]:
        """Mean of a histogram, or of a gauge over time."""
        metric = names.METRICS[condition.metric]
        if metric.kind is Kind.HISTOGRAM:
            return [self._mean(condition, minutes) for minutes in condition.windows]
        standing = self.standing(metric.name, _worst(condition))
        found = []
        for minutes in condition.windows:
            span = window(minutes)
            mean = self.keep(
                f"job:{metric.name}:mean{span}", f"avg_over_time({standing}[{span}])", minutes
            )
            rounds = condition.minimum * 60 // ROUND_SECONDS if condition.minimum > 1 else 0
            found.append((mean, _enough(f"count_over_time({standing}[{span}])", rounds)))
        return found

    def _mean(self, condition: Condition, minutes: int) -> tuple[str, str]:
        metric = condition.metric
        whole = self.increase(f"{metric}_sum", minutes)
        count = self.increase(f"{metric}_count", minutes)
        mean = self.keep(f"job:{metric}:mean{window(minutes)}", f"{whole} / {count}", minutes)
        return mean, _enough(count, condition.minimum)

    def ratio(self, condition: Condition) -> list[tuple[str, str]]:
        """Share of one thing among another; nothing that went wrong is a share of 0."""
        return [
            self.share(condition.metric, condition.of, minutes, condition.minimum)
            for minutes in condition.windows
        ]

    def share(self, metric: str, of: str, minutes: int, minimum: int) -> tuple[str, str]:
        """The same, for one window."""
        part, whole = self.increase(metric, minutes), self.increase(f"{of}_count", minutes)
        name = f"job:{metric.removesuffix('_total')}:ratio{window(minutes)}"
        share = self.keep(name, f"({part} or {whole} * 0) / {whole}", minutes)
        return share, _enough(whole, minimum)

    def total(self, condition: Condition) -> list[tuple[str, str]]:
        """How often something happened."""
        return [
            (self.increase(condition.metric, minutes, condition.label), "")
            for minutes in condition.windows
        ]

    def latest(self, condition: Condition) -> list[tuple[str, str]]:
        """Where it stands now."""
        return [(self.standing(condition.metric, _worst(condition)), "")]

    def failures(self, minutes: int) -> str:
        """The share that failed: of requests where there are enough, and of probes; the worse."""
        span, said = window(minutes), self.objective
        share, enough = self.share(
            names.SERVER_ERRORS.name, names.REQUEST_SECONDS.name, minutes, said.minimum_requests
        )
        probe = self.standing(names.PROBE_SUCCESS.name, "min")
        rounds = round(minutes * 60 / ROUND_SECONDS * said.minimum_coverage)
        expression = (
            "max by (job) (\n"
            f'  label_replace({share}{enough}, "of", "requests", "", "")\n'
            f"  or label_replace((1 - avg_over_time({probe}[{span}])) "
            f'and count_over_time({probe}[{span}]) >= {rounds}, "of", "probes", "", "")\n'
            ")"
        )
        return self.keep(f"job:erp_failures:ratio{span}", expression, minutes)

    def adoption(self, condition: Condition) -> list[tuple[str, str]]:
        """How many of those who were trained work with it."""
        return [(self.standing(names.ADOPTION.name, _worst(condition)), "")]

    def backup_age(self, condition: Condition) -> list[tuple[str, str]]:
        """How old the newest proved backup is, in hours."""
        name, metric = "job:erp_backup_proved_age_hours:max", names.BACKUP_AGE.name
        return [(self.keep(name, f"max by (job) ({metric}{MINE}) / 3600"), "")]


def window(minutes: int) -> str:
    """Minutes as Prometheus writes them: 5m, 6h, 30d."""
    unit = next(unit for unit, size in MINUTES_OF.items() if minutes % size == 0)
    return f"{minutes // MINUTES_OF[unit]}{unit}"


def _by(series: str) -> str:
    return names.METRICS[series].by


def _worst(condition: Condition) -> str:
    return "min" if condition.below is not None else "max"


def _enough(count: str, minimum: int) -> str:
    return f" and {count} >= {minimum}" if minimum > 1 else ""


MEASURES: Mapping[str, Callable[[Figures, Condition], list[tuple[str, str]]]] = {
    "average": Figures.average,
    "total": Figures.total,
    "ratio": Figures.ratio,
    "latest": Figures.latest,
    "fullest": Figures.latest,
    "adoption": Figures.adoption,
    "backup_age": Figures.backup_age,
}
