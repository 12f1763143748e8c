"""Cases for promtool: each limit of the rules just before it, on it, just past it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from apps.operations.alerting.prometheus import alert_name
from apps.operations.alerting.rules import AlertRule, Condition, MetricRule, Rules
from apps.operations.metrics import names
from tests.operations.prometheus import series
from tests.operations.prometheus.series import STEPS, Case, of, rising, standing

PROBE = 'job:erp_probe_success:min{job="erp"}'
UP = 'up{job="erp",instance="web1"}'


def of_all(said: Rules) -> list[Case]:
    """Every case there is."""
    return [
        *(case for metric in said.metrics.values() for case in of_states(metric)),
        *(case for alert in said.alerts.values() for case in of_alert(alert, said)),
        *of_what_others_see(),
        *of_new_series(),
    ]


def of_states(metric: MetricRule) -> Iterator[Case]:
    """The document's limits; a target that is to stay below something is missed on it."""
    is_above = metric.direction == "above"
    limits = {"off_target": metric.target, "warning": metric.warning, "critical": metric.critical}
    limited = {"above": metric.critical} if is_above else {"below": metric.critical}
    condition = replace(metric.condition, **limited)
    (minutes,) = series.minutes_of(condition)
    for state, limit in limits.items():
        on_it = is_above and state == "off_target"
        step = limit / 1000
        for value, fires in (
            (limit - step, not is_above),
            (limit, on_it),
            (limit + step, is_above),
        ):
            labels = f"alertname='{alert_name(metric.name)}State',state='{state}'"
            yield _case(labels, condition, minutes, value, fires=fires)


def of_alert(alert: AlertRule, said: Rules) -> Iterator[Case]:
    """Every condition in every window, and that too few measurements say nothing."""
    for condition in alert.any:
        if condition.measure == "burn":
            yield from _burning(alert, condition, said)
            continue
        figure = condition.metric or alert.name
        labels = f"alertname='{alert_name(alert.name)}',figure='{figure}'"
        limit = next(
            one for one in (condition.above, condition.at_least, condition.below) if one is not None
        )
        step = 1.0 if condition.measure == "total" else limit / 1000
        for minutes in series.minutes_of(condition):
            for value in (limit - step, limit, limit + step):
                fires = bool(condition.holds(value))
                yield _case(labels, condition, minutes, value, fires=fires, wait=alert.for_seconds)
        if condition.minimum > 1 and condition.measure in {"average", "ratio"}:
            if names.METRICS[condition.metric].kind is names.Kind.GAUGE:
                continue
            windows = series.minutes_of(condition)
            yield _case(labels, condition, windows[0], limit * 5, fires=False, few=True)


def of_what_others_see() -> Iterator[Case]:
    """What only somebody outside sees."""
    down = "alertname='ApplicationDown',figure='up'"
    backup = "alertname='Backup',figure='erp_backup_proved_age_seconds'"
    silent = "alertname='MonitorSilent'"
    age = of(names.BACKUP_AGE.name)
    other = 'up{job="erp",instance="web2"}'
    for name, given, alert, fires in (
        ("one of two processes answers", {UP: "0x60", other: "1x60"}, down, False),
        ("no process answers", {UP: "0x60", other: "0x60"}, down, True),
        ("one answer of a minute is lost", {UP: "1x59 0"}, down, False),
        ("nobody is asked", {}, down, True),
        ("a proved backup", {of("erp_database_up"): "1x60", age: "3600x60"}, backup, False),
        ("no proved backup", {of("erp_database_up"): "1x60"}, backup, True),
        ("nothing is known of backups", {of("erp_database_up"): "0x60"}, backup, False),
        ("the monitor watches", {of("erp_monitor_beat_age_seconds"): "179x60"}, silent, False),
        ("on the limit", {of("erp_monitor_beat_age_seconds"): "180x60"}, silent, False),
        ("it does not", {of("erp_monitor_beat_age_seconds"): "181x60"}, silent, True),
    ):
        yield Case(name, given, alert, fires, 15, 900, 900)


def of_new_series() -> Iterator[Case]:
    """The first event makes its series; what a process has when it is first asked is old."""
    rights = of("erp_privilege_changes_total", hours="off_hours")
    alert = "alertname='SecurityBreach',figure='erp_privilege_changes_total'"
    for name, given, fires in (
        ("the first event", {rights: "_x58 1x1", UP: "1x60"}, True),
        ("a process asked for the first time", {rights: "_x58 12x1", UP: "_x58 1x1"}, False),
        ("long ago", {rights: "12x60", UP: "1x60"}, False),
    ):
        yield Case(name, given, alert, fires, 30, 1800, 1800)


def _burning(alert: AlertRule, condition: Condition, said: Rules) -> Iterator[Case]:
    """A budget that burns: by requests and by probes, in both windows, with enough of either."""
    long, short = condition.windows
    labels = f"alertname='{alert_name(alert.name)}'"
    limit = (condition.above or 0.0) * (1 - said.slo.target)
    span, number = short * 60 // STEPS, 2 * STEPS * long // short
    ends = span * number
    errors = of(names.SERVER_ERRORS.name, route="/x")
    requests = of(f"{names.REQUEST_SECONDS.name}_count", route="/x")
    before, few = number - STEPS, said.slo.minimum_requests - 1
    many = rising(1000, number)

    def case(name: str, given: dict[str, str], *, fires: bool) -> Case:
        return Case(f"{alert.name}: {name}", given, labels, fires, span, ends, ends)

    for share, fires in ((limit * 0.98, False), (limit, False), (limit * 1.02, True)):
        given = {errors: rising(round(1000 * share, 3), number), requests: many}
        yield case(f"{share:g} of requests", given, fires=fires)
    yield case(
        "the long window only",
        {errors: f"{rising(900, before)} {900 * before}x{STEPS}", requests: many},
        fires=False,
    )
    brief = f"0x{number - STEPS} 0+{max(1.1 * limit * 1000, 1):g}x{STEPS - 1}"
    yield case("the short window only", {errors: brief, requests: many}, fires=False)
    yield case(
        "too few requests",
        {errors: f"0x{number - 2} {few}x1", requests: f"0x{number - 2} {few}x1"},
        fires=False,
    )
    for share, fires in ((limit * 0.9, False), (limit * 1.1, True)):
        yield from _probed(case, share, long, fires=fires)


def _probed(case, share: float, long: int, *, fires: bool) -> Iterator[Case]:
    """The probe by itself; asked in fewer minutes than it takes, it says nothing."""
    rounds = long * 2 + 10
    found = case(f"{share:g} of probes", {PROBE: standing(1 - share, rounds)}, fires=fires)
    yield replace(found, interval=30, ends=rounds * 30, rounds=rounds * 30)
    if fires:
        rare = case("too few probes", {PROBE: standing(0, long // 3)}, fires=False)
        yield replace(rare, interval=180, ends=long * 60, rounds=long * 60)


def _case(
    labels: str,
    condition: Condition,
    minutes: int,
    value: float,
    *,
    fires: bool,
    few: bool = False,
    wait: int = 0,
) -> Case:
    """Three windows; an alert that has to last is looked at once more, after that time."""
    span = minutes * 60 // STEPS
    rounds = max(3 * STEPS * span, wait)
    ends = 2 * rounds if wait else rounds
    given = series.at(condition, value, ends // span, few=few)
    name = f"{labels} {minutes} min at {value:g}{' too few' if few else ''}"
    return Case(name, given, labels, fires, span, ends, rounds)
