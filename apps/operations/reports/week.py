"""Week 1 of a launch: reviews, what feedback says, what was fixed, who needs training again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Avg, Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.operations.alerting.evaluating import State
from apps.operations.alerting.rules import rules
from apps.operations.dashboards import figures
from apps.operations.dashboards.limits import limits
from apps.operations.models import DigestRun, Incident
from apps.operations.reports.watching import Found, Line, Watch, judged, none_of
from apps.support.models import (
    CalendarEntry,
    Feedback,
    SupportIssue,
    SurveyAnswer,
    TrainingRecord,
)
from apps.support.states import DONE, EntryKind

POOR = 2  # ratings up to here are complaints
WEEK = dt.timedelta(days=7)


def reviews(watch: Watch) -> Iterator[Found]:
    """Daily performance metric reviews: a digest for each day, a stand-up on each working day."""
    days = complete_days(watch)
    daily = DigestRun.objects.filter(period=DigestRun.Period.DAILY, begins_on__in=days)
    yield _counted(daily.count(), len(days), _("daily digests sent: %(count)d of %(wanted)d"))
    working = [day for day in days if day.isoweekday() in rules().office.days]
    span = watch.span
    held = CalendarEntry.objects.filter(
        kind=EntryKind.STAND_UP, starts_at__gte=span.since, starts_at__lt=span.until
    )
    number = held.count()
    yield _counted(number, len(working), _("stand-ups in the calendar: %(count)d of %(wanted)d"))


def feedback(watch: Watch) -> Iterator[Found]:
    """User feedback collection and analysis."""
    rule = limits().tiles["satisfaction"]
    said = Feedback.objects.filter(_in_span("created_at", watch))
    found = said.aggregate(
        number=Count("pk"), mean=Avg("rating"), poor=Count("pk", filter=Q(rating__lte=POOR))
    )
    name = _("remarks: %(count)s, complaints: %(poor)s, rating") % {
        "count": figures.whole(found["number"]),
        "poor": figures.whole(found["poor"]),
    }
    yield judged(watch, rule, found["mean"], name, figures.decimal)
    asked = SurveyAnswer.objects.filter(_in_span("created_at", watch))
    answers = asked.aggregate(number=Count("pk"), mean=Avg("score"))
    if answers["number"]:  # a survey is held when somebody opens one
        name = _("answers to the survey: %(count)s, satisfaction") % {
            "count": figures.whole(answers["number"])
        }
        yield judged(watch, rule, answers["mean"], name, figures.decimal)


def fixes(watch: Watch) -> Iterator[Found]:
    """Minor bug fixes and optimizations: what was reported is solved, and in time."""
    issues = SupportIssue.objects.filter(_in_span("created_at", watch))
    found = issues.aggregate(
        number=Count("pk"),
        done=Count("pk", filter=Q(status__in=DONE)),
        late=Count("pk", filter=Q(is_resolution_breached=True)),
    )
    said = _("issues solved: %(done)d of %(number)d, too late: %(late)d") % found
    yield none_of(watch, found["late"], said)
    incidents = Incident.objects.filter(_in_span("opened_at", watch))
    still = incidents.exclude(status=Incident.Status.RESOLVED).count()
    said = _("incidents: %(number)d, still open: %(open)d") % {
        "number": incidents.count(),
        "open": still,
    }
    yield none_of(watch, still, said)


def training(watch: Watch) -> Iterator[Found]:
    """Training reinforcement for users needing help."""
    day = watch.now.astimezone(ZoneInfo(settings.USER_TIME_ZONE)).date()
    people = User.objects.filter(is_active=True)
    valid = TrainingRecord.objects.valid(day).values("person")
    found = people.aggregate(number=Count("pk"), trained=Count("pk", filter=Q(pk__in=valid)))
    share = found["trained"] / found["number"] if found["number"] else None
    name = _("people trained %(trained)d of %(number)d,") % found
    yield judged(watch, limits().tiles["trained"], share, name, figures.percent)
    tried = people.filter(training_records__is_passed=False).exclude(pk__in=valid).distinct()
    stuck = tried.count()
    lessons = CalendarEntry.objects.filter(
        kind=EntryKind.TRAINING, ends_at__gt=watch.now, starts_at__lt=watch.now + WEEK
    ).count()
    said = _("failed and not passed since: %(stuck)d, lessons in the next 7 days: %(lessons)d")
    said %= {"stuck": stuck, "lessons": lessons}
    yield Found(
        State.WARNING if stuck and not lessons else State.GOOD, said, _("a lesson for them")
    )


def complete_days(watch: Watch) -> list[dt.date]:
    """The days of the window that are over, as the site has them, from the launch's on."""
    zone = ZoneInfo(settings.USER_TIME_ZONE)
    first, end = (moment.astimezone(zone).date() for moment in (watch.span.since, watch.span.until))
    return [first + dt.timedelta(days=number) for number in range((end - first).days)]


def _counted(number: int, wanted: int, said: str) -> Found:
    """One for each day; before the first day is over nobody can tell."""
    figure = said % {"count": number, "wanted": wanted}
    if not wanted:
        return Found(State.UNKNOWN, figure, "≥ 1")
    return Found(State.GOOD if number >= wanted else State.WARNING, figure, f"≥ {wanted}")


def _in_span(field: str, watch: Watch) -> Q:
    return Q(**{f"{field}__gte": watch.span.since, f"{field}__lt": watch.span.until})


LINES = (
    Line("reviews", gettext_lazy("Daily performance metric reviews"), reviews),
    Line("analysis", gettext_lazy("User feedback collection and analysis"), feedback),
    Line("fixes", gettext_lazy("Bug fixes and optimizations"), fixes),
    Line("training", gettext_lazy("Training reinforcement for users needing help"), training),
)
