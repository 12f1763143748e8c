"""Everything a digest says, read once and without words of any language."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count

from apps.operations.alerting.people_and_backups import active_and_trained, backup_age
from apps.operations.alerting.rules import rules
from apps.operations.dashboards import business
from apps.operations.dashboards.business import Efficiency, Volume
from apps.operations.dashboards.days import Span, last_days
from apps.operations.metrics import names, reading
from apps.operations.metrics.names import Metric
from apps.operations.models import AlertState, BackupRun, DrillRun, Incident
from apps.operations.reports.launching import days_since_launch
from apps.operations.reports.performance import Compared, compare
from apps.operations.reports.periods import DAY, Look
from apps.operations.status.health import Health, health
from apps.support.models import CalendarEntry, Feedback, SupportIssue
from apps.support.states import EntryKind

FEW, GROWTH = 10, 1.5  # errors a day that are no pattern, and by how much they have to grow
MEETINGS = (EntryKind.REVIEW, EntryKind.STAND_UP, EntryKind.WATCH)


@dataclass(frozen=True)
class Work:
    """What was done, and how fast."""

    created: int
    approved: int
    ordered: int
    volume: Volume
    efficiency: Efficiency


@dataclass(frozen=True)
class People:
    """Who works with it, and what they stumble over."""

    active: int
    trained: int
    logins: float | None
    failed: float | None
    failed_before: float | None
    rejected: float | None
    rejected_before: float | None
    feedback: int
    rating: float | None
    issues_new: int
    issues_open: int

    @property
    def stumble(self) -> bool:
        """Whether errors of users grew so much that training material may be what is wrong."""
        return any(
            now is not None and before is not None and now >= FEW and now > GROWTH * before
            for now, before in (
                (self.failed, self.failed_before),
                (self.rejected, self.rejected_before),
            )
        )


@dataclass(frozen=True)
class Backups:
    """Whether what is stored could be had back."""

    age: float | None
    complete: int
    failed: int
    drill: DrillRun | None


@dataclass(frozen=True)
class Facts:
    """One digest."""

    look: Look
    now: dt.datetime
    health: Health
    incidents: list[Incident]
    opened: int
    resolved: int
    alerts: list[AlertState]
    trends: list[Compared]
    work: Work
    people: People
    backups: Backups
    meetings: list[CalendarEntry]
    launched_days_ago: int | None


def gather(look: Look, now: dt.datetime) -> Facts:
    """Read everything, in the days of the zone that is active: the site's."""
    span = look.span
    info = [name for name, rule in rules().alerts.items() if rule.tier.name == "info"]
    firing = AlertState.objects.filter(phase=AlertState.Phase.FIRING, alert__in=info)
    ahead = now + (DAY * 2 if look.days == 1 else DAY * 7)
    meetings = CalendarEntry.objects.filter(kind__in=MEETINGS, ends_at__gt=now, starts_at__lt=ahead)
    resolved = Incident.objects.filter(resolved_at__gte=span.since, resolved_at__lt=span.until)
    return Facts(
        look=look,
        now=now,
        health=health(now),
        incidents=list(Incident.objects.exclude(status=Incident.Status.RESOLVED)),
        opened=_number(Incident, "opened_at", span),
        resolved=resolved.count(),
        alerts=list(firing.order_by("alert")),
        trends=compare(span, look.before),
        work=_work(span, now),
        people=_people(look, now),
        backups=_backups(span, now),
        meetings=list(meetings.order_by("starts_at", "pk")),
        launched_days_ago=days_since_launch(now),
    )


def _work(span: Span, now: dt.datetime) -> Work:
    return Work(
        created=business.created(span),
        approved=business.approved(span),
        ordered=business.ordered(span),
        volume=business.volume(now),
        efficiency=business.efficiency(now, last_days(now)),
    )


def _people(look: Look, now: dt.datetime) -> People:
    span, before = look.span, look.before
    active, trained = active_and_trained(span.since, now)
    said = Feedback.objects.filter(created_at__gte=span.since, created_at__lt=span.until)
    rating = said.aggregate(number=Count("pk"), mean=Avg("rating"))
    failed = [_per_day(names.LOGINS_FAILED, one) for one in (span, before)]
    rejected = [_per_day(names.CLIENT_ERRORS, one, "validation") for one in (span, before)]
    return People(
        active=active,
        trained=trained,
        logins=_per_day(names.LOGINS, span),
        failed=failed[0],
        failed_before=failed[1],
        rejected=rejected[0],
        rejected_before=rejected[1],
        feedback=rating["number"],
        rating=rating["mean"],
        issues_new=_number(SupportIssue, "created_at", span),
        issues_open=SupportIssue.objects.open().count(),
    )


def _backups(span: Span, now: dt.datetime) -> Backups:
    runs = BackupRun.objects.filter(started_at__gte=span.since, started_at__lt=span.until)
    outcomes = dict(runs.order_by().values_list("outcome").annotate(number=Count("pk")))
    return Backups(
        age=backup_age(now),
        complete=outcomes.get(BackupRun.Outcome.COMPLETE, 0),
        failed=outcomes.get(BackupRun.Outcome.FAILED, 0),
        drill=DrillRun.objects.order_by("-started_at").first(),
    )


def _per_day(metric: Metric, span: Span, label: str = "") -> float | None:
    """How often it happened on a day of the span; None when nobody counted anything in it."""
    if not reading.count(names.REQUEST_SECONDS, span.since, span.until):
        return None
    days = (span.until - span.since) / DAY
    return reading.total(metric, span.since, span.until, label=label) / days


def _number(model: Any, field: str, span: Span) -> int:
    rows = model.objects.filter(**{f"{field}__gte": span.since, f"{field}__lt": span.until})
    return int(rows.count())
