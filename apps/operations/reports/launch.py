"""report(...): the four lines of one window after a launch, each with figure, limit and state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.operations.alerting.evaluating import State
from apps.operations.reports import day, hour, week
from apps.operations.reports.watching import WINDOWS, Found, Line, Watch, worst

LINES: Mapping[str, tuple[Line, ...]] = {
    "hour1": hour.LINES,
    "day1": day.LINES,
    "week1": week.LINES,
}


@dataclass(frozen=True)
class Row:
    """One line of the report."""

    key: str
    label: str
    state: State
    parts: list[Found]

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "key": self.key,
            "label": self.label,
            "state": self.state.value,
            "figure": "; ".join(part.figure for part in self.parts),
            "threshold": "; ".join(part.threshold for part in self.parts if part.threshold),
        }


@dataclass(frozen=True)
class Report:
    """A window of a launch."""

    watch: Watch
    rows: list[Row]

    @property
    def state(self) -> State:
        """As its worst line."""
        return worst(row.state for row in self.rows)

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        watch = self.watch
        return {
            "window": watch.window.name,
            "state": self.state.value,
            "launched": watch.launched.isoformat(),
            "until": watch.span.until.isoformat(),
            "is_over": watch.is_over,
            "is_tight": watch.is_tight,
            "lines": [row.as_dict() for row in self.rows],
        }


def report(window: str, launched: dt.datetime, now: dt.datetime) -> Report:
    """Look at a window as far as it has come. Raises KeyError for one there is not."""
    watch = Watch(WINDOWS[window], launched, now)
    return Report(watch, [_row(line, watch) for line in LINES[window]])


def _row(line: Line, watch: Watch) -> Row:
    parts = list(line.read(watch))
    return Row(line.key, str(line.label), worst(part.state for part in parts), parts)
