"""One look at the executive dashboard: who looks and when; what several tiles need is read once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.operations.dashboards import business, figures
from apps.operations.dashboards.business import Approvals, Volume
from apps.operations.dashboards.days import DAYS, Span, day, last_days, today
from apps.operations.dashboards.tile import Trend
from apps.operations.metrics import names
from apps.operations.metrics.hourly import by_day, hourly

PAST = (names.PROBE_SUCCESS, names.REQUEST_SECONDS, names.LOGINS)


@dataclass
class Asked:
    """Who looks, and when; what several tiles need is read once."""

    user: Any
    now: dt.datetime

    @cached_property
    def today(self) -> Span:
        """The viewer's day."""
        return today(self.now)

    @cached_property
    def days(self) -> list[dt.date]:
        """The last thirty days of the viewer."""
        return last_days(self.now)

    @cached_property
    def past(self) -> dict[str, list[float | None]]:
        """What was measured on each of the days: means, and sums of what is counted."""
        zone = timezone.get_current_timezone()
        found = hourly(PAST, day(self.days[0]).since, self.now)
        past: dict[str, list[float | None]] = {}
        for metric in PAST:
            sums = by_day(found[metric.name], zone)
            is_counted = metric.kind is names.Kind.COUNTER
            past[metric.name] = [
                (sums[date].total if is_counted else sums[date].average) if date in sums else None
                for date in self.days
            ]
        return past

    @cached_property
    def volume(self) -> Volume:
        """Documents per day."""
        return business.volume(self.now)

    @cached_property
    def created(self) -> int:
        """Requisitions made today."""
        return business.created(self.today)

    @cached_property
    def approvals(self) -> Approvals:
        """Requisitions approved per day, and how long they waited."""
        return business.approvals(self.now, self.days)

    def by_day(self, values: Sequence[float | None], shown: Any = figures.whole) -> Trend:
        """The past of a figure by day."""
        return Trend(_("30 days"), list(values)[-DAYS:], shown)

    @property
    def uptime(self) -> Trend:
        """The share of probes that were answered, by day."""
        values = self.past[names.PROBE_SUCCESS.name]
        return Trend(_("30 days"), values, figures.percent_fine, from_zero=False)
