"""Where states begin: limits of fixtures/operations/dashboards.toml beside those of the alerts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from apps.operations.alerting.rules import Condition, MetricRule

NO_CONDITION = Condition("")


@dataclass(frozen=True)
class Limits:
    """Everything the file says."""

    tiles: Mapping[str, MetricRule]
    worse: float
    minimum: int
    baseline_days: int
    tightened_hours: int
    recent_days: int


@lru_cache(maxsize=1)
def limits() -> Limits:
    """The limits in force. Raises ImproperlyConfigured."""
    path = Path(settings.BASE_DIR) / "fixtures" / "operations" / "dashboards.toml"
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> Limits:
    """Limits from the text of a file. Raises ImproperlyConfigured naming what is wrong."""
    try:
        said = tomllib.loads(text)
        tiles = {name: MetricRule(name, NO_CONDITION, **row) for name, row in said["tiles"].items()}
        found = Limits(
            tiles=tiles,
            worse=said["trend"]["worse"],
            minimum=said["trend"]["minimum"],
            baseline_days=said["baseline"]["days"],
            tightened_hours=said["launch"]["tightened_hours"],
            recent_days=said["launch"]["recent_days"],
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(f"dashboards.toml: {error}") from error
    wrong = [name for name, rule in tiles.items() if not is_in_order(rule)]
    if wrong:
        raise ImproperlyConfigured(f"dashboards.toml: limits out of order: {', '.join(wrong)}")
    return found


def is_in_order(rule: MetricRule) -> bool:
    """Whether a figure that gets worse passes target, warning and critical one after the other."""
    figures = (rule.target, rule.warning, rule.critical)
    if rule.direction not in {"above", "below"}:
        return False
    return list(figures) == sorted(figures, reverse=rule.direction == "below")


def tightened(rule: MetricRule) -> MetricRule:
    """The same rule one step harder: the mildest limit warns, and the next one is critical."""
    figures: list[Any] = sorted(
        (rule.target, rule.warning, rule.critical), reverse=rule.direction == "below"
    )
    return replace(rule, target=figures[0], warning=figures[0], critical=figures[1])
