"""What a file of rules may say. Every problem is named by table and key, none is passed over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from apps.operations.alerting.titles import ALERTS, METRICS
from apps.operations.metrics import names
from apps.operations.metrics.names import Kind
from apps.support.services.runbooks import SLUGS

NEEDS = {
    "average": frozenset({"metric", "windows"}),
    "total": frozenset({"metric", "windows"}),
    "ratio": frozenset({"metric", "of", "windows"}),
    "latest": frozenset({"metric"}),
    "fullest": frozenset({"metric"}),
    "burn": frozenset({"windows"}),
    "adoption": frozenset({"hours"}),
    "backup_age": frozenset[str](),
}
COUNTED = frozenset({"average", "ratio"})  # those a minimum makes sense for
LIMITS = frozenset({"above", "at_least", "below"})
TABLES = frozenset({"slo", "tiers", "office", "metrics", "alerts"})
SLO = frozenset({"target", "days", "minimum_requests", "minimum_coverage"})
STATES = frozenset({"direction", "target", "warning", "critical"})
ALERT = frozenset({"tier", "runbook", "any"})
MORE = frozenset({"seed", "is_security", "for_seconds", "clear_seconds"})


class Checker:
    """Collects what is wrong."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def problems_of(self, said: Mapping[str, Any]) -> list[str]:
        """Everything that is wrong with a file."""
        if not self._keys("rules", said, TABLES):
            return self.problems
        self._slo(said["slo"])
        if self._keys("office", said["office"], frozenset({"begins", "ends", "days"})):
            self._office(said["office"])
        for name, tier in said["tiers"].items():
            if self._keys(f"tiers.{name}", tier, frozenset({"response_minutes", "climbs"})):
                self._is_number(f"tiers.{name}.response_minutes", tier["response_minutes"])
        for name, row in said["metrics"].items():
            self._metric(name, row)
        for name, row in said["alerts"].items():
            self._alert(name, row, said["tiers"])
        self._steeper(said["alerts"])
        return self.problems

    def _slo(self, row: Mapping[str, Any]) -> None:
        if self._keys("slo", row, SLO):
            for key in SLO:
                self._is_number(f"slo.{key}", row[key])
            if self._numbers(row["target"]) and not 0 < row["target"] < 1:
                self.problems.append("slo.target: has to lie between 0 and 1")

    def _office(self, row: Mapping[str, Any]) -> None:
        begins, ends = row["begins"], row["ends"]
        if not isinstance(begins, dt.time) or not isinstance(ends, dt.time):
            self.problems.append("office: begins and ends have to be times such as 08:00:00")
        elif begins >= ends:
            self.problems.append("office: it ends before it begins")

    def _metric(self, name: str, row: Mapping[str, Any]) -> None:
        where = f"metrics.{name}"
        if name not in METRICS:
            self.problems.append(f"{where}: nobody knows this metric")
        reading = {key: value for key, value in row.items() if key not in {*STATES, "warns_early"}}
        own = {key: value for key, value in row.items() if key not in reading}
        if self._keys(where, own, STATES, frozenset({"warns_early"})):
            self._order(where, own)
        self._reading(where, reading)

    def _order(self, where: str, row: Mapping[str, Any]) -> None:
        """From good to bad: target, warning, critical; early warnings have to be said."""
        steps = [row["target"], row["warning"], row["critical"]]
        if not self._numbers(*steps):
            self.problems.append(f"{where}: thresholds have to be numbers")
            return
        if row["direction"] not in {"above", "below"}:
            self.problems.append(f"{where}.direction: has to be above or below")
            return
        sign = 1 if row["direction"] == "above" else -1
        target, warning, critical = (sign * step for step in steps)
        if not warning < critical or not target <= critical:
            self.problems.append(f"{where}: thresholds out of order: critical is the worst one")
        if (warning < target) is not bool(row.get("warns_early", False)):
            self.problems.append(
                f"{where}: thresholds out of order: a warning before the target is missed needs "
                "warns_early, and only that"
            )

    def _alert(self, name: str, row: Mapping[str, Any], tiers: Mapping[str, Any]) -> None:
        where = f"alerts.{name}"
        if name not in ALERTS:
            self.problems.append(f"{where}: it has no title")
        if not self._keys(where, row, ALERT, MORE):
            return
        if row["tier"] not in tiers:
            self.problems.append(f"{where}: unknown tier {row['tier']}")
        if row["runbook"] not in SLUGS:
            self.problems.append(f"{where}: unknown runbook {row['runbook']}")
        for key in ("for_seconds", "clear_seconds"):
            self._is_number(f"{where}.{key}", row.get(key, 0))
        if not row["any"]:
            self.problems.append(f"{where}: it has no condition")
        for place, condition in enumerate(row["any"], 1):
            self._condition(f"{where}.any[{place}]", condition)

    def _condition(self, where: str, row: Mapping[str, Any]) -> None:
        limits = LIMITS & row.keys()
        if len(limits) != 1:
            self.problems.append(f"{where}: needs exactly one of above, at_least, below")
        for key in sorted(limits):
            self._is_number(f"{where}.{key}", row[key])
        rest = {k: v for k, v in row.items() if k not in {*LIMITS, "unknown_fires", "optional"}}
        self._reading(where, rest)

    def _reading(self, where: str, row: Mapping[str, Any]) -> None:
        measure = row.get("measure")
        if not isinstance(measure, str) or measure not in NEEDS:
            self.problems.append(f"{where}: unknown measure {measure}")
            return
        more = {"minimum"} if measure in COUNTED else {"label"} if measure == "total" else set()
        if not self._keys(where, row, NEEDS[measure] | {"measure"}, frozenset(more)):
            return
        for key in sorted({"metric", "of"} & row.keys()):
            self._known(where, row[key], is_total=measure == "total")
        windows = row.get("windows", [1])
        if not windows or not all(isinstance(one, int) and one > 0 for one in windows):
            self.problems.append(f"{where}: windows are whole minutes, one or more")
        if measure == "burn" and len(windows) != 2:
            self.problems.append(f"{where}: a burn rate needs a long and a short window")

    def _known(self, where: str, name: Any, *, is_total: bool) -> None:
        metric = names.METRICS.get(str(name))
        if metric is None:
            self.problems.append(f"{where}: unknown metric {name}")
        elif is_total and metric.kind is not Kind.COUNTER:
            self.problems.append(f"{where}: {name} is no counter")

    def _steeper(self, alerts: Mapping[str, Any]) -> None:
        """An alert of the same figure and a higher tier has the higher limit."""
        for milder, worse in (("error_rate", "error_rate_critical"), ("disk", "disk_critical")):
            limits = [
                condition.get("above")
                for name in (milder, worse)
                for condition in alerts.get(name, {}).get("any", [])[:1]
            ]
            if len(limits) == 2 and self._numbers(*limits) and limits[0] >= limits[1]:
                self.problems.append(f"alerts.{worse}: thresholds out of order: not above {milder}")

    def _keys(
        self,
        where: str,
        row: Any,
        needed: frozenset[str],
        allowed: frozenset[str] = frozenset(),
    ) -> bool:
        if not isinstance(row, Mapping):
            self.problems.append(f"{where}: has to be a table")
            return False
        unknown, missing = sorted(row.keys() - needed - allowed), sorted(needed - row.keys())
        self.problems += [f"{where}: unknown key {key}" for key in unknown]
        self.problems += [f"{where}: {key} is missing" for key in missing]
        return not unknown and not missing

    def _is_number(self, where: str, value: Any) -> None:
        if not self._numbers(value) or value < 0:
            self.problems.append(f"{where}: has to be a number, 0 or more")

    @staticmethod
    def _numbers(*values: Any) -> bool:
        return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
