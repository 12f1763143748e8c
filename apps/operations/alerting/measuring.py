"""Reading the figures of conditions from the store. No measurement gives None, never a good one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from apps.operations.alerting.people_and_backups import adoption, backup_age
from apps.operations.alerting.rules import Condition, Rules
from apps.operations.metrics import names, reading

MINUTE = dt.timedelta(minutes=1)
FRESH = dt.timedelta(minutes=3)  # an older look at the machine says nothing about now


def value_of(condition: Condition, now: dt.datetime, rules: Rules) -> float | None:
    """The figure of a condition; of several windows the one that is worst for it."""
    return MEASURES[condition.measure](condition, now, rules)


def _over_windows(
    condition: Condition, now: dt.datetime, read: Callable[[dt.datetime, dt.datetime], float | None]
) -> float | None:
    """Windows end with the last complete minute; those with too few measurements do not count."""
    until = now.replace(second=0, microsecond=0)
    found = [read(until - window * MINUTE, until) for window in condition.windows]
    known = [value for value in found if value is not None]
    if not known:
        return None
    return min(known) if condition.below is not None else max(known)


def _average(condition: Condition, now: dt.datetime, _rules: Rules) -> float | None:
    def read(since: dt.datetime, until: dt.datetime) -> float | None:
        if reading.count(condition.metric, since, until) < condition.minimum:
            return None
        return reading.average(condition.metric, since, until)

    return _over_windows(condition, now, read)


def _ratio(condition: Condition, now: dt.datetime, _rules: Rules) -> float | None:
    def read(since: dt.datetime, until: dt.datetime) -> float | None:
        if reading.count(condition.of, since, until) < condition.minimum:
            return None
        return reading.ratio(condition.metric, condition.of, since, until)

    return _over_windows(condition, now, read)


def _total(condition: Condition, now: dt.datetime, _rules: Rules) -> float | None:
    """What is counted at once, so the minute that still runs counts too."""
    since = now.replace(second=0, microsecond=0)
    spans = [since - window * MINUTE for window in condition.windows]
    until = since + MINUTE
    return max(reading.total(condition.metric, s, until, label=condition.label) for s in spans)


def _latest(condition: Condition, now: dt.datetime, _rules: Rules) -> float | None:
    point = reading.latest(condition.metric, within=FRESH, now=now)
    return None if point is None else point.average


def _fullest(condition: Condition, now: dt.datetime, _rules: Rules) -> float | None:
    """Of all labels the largest, such as the disk with the least room; each by its last look."""
    seen = {p.label for p in reading.labels(condition.metric, now - FRESH, now + MINUTE)}
    points = [reading.latest(condition.metric, label=one, within=FRESH, now=now) for one in seen]
    values = [p.average for p in points if p is not None and p.average is not None]
    return max(values, default=None)


def _burn(condition: Condition, now: dt.datetime, rules: Rules) -> float | None:
    """How many times faster than allowed the budget goes: past a limit only if it is in both."""
    until = now.replace(second=0, microsecond=0)
    shares = [_failures(until - w * MINUTE, until, rules) for w in condition.windows]
    known = [share for share in shares if share is not None]
    if len(known) < len(shares):
        return None
    return min(known) / (1 - rules.slo.target)


def _failures(since: dt.datetime, until: dt.datetime, rules: Rules) -> float | None:
    """The share that failed: of requests where there are enough, and of probes; the worse one."""
    shares: list[float | None] = []
    if reading.count(names.REQUEST_SECONDS, since, until) >= rules.slo.minimum_requests:
        shares.append(reading.ratio(names.SERVER_ERRORS, names.REQUEST_SECONDS, since, until))
    if reading.coverage(names.PROBE_SUCCESS, since, until) >= rules.slo.minimum_coverage:
        answered = reading.uptime(since, until)
        shares.append(None if answered is None else 1 - answered)
    return max((share for share in shares if share is not None), default=None)


def _adoption(condition: Condition, now: dt.datetime, _rules: Rules) -> float | None:
    return adoption(now - dt.timedelta(hours=condition.hours), now)


def _backup_age(_condition: Condition, now: dt.datetime, _rules: Rules) -> float | None:
    return backup_age(now)


MEASURES: Mapping[str, Callable[[Condition, dt.datetime, Rules], float | None]] = {
    "average": _average,
    "ratio": _ratio,
    "total": _total,
    "latest": _latest,
    "fullest": _fullest,
    "burn": _burn,
    "adoption": _adoption,
    "backup_age": _backup_age,
}
