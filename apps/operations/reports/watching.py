"""The watch after a launch: windows, lines, and how a line is judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from apps.operations.alerting.evaluating import State, state_of
from apps.operations.alerting.rules import MetricRule
from apps.operations.dashboards.days import Span
from apps.operations.dashboards.limits import limits, tightened
from apps.operations.doctor import answers
from apps.operations.doctor.answers import State as Said

WORST = (State.CRITICAL, State.WARNING, State.UNKNOWN, State.OFF_TARGET, State.GOOD)
STATES: Mapping[Said, State] = {
    Said.OK: State.GOOD,
    Said.WARNING: State.WARNING,
    Said.PROBLEM: State.CRITICAL,
    Said.UNKNOWN: State.UNKNOWN,
}


@dataclass(frozen=True)
class Window:
    """How long is watched, and what the document calls it."""

    name: str
    label: StrOrPromise
    length: dt.timedelta


WINDOWS = {
    window.name: window
    for window in (
        Window("hour1", gettext_lazy("Hour 1: critical monitoring"), dt.timedelta(hours=1)),
        Window("day1", gettext_lazy("Day 1: intensive monitoring"), dt.timedelta(days=1)),
        Window("week1", gettext_lazy("Week 1: stabilization"), dt.timedelta(days=7)),
    )
}


@dataclass(frozen=True)
class Watch:
    """One window of one launch, as far as it has come."""

    window: Window
    launched: dt.datetime
    now: dt.datetime

    @property
    def span(self) -> Span:
        """What is looked at: the window, up to now."""
        return Span(self.launched, min(self.launched + self.window.length, self.now))

    @property
    def is_over(self) -> bool:
        """Whether the window has passed."""
        return self.now >= self.launched + self.window.length

    @property
    def is_tight(self) -> bool:
        """Whether limits are one step harder: during the first 48 hours."""
        border = self.launched + dt.timedelta(hours=limits().tightened_hours)
        return self.span.until <= border


@dataclass(frozen=True)
class Found:
    """What was found: the figure, what it is held against, and how it stands."""

    state: State
    figure: str
    threshold: str = ""


@dataclass(frozen=True)
class Line:
    """One line of the document."""

    key: str
    label: StrOrPromise
    read: Callable[[Watch], Iterable[Found]]


def judged(
    watch: Watch, rule: MetricRule, value: float | None, name: str, shown: Callable[[float], str]
) -> Found:
    """A figure against its limits; one nobody measured is not green."""
    used = tightened(rule) if watch.is_tight else rule
    text = _("no data yet") if value is None else shown(value)
    sign, other = ("<", ">") if used.direction == "above" else ("≥", "<")
    threshold = _("target %(target)s, warning %(warning)s, critical %(critical)s") % {
        "target": f"{sign} {shown(used.target)}",
        "warning": f"{other} {shown(used.warning)}",
        "critical": f"{other} {shown(used.critical)}",
    }
    return Found(state_of(used, value), f"{name} {text}", threshold)


def none_of(watch: Watch, number: float, figure: str, *, known: bool = True) -> Found:
    """Something that should not happen at all: in the first 48 hours once is critical."""
    if not known:
        return Found(State.UNKNOWN, _("no data yet"), "0")
    if not number:
        return Found(State.GOOD, figure, "0")
    return Found(State.CRITICAL if watch.is_tight else State.WARNING, figure, "0")


def doctor(name: str) -> Found:
    """What the doctor says of one thing, now."""
    answer = answers.answer_of(name)
    return Found(STATES[answer.state], answer.said)


def worst(found: Iterable[State]) -> State:
    """Several states in one; unknown is worse than off target, and never green."""
    seen = set(found)
    return next((state for state in WORST if state in seen), State.UNKNOWN)
