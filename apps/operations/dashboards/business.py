"""The figures of the work itself, out of the documents: how much, how fast, and against what."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from django.db.models import Avg, Count, F, Min, Q, Sum
from django.utils import timezone

from apps.operations.buckets import Bucket, HoursBetween, Key, begins_at, per_day, signs_for
from apps.operations.dashboards.days import DAYS, Span, day, last_days
from apps.operations.dashboards.limits import limits
from apps.procurement.models import Allocation, PurchaseOrder
from apps.requisitions.models import Requisition
from apps.requisitions.states import Status

PROMISED_HOURS = 24  # from submission to the purchase order, as the document has it
# Nobody owes these an order: they were answered with no, or taken back.
WITHOUT_ORDER = (Status.DRAFT, Status.REJECTED, Status.CANCELLED)


def created(span: Span) -> int:
    """Requisitions made, drafts among them."""
    return Requisition.objects.filter(_in("created_at", span)).count()


def approved(span: Span) -> int:
    """Requisitions whose last approval was given."""
    return Requisition.objects.filter(_in("approved_at", span)).count()


def ordered(span: Span) -> int:
    """Purchase orders made."""
    return PurchaseOrder.objects.filter(_in("created_at", span)).count()


@dataclass(frozen=True)
class Approvals:
    """What was approved on each local day, and how long it had waited for that."""

    numbers: list[int]
    hours: list[float]
    mean: float | None

    @property
    def means(self) -> list[float | None]:
        """The mean hours of each day."""
        pairs = zip(self.hours, self.numbers, strict=True)
        return [hours / number if number else None for hours, number in pairs]


def approvals(now: dt.datetime, days: list[dt.date]) -> Approvals:
    """Approvals per local day, and the mean of approved minus submitted over the last 30 days."""
    month_ago = now - dt.timedelta(days=DAYS)
    since = min(month_ago, day(days[0]).since)
    rows = Requisition.objects.filter(approved_at__gte=since, submitted_at__isnull=False)
    waited = HoursBetween(F("approved_at"), F("submitted_at"))
    grouped = rows.order_by().values_list(Bucket("approved_at", _signs(days)))
    numbers, hours = dict.fromkeys(days, 0), dict.fromkeys(days, 0.0)
    for key, number, total in grouped.annotate(number=Count("pk"), total=Sum(waited)):
        date = local_date(key)
        if date in numbers:
            numbers[date] += number
            hours[date] += total
    recent = rows.filter(approved_at__gte=month_ago, approved_at__lte=now)
    mean: float | None = recent.aggregate(mean=Avg(waited))["mean"]
    return Approvals(list(numbers.values()), list(hours.values()), mean)


@dataclass(frozen=True)
class Efficiency:
    """How many requisitions asked for an order, how many had one in time, and how long it took."""

    asked: int
    in_time: int
    mean_hours: float | None
    shares: list[float | None]

    @property
    def share(self) -> float | None:
        """The score; None while nobody has asked."""
        return self.in_time / self.asked if self.asked else None


def efficiency(now: dt.datetime, days: list[dt.date]) -> Efficiency:
    """Of the last 30 days; those whose 24 hours are not over yet are neither quick nor slow."""
    span = Span(now - dt.timedelta(days=DAYS), now - dt.timedelta(hours=PROMISED_HOURS))
    asked = Requisition.objects.filter(_in("submitted_at", span)).exclude(status__in=WITHOUT_ORDER)
    home = "requisition_line__requisition"
    covered = Allocation.objects.filter(_in(f"{home}__submitted_at", span))
    firsts = (
        covered.exclude(**{f"{home}__status__in": WITHOUT_ORDER})
        .order_by()
        .values(home)
        .annotate(
            bucket=Bucket(Min(f"{home}__submitted_at"), _signs(days)),
            hours=HoursBetween(Min("created_at"), Min(f"{home}__submitted_at")),
        )
    )
    took = list(firsts.values_list("bucket", "hours"))
    in_time = Counter(bucket for bucket, hours in took if hours <= PROMISED_HOURS)
    quick: Counter[dt.date] = Counter()
    for bucket, number in in_time.items():
        quick[local_date(bucket)] += number
    per_date = asked_per_day(asked, days)
    return Efficiency(
        asked=asked.count(),
        in_time=in_time.total(),
        mean_hours=fmean(hours for _bucket, hours in took) if took else None,
        shares=[quick[date] / per_date[date] if per_date[date] else None for date in days],
    )


@dataclass(frozen=True)
class Volume:
    """Documents per local day, oldest first, and what is usual once that can be said."""

    days: list[dt.date]
    requisitions: list[int]
    orders: list[int]
    age: int  # complete days since the first document

    @property
    def both(self) -> list[int]:
        """Requisitions and orders together: the transactions of each day."""
        return [a + b for a, b in zip(self.requisitions, self.orders, strict=True)]

    @property
    def baseline(self) -> float | None:
        """Transactions per day over the last 30 complete days; None before there are as many."""
        before = self.both[:-1]  # today is not over
        if self.age < limits().baseline_days or not before:
            return None
        return sum(before) / len(before)


def volume(now: dt.datetime) -> Volume:
    """How much is done per day: the last 30 complete days, and today."""
    days = last_days(now, limits().baseline_days + 1)
    first = Requisition.objects.aggregate(first=Min("created_at"))["first"]
    age = (days[-1] - timezone.localdate(first)).days if first else 0
    zone = timezone.get_current_timezone()
    since = day(days[0]).since
    return Volume(
        days,
        per_day(Requisition.objects.filter(created_at__gte=since), "created_at", days, zone),
        per_day(PurchaseOrder.objects.filter(created_at__gte=since), "created_at", days, zone),
        age,
    )


def asked_per_day(rows: Any, days: list[dt.date]) -> dict[dt.date, int]:
    """Submissions per local day."""
    numbers = per_day(rows, "submitted_at", days, timezone.get_current_timezone())
    return dict(zip(days, numbers, strict=True))


def local_date(bucket: Key) -> dt.date:
    """The day of a bucket, as the viewer has it."""
    return timezone.localdate(begins_at(bucket))


def _in(field: str, span: Span) -> Q:
    return Q(**{f"{field}__gte": span.since, f"{field}__lt": span.until})


def _signs(days: list[dt.date]) -> int:
    return signs_for(days, timezone.get_current_timezone())
