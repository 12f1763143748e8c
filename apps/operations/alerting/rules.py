"""The rules of fixtures/operations/thresholds.toml, read once and refused as a whole when wrong."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.operations.alerting.checking import Checker


class RulesError(Exception):
    """The file says something that cannot be; `problems` names all of it."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(self.problems))


@dataclass(frozen=True)
class Objective:
    """What is promised over some days, and what a share needs to say anything."""

    target: float
    days: int
    minimum_requests: int
    minimum_coverage: float


@dataclass(frozen=True)
class Tier:
    """How fast somebody has to respond, and whether an unanswered alert climbs all levels."""

    name: str
    response_minutes: int
    climbs: bool


@dataclass(frozen=True)
class Office:
    """When people work."""

    begins: dt.time
    ends: dt.time
    days: tuple[int, ...]

    def is_open(self, local: dt.datetime) -> bool:
        """Whether people work at this local time."""
        return local.isoweekday() in self.days and self.begins <= local.time() < self.ends


@dataclass(frozen=True)
class Condition:
    """One figure and its limit."""

    measure: str
    metric: str = ""
    of: str = ""
    label: str = ""
    windows: tuple[int, ...] = ()
    hours: int = 0
    minimum: int = 1
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    unknown_fires: bool = False
    optional: bool = False

    def holds(self, value: float | None) -> bool | None:
        """Whether the figure is past its limit; None where there is no figure."""
        if value is None:
            return True if self.unknown_fires else None
        if self.above is not None:
            return value > self.above
        if self.at_least is not None:
            return value >= self.at_least
        return value < (self.below or 0.0)

    @property
    def limit(self) -> str:
        """The limit as a person reads it."""
        pairs = ((">", self.above), ("≥", self.at_least), ("<", self.below))
        return next(f"{sign} {value:g}" for sign, value in pairs if value is not None)


@dataclass(frozen=True)
class MetricRule:
    """A metric of the document and where its states begin."""

    name: str
    condition: Condition
    direction: str
    target: float
    warning: float
    critical: float


@dataclass(frozen=True)
class AlertRule:
    """When somebody is told, and how fast they have to respond."""

    name: str
    tier: Tier
    runbook: str
    any: tuple[Condition, ...]
    seed: bool = False
    is_security: bool = False
    for_seconds: int = 0
    clear_seconds: int = 120


@dataclass(frozen=True)
class Rules:
    """Everything the file says."""

    slo: Objective
    office: Office
    tiers: Mapping[str, Tier]
    metrics: Mapping[str, MetricRule]
    alerts: Mapping[str, AlertRule]


def path() -> Path:
    """Where the rules are kept."""
    return Path(settings.BASE_DIR) / "fixtures" / "operations" / "thresholds.toml"


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The rules in force. Raises RulesError."""
    return parse(path().read_text(encoding="utf-8"))


def parse(text: str) -> Rules:
    """Rules from the text of a file. Raises RulesError naming everything that is wrong."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesError([str(error)]) from error
    problems = Checker().problems_of(said)
    if problems:
        raise RulesError(problems)
    tiers = {name: Tier(name, **row) for name, row in said["tiers"].items()}
    office = said["office"]
    return Rules(
        slo=Objective(**said["slo"]),
        office=Office(office["begins"], office["ends"], tuple(office["days"])),
        tiers=tiers,
        metrics={name: _metric(name, row) for name, row in said["metrics"].items()},
        alerts={name: _alert(name, row, tiers) for name, row in said["alerts"].items()},
    )


def _metric(name: str, row: Mapping[str, Any]) -> MetricRule:
    own = ("direction", "target", "warning", "critical")
    rest = {key: value for key, value in row.items() if key not in {*own, "warns_early"}}
    return MetricRule(name, _condition(rest), **{key: row[key] for key in own})


def _alert(name: str, row: Mapping[str, Any], tiers: Mapping[str, Tier]) -> AlertRule:
    more = {**row, "tier": tiers[row["tier"]], "any": tuple(_condition(c) for c in row["any"])}
    return AlertRule(name, **more)


def _condition(row: Mapping[str, Any]) -> Condition:
    return Condition(**{**row, "windows": tuple(row.get("windows", ()))})
