"""How a span compares with the one before it, figure by figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from apps.operations.dashboards import figures
from apps.operations.dashboards.days import Span
from apps.operations.dashboards.limits import limits
from apps.operations.metrics import names, reading
from apps.operations.metrics.names import Metric

type Read = Callable[[dt.datetime, dt.datetime], float | None]


@dataclass(frozen=True)
class Kind:
    """One figure that is compared; what it is counted in says how much it rests on."""

    key: str
    label: StrOrPromise
    read: Read
    rests_on: Metric
    shown: Callable[[float], str]
    lower_is_worse: bool = False


@dataclass(frozen=True)
class Compared:
    """A figure of a span beside that of the week before; None where too little was measured."""

    kind: Kind
    now: float | None
    before: float | None

    @property
    def change(self) -> float | None:
        """By which share it went up or down; None without both."""
        if self.now is None or not self.before:
            return None
        return self.now / self.before - 1

    @property
    def is_worse(self) -> bool:
        """Whether it degraded by more than a report may pass over."""
        if self.change is None:
            return False
        if self.kind.lower_is_worse:
            # 99.9 % instead of 99.95 % fails twice as often.
            failed, failed_before = 1 - (self.now or 0.0), 1 - (self.before or 0.0)
            return failed > failed_before * (1 + limits().worse) and failed > 0
        return self.change > limits().worse


def _mean(metric: Metric) -> Read:
    return lambda since, until: reading.average(metric, since, until)


def _errors(since: dt.datetime, until: dt.datetime) -> float | None:
    return reading.ratio(names.SERVER_ERRORS, names.REQUEST_SECONDS, since, until)


KINDS = (
    Kind(
        "response",
        _("Response time"),
        _mean(names.REQUEST_SECONDS),
        names.REQUEST_SECONDS,
        figures.seconds,
    ),
    Kind(
        "errors", _("Error rate"), _errors, names.REQUEST_SECONDS, lambda v: figures.percent(v, 2)
    ),
    Kind("queries", _("Query time"), _mean(names.QUERY_TIME), names.QUERY_TIME, figures.seconds),
    Kind("processor", _("CPU usage"), _mean(names.HOST_CPU), names.HOST_CPU, figures.percent_fine),
    Kind("memory", _("Memory"), _mean(names.HOST_MEMORY), names.HOST_MEMORY, figures.percent_fine),
    Kind(
        "uptime",
        _("Uptime"),
        reading.uptime,
        names.PROBE_SUCCESS,
        lambda v: figures.percent(v, 2),
        lower_is_worse=True,
    ),
)


def compare(span: Span, before: Span) -> list[Compared]:
    """Every figure of the span beside that of the other."""
    return [Compared(kind, _value(kind, span), _value(kind, before)) for kind in KINDS]


def _value(kind: Kind, span: Span) -> float | None:
    """What was measured hardly ever says nothing."""
    if reading.count(kind.rests_on, span.since, span.until) < limits().minimum:
        return None
    return kind.read(span.since, span.until)
