"""The technical dashboard: how machine, database and application are doing, in ten figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.operations.alerting.evaluating import State, state_of
from apps.operations.alerting.measuring import value_of
from apps.operations.alerting.rules import MetricRule, rules
from apps.operations.dashboards import figures, links
from apps.operations.dashboards.limits import limits
from apps.operations.dashboards.tile import Link, Tile, Trend
from apps.operations.metrics import names
from apps.operations.metrics.hourly import Hours, hourly
from apps.operations.metrics.latest import latest
from apps.operations.metrics.names import Metric

HOURS = 24
HOUR = dt.timedelta(hours=1)
LOOKED_AT = (
    *(names.HOST_CPU, names.HOST_MEMORY, names.HOST_DISK_BUSY, names.HOST_NETWORK),
    *(names.HOST_DISK_READ, names.HOST_DISK_WRITTEN),
    *(names.HOST_NETWORK_IN, names.HOST_NETWORK_OUT),
    *(names.DATABASE_CONNECTIONS, names.DATABASE_CONNECTIONS_LIMIT),
    *(names.SESSIONS, names.API_SESSIONS, names.TASKS_RUNNING, names.TASKS_WAITING),
)
COUNTED = (names.REQUEST_SECONDS, names.QUERY_TIME, names.SERVER_ERRORS)


@dataclass
class Asked:
    """Who looks, and when; everything measured is read by two statements."""

    user: Any
    now: dt.datetime

    @cached_property
    def latest(self) -> dict[str, float]:
        """The newest look at each gauge, where it is fresh."""
        return latest(LOOKED_AT, self.now)

    @cached_property
    def past(self) -> dict[str, Hours]:
        """The last 24 hours."""
        return hourly((*LOOKED_AT, *COUNTED), self.hours[0], self.now)

    @cached_property
    def hours(self) -> list[dt.datetime]:
        """The beginnings of the last 24 hours, the last one being the hour that runs."""
        last = self.now.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
        return [last - back * HOUR for back in reversed(range(HOURS))]

    def trend(self, metric: Metric, shown: Callable[[float], str]) -> Trend:
        """The hourly means of a metric."""
        found = self.past[metric.name]
        return _trend([found[at].average if at in found else None for at in self.hours], shown)

    def together(self, *metrics: Metric) -> Trend:
        """The hourly means of several gauges, added up."""
        values: list[float | None] = []
        for at in self.hours:
            means = [self.past[metric.name].get(at) for metric in metrics]
            known = [mean.average or 0.0 for mean in means if mean is not None]
            values.append(sum(known) if known else None)
        return _trend(values, figures.decimal)


def tiles(user: Any, now: dt.datetime) -> list[Tile]:
    """The ten figures, in the order of the readiness document."""
    asked = Asked(user, now)
    makers = (
        *(processor, memory, disk, network, connections),
        *(response, queries, errors, sessions, jobs),
    )
    return [make(asked) for make in makers]


def processor(asked: Asked) -> Tile:
    """CPU usage."""
    formula = _("Share of processor time in use, at the monitor's last look (once a minute).")
    rule = limits().tiles["processor"]
    link = links.to_incidents(asked.user, "processor")
    return _share(asked, names.HOST_CPU, _("CPU usage"), rule, formula, link)


def memory(asked: Asked) -> Tile:
    """Memory."""
    formula = _("Share of memory in use, at the monitor's last look.")
    rule = limits().tiles["memory"]
    link = links.to_runbook(asked.user, "scale-out") or links.to_alerts(asked.user)
    return _share(asked, names.HOST_MEMORY, _("Memory"), rule, formula, link)


def disk(asked: Asked) -> Tile:
    """Disk I/O."""
    formula = _("Share of the last minute in which the disks were busy.")
    rates = _rates(asked, names.HOST_DISK_READ, names.HOST_DISK_WRITTEN)
    note = _("Read %(first)s, written %(second)s") % rates if rates else ""
    link = links.to_incidents(asked.user, "disk")
    rule = limits().tiles["disk_busy"]
    tile = _share(asked, names.HOST_DISK_BUSY, _("Disk I/O"), rule, formula, link)
    return replace(tile, note=note)


def network(asked: Asked) -> Tile:
    """Network."""
    formula = _(
        "Traffic of the last minute in its busier direction, as a share of what the fastest link"
        " carries; 1 Gbit/s where it does not say."
    )
    rates = _rates(asked, names.HOST_NETWORK_IN, names.HOST_NETWORK_OUT)
    note = _("In %(first)s, out %(second)s") % rates if rates else ""
    link = links.to_runbook(asked.user, "scale-out") or links.to_alerts(asked.user)
    rule = limits().tiles["network"]
    tile = _share(asked, names.HOST_NETWORK, _("Network"), rule, formula, link)
    return replace(tile, note=note)


def connections(asked: Asked) -> Tile:
    """DB connections n/max; a file has no limit."""
    used = asked.latest.get(names.DATABASE_CONNECTIONS.name)
    limit = asked.latest.get(names.DATABASE_CONNECTIONS_LIMIT.name)
    tile = Tile(
        "connections",
        _("Database connections"),
        None if used is None else figures.whole(used),
        State.UNKNOWN if used is None else None,
        _("Connections to the database server out of those it allows (max_connections)."),
        asked.trend(names.DATABASE_CONNECTIONS, figures.whole),
        links.to_incidents(asked.user, "database"),
    )
    if used is None:
        return tile
    if not limit:
        return replace(tile, note=_("A file has no limit of connections."))
    state = state_of(rules().metrics["connections"], used / limit)
    value = f"{figures.whole(used)}/{figures.whole(limit)}"
    return replace(tile, value=value, state=state, share=used / limit)


def response(asked: Asked) -> Tile:
    """API response time."""
    formula = _("Mean duration of the requests of the last 5 complete minutes, pages and API.")
    return _metric(asked, "response_time", _("API response time"), names.REQUEST_SECONDS, formula)


def queries(asked: Asked) -> Tile:
    """Database query time."""
    formula = _("Mean duration of the statements of the last 5 complete minutes.")
    return _metric(asked, "query_time", _("Database query time"), names.QUERY_TIME, formula)


def errors(asked: Asked) -> Tile:
    """Error rate."""
    rule = rules().metrics["error_rate"]
    share = value_of(rule.condition, asked.now, rules())
    failed, whole = asked.past[names.SERVER_ERRORS.name], asked.past[names.REQUEST_SECONDS.name]
    past = [
        (failed[at].total if at in failed else 0.0) / whole[at].count if at in whole else None
        for at in asked.hours
    ]
    return Tile(
        "error_rate",
        _("Error rate"),
        None if share is None else figures.percent(share, 1),
        state_of(rule, share),
        _("Share of the requests of the last 5 complete minutes that were answered with 5xx."),
        _trend(past, figures.percent_fine),
        links.to_incidents(asked.user, "error_rate"),
        share=share,
    )


def sessions(asked: Asked) -> Tile:
    """Active sessions."""
    pages = asked.latest.get(names.SESSIONS.name)
    api = asked.latest.get(names.API_SESSIONS.name)
    note = ""
    if pages is not None and api is not None:
        figures_of_both = {"pages": figures.whole(pages), "api": figures.whole(api)}
        note = _("Pages %(pages)s, API %(api)s") % figures_of_both
    return Tile(
        "sessions",
        _("Active sessions"),
        None if pages is None or api is None else figures.whole(pages + api),
        State.UNKNOWN if pages is None or api is None else None,
        _("Log-ins of people and programs that have not ended, at the monitor's last look."),
        asked.together(names.SESSIONS, names.API_SESSIONS),
        links.to_list(asked.user, "audit.entry", _("Log-ins"), q="user.login")
        or links.to_runbook(asked.user, "login-failure")
        or links.to_alerts(asked.user),
        note,
    )


def jobs(asked: Asked) -> Tile:
    """Background jobs."""
    running = asked.latest.get(names.TASKS_RUNNING.name)
    waiting = asked.latest.get(names.TASKS_WAITING.name)
    text = ngettext("%(count)s running", "%(count)s running", round(running or 0))
    return Tile(
        "jobs",
        _("Background jobs"),
        None if running is None else text % {"count": figures.whole(running)},
        State.UNKNOWN if running is None else None,
        _("Background jobs being worked on, and due ones that wait, at the monitor's last look."),
        asked.together(names.TASKS_RUNNING, names.TASKS_WAITING),
        links.to_list(asked.user, "django_tasks_database.dbtaskresult", _("Jobs"))
        or links.to_runbook(asked.user, "slow")
        or links.to_alerts(asked.user),
        "" if waiting is None else _("Waiting: %(count)s") % {"count": figures.whole(waiting)},
    )


def _share(
    asked: Asked,
    metric: Metric,
    label: str,
    rule: MetricRule,
    formula: str,
    link: Link | None,
) -> Tile:
    value = asked.latest.get(metric.name)
    text = None if value is None else figures.percent(value)
    trend = asked.trend(metric, figures.percent)
    return Tile(rule.name, label, text, state_of(rule, value), formula, trend, link, share=value)


def _metric(asked: Asked, name: str, label: str, metric: Metric, formula: str) -> Tile:
    rule = rules().metrics[name]
    value = value_of(rule.condition, asked.now, rules())
    text = None if value is None else figures.seconds(value)
    trend = asked.trend(metric, figures.seconds)
    alert = "response_time" if name == "response_time" else "database_load"
    link = links.to_incidents(asked.user, alert)
    return Tile(name, label, text, state_of(rule, value), formula, trend, link)


def _rates(asked: Asked, first: Metric, second: Metric) -> dict[str, str] | None:
    both = asked.latest.get(first.name), asked.latest.get(second.name)
    if both[0] is None or both[1] is None:
        return None
    return {"first": figures.per_second(both[0]), "second": figures.per_second(both[1])}


def _trend(values: list[float | None], shown: Callable[[float], str]) -> Trend:
    return Trend(_("24 hours"), values, shown)
