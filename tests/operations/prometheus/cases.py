"""Cases for promtool: each limit of the rules just before it, on it, just past it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from apps.operations.alerting.prometheus import alert_name
from apps.operations.alerting.rules import AlertRule, Condition, MetricRule, Rules
from apps.operations.metrics import names
from tests.operations.prometheus import series
from tests.operations.prometheus.series import STEPS, Case, of

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
        step = limit / 1000 if is_above else -limit / 1000
        labels = f"alertname='{alert_name(metric.name)}State',state='{state}'"
        worse = {limit - step: False, limit: on_it, limit + step: True}
        yield _climb(labels, condition, minutes, worse)


def of_alert(alert: AlertRule, said: Rules) -> Iterator[Case]:
    """Every condition in every window, and that too few measurements say nothing."""
    for condition in alert.any:
        if condition.measure == "burn":
            yield from _burning(alert, condition, said)
            continue
        figure = condition.metric or alert.name
        labels = f"alertname='{alert_name(alert.name)}',figure='{figure}'"
        limits = (condition.above, condition.at_least, condition.below)
        limit = next(one for one in limits if one is not None)
        step = 1.0 if condition.measure == "total" else limit / 1000
        step = step if condition.below is None else -step
        around = (limit - step, limit, limit + step)
        worse = {value: bool(condition.holds(value)) for value in around}
        for minutes in series.minutes_of(condition):
            yield _climb(labels, condition, minutes, worse, wait=alert.for_seconds)
        if condition.minimum > 1 and names.METRICS[condition.metric].kind is not names.Kind.GAUGE:
            yield _few(labels, condition, limit * 5)


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
        ("a proved backup", {of("erp_database_up"): "1x60", age: "3600x60"}, backup, False),
        ("no proved backup", {of("erp_database_up"): "1x60"}, backup, True),
        ("nothing is known of backups", {of("erp_database_up"): "0x60"}, backup, False),
        ("the monitor watches", {of("erp_monitor_beat_age_seconds"): "179x60"}, silent, False),
        ("on the limit", {of("erp_monitor_beat_age_seconds"): "180x60"}, silent, False),
        ("it does not", {of("erp_monitor_beat_age_seconds"): "181x60"}, silent, True),
    ):
        yield Case(name, given, alert, (fires,), 15, (900,), 900)
    # A Prometheus that has just been started has asked nobody yet: that rings no phone.
    absent = "alertname='ApplicationDown',figure='absent'"
    yield Case("nobody is asked", {}, absent, (False, True), 30, (30, 120), 30)


def of_new_series() -> Iterator[Case]:
    """The first event makes its series; what a process has when it is first asked is old."""
    rights = of("erp_privilege_changes_total", hours="off_hours")
    alert = "alertname='SecurityBreach',figure='erp_privilege_changes_total'"
    for name, given, fires in (
        ("the first event", {rights: "_x58 1x1", UP: "1x60"}, True),
        ("a process asked for the first time", {rights: "_x58 12x1", UP: "_x58 1x1"}, False),
        ("long ago", {rights: "12x60", UP: "1x60"}, False),
    ):
        yield Case(name, given, alert, (fires,), 30, (1800,), 1800)


def _burning(alert: AlertRule, condition: Condition, said: Rules) -> Iterator[Case]:
    """A budget that burns: by requests and by probes, in both windows, with enough of either."""
    long, short = condition.windows
    labels = f"alertname='{alert_name(alert.name)}'"
    limit = (condition.above or 0.0) * (1 - said.slo.target)
    span, number = short * 60 // STEPS, 2 * STEPS * long // short
    ends, few = span * number, said.slo.minimum_requests - 1
    errors = of(names.SERVER_ERRORS.name, route="/x")
    requests = of(f"{names.REQUEST_SECONDS.name}_count", route="/x")

    def case(name: str, given: dict[str, str], *fires: bool) -> Case:
        looks = tuple(ends * (place + 1) for place in range(len(fires)))
        return Case(f"{alert.name}: {name}", given, labels, fires, span, looks, ends)

    shares = [round(1000 * limit * factor, 3) for factor in (0.98, 1.0, 1.02)]
    grows = series.notation([("rising", share) for share in shares], number)
    many = series.notation([("rising", 1000.0)] * 3, number)
    yield case("at its limit", {errors: grows, requests: many}, False, False, True)
    before = number - STEPS
    past = {errors: f"0+900x{before} {900 * before}x{STEPS - 1}", requests: f"0+1000x{number}"}
    yield case("the long window only", past, False)
    brief = f"0x{before} 0+{max(1.1 * limit * 1000, 1):g}x{STEPS - 1}"
    yield case("the short window only", {errors: brief, requests: f"0+1000x{number}"}, False)
    rare = f"0x{number - 2} {few}x1"
    yield case("too few requests", {errors: rare, requests: rare}, False)
    yield from _probed(case, limit, long)


def _probed(case: Any, limit: float, long: int) -> Iterator[Case]:
    """The probe by itself; asked in fewer minutes than it takes, it says nothing."""
    number = long * 2 + 10
    for factor, fires in ((0.9, False), (1.1, True)):
        given = {PROBE: f"{1 - limit * factor:.9g}x{number}"}
        found = case(f"{factor} of the limit, of probes", given, fires)
        yield replace(found, interval=30, looks=(number * 30,), rounds=number * 30)
    rare = case("too few probes", {PROBE: f"0x{long // 3}"}, False)
    yield replace(rare, interval=180, looks=(long * 60,), rounds=long * 60)


def _climb(
    labels: str, condition: Condition, minutes: int, worse: dict[float, bool], wait: int = 0
) -> Case:
    """From just before a limit to just past it, two windows each; what has to last is given it."""
    span = minutes * 60 // STEPS
    rounds = max(2 * STEPS * span, wait)
    part = 2 * rounds if wait else rounds
    shapes = [series.at(condition, round(value, 9)) for value in worse]
    given = {
        name: series.notation([one[name] for one in shapes], part // span) for name in shapes[0]
    }
    looks = tuple(part * (place + 1) for place in range(len(worse)))
    return Case(
        f"{labels} {minutes} min", given, labels, tuple(worse.values()), span, looks, rounds
    )


def _few(labels: str, condition: Condition, value: float) -> Case:
    """Far past the limit, and measured too seldom to mean anything."""
    span = condition.windows[0] * 60 // STEPS
    shapes = series.at(condition, value, few=True)
    given = {name: series.notation([shape], 2 * STEPS) for name, shape in shapes.items()}
    ends = 2 * STEPS * span
    return Case(f"{labels} too few", given, labels, (False,), span, (ends,), ends)
