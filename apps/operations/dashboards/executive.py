"""The executive dashboard: how the system and the business process are doing, in ten figures."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.operations.alerting.evaluating import State, state_of
from apps.operations.alerting.people_and_backups import active_and_trained
from apps.operations.alerting.rules import rules
from apps.operations.alerting.titles import ALERTS
from apps.operations.dashboards import figures, links
from apps.operations.dashboards.asked import Asked
from apps.operations.dashboards.days import month
from apps.operations.dashboards.limits import limits
from apps.operations.dashboards.process import (
    approval_time,
    approved,
    created,
    efficiency,
    orders,
    transactions,
)
from apps.operations.dashboards.tile import Tile
from apps.operations.metrics import names, reading
from apps.operations.status.health import health

DAY = dt.timedelta(days=1)
STATUS = {
    State.GOOD: gettext_lazy("Healthy"),
    State.OFF_TARGET: gettext_lazy("Healthy, with remarks"),
    State.WARNING: gettext_lazy("Degraded"),
    State.CRITICAL: gettext_lazy("Disrupted"),
}


def tiles(user: Any, now: dt.datetime) -> list[Tile]:
    """The ten figures, in the order of the readiness document."""
    asked = Asked(user, now)
    makers = (
        *(status, active_users, transactions, response, uptime),
        *(created, approved, orders, approval_time, efficiency),
    )
    return [make(asked) for make in makers]


def status(asked: Asked) -> Tile:
    """System status."""
    found = health(asked.now)
    note = " · ".join(str(ALERTS[alert]) for alert in found.firing[:2])
    if found.state is State.UNKNOWN and found.looked_at is not None:
        when = date_format(timezone.localtime(found.looked_at), "SHORT_DATETIME_FORMAT")
        note = _("The monitor looked last at %(when)s.") % {"when": when}
    return Tile(
        "status",
        _("System status"),
        str(STATUS[found.state]) if found.state in STATUS else None,
        found.state,
        _(
            "The most urgent alert that fires, as the monitor saw it within the last 5 minutes:"
            " critical means disrupted, warning means degraded."
        ),
        asked.uptime,
        links.to_list(
            asked.user, "operations.alertstate", _("Alerts that fire"), phase__exact="firing"
        ),
        note,
    )


def active_users(asked: Asked) -> Tile:
    """Active users n/N (%)."""
    active, trained = active_and_trained(asked.now - DAY, asked.now)
    share = active / trained if trained else None
    value = None if share is None else f"{active}/{trained} ({figures.percent(share)})"
    return Tile(
        "active_users",
        _("Active users"),
        value,
        state_of(limits().tiles["active_users"], share),
        _(
            "People with a valid training who logged in within the last 24 hours, out of all active"
            " people with a valid training. The line shows log-ins per day."
        ),
        asked.by_day(asked.past[names.LOGINS.name]),
        links.to_list(asked.user, "accounts.user", _("People"), is_active__exact=1),
        share=share,
    )


def response(asked: Asked) -> Tile:
    """Average response time."""
    mean = reading.average(names.REQUEST_SECONDS, asked.now - DAY, asked.now)
    return Tile(
        "response",
        _("Average response time"),
        None if mean is None else figures.seconds(mean),
        state_of(rules().metrics["response_time"], mean),
        _("Mean duration of all requests of the last 24 hours, pages and API, without probes."),
        asked.by_day(asked.past[names.REQUEST_SECONDS.name], figures.seconds),
        links.to_incidents(asked.user, "response_time"),
    )


def uptime(asked: Asked) -> Tile:
    """Uptime this month."""
    span = month(asked.now)
    share = reading.uptime(span.since, span.until)
    number = reading.count(names.PROBE_SUCCESS, span.since, span.until)
    note = ngettext("From %(number)s probe.", "From %(number)s probes.", number)
    return Tile(
        "uptime",
        _("Uptime this month"),
        None if share is None else figures.percent(share, 2),
        state_of(rules().metrics["uptime"], share),
        _(
            "Share of synthetic probes, one a minute, that were answered since the first of the"
            " month. Minutes without a probe count neither way."
        ),
        asked.uptime,
        links.to_incidents(asked.user, "application_down"),
        note % {"number": figures.whole(number)} if number else "",
    )
