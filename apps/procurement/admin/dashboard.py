"""Procurement's figures on the first page of the back office."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.catalog.models import Supplier
from apps.common import dashboard
from apps.common.dashboard import Chart, Series, Tile
from apps.common.look import status_tone
from apps.procurement import policies
from apps.procurement.models import OpenLine, PurchaseOrder
from apps.procurement.querysets import overdue
from apps.procurement.states import OrderStatus

SPENT = (OrderStatus.ISSUED, OrderStatus.ON_HOLD, OrderStatus.CLOSED)
DAYS = 90
WEEKS = 13
MOST_SUPPLIERS = 10


def register() -> None:
    """Show them; each says nothing to people it has nothing to say to."""
    dashboard.register(to_order, order=30)
    dashboard.register(to_issue, order=31)
    dashboard.register(late, order=32)
    dashboard.register_chart(by_state, order=30)
    dashboard.register_chart(spend, order=31)
    dashboard.register_chart(per_week, order=32)


def to_order(request: HttpRequest) -> Tile | None:
    """Approved lines nobody has ordered yet."""
    if not policies.may_convert(request.user):
        return None
    count = OpenLine.objects.visible_to(request.user).count()
    return Tile(
        _("Lines to order"),
        count,
        url=reverse("admin:procurement_openline_changelist"),
        tone="warning" if count else "neutral",
    )


def to_issue(request: HttpRequest) -> Tile | None:
    """Approved orders that have not gone out."""
    if not _sees_orders(request.user):
        return None
    count = _orders(request).filter(status=OrderStatus.APPROVED).count()
    return Tile(
        _("Orders to issue"),
        count,
        url=_list("status__exact=approved"),
        tone="warning" if count else "neutral",
    )


def late(request: HttpRequest) -> Tile | None:
    """Issued orders whose day is over."""
    if not _sees_orders(request.user):
        return None
    count = _orders(request).filter(overdue()).count()
    return Tile(
        _("Overdue deliveries"),
        count,
        url=_list("delivery=overdue"),
        tone="danger" if count else "neutral",
    )


def by_state(request: HttpRequest) -> Chart | None:
    """How many orders stand where."""
    if not _sees_orders(request.user):
        return None
    counts = dict(_orders(request).order_by().values_list("status").annotate(count=Count("pk")))
    states = [state for state in OrderStatus if counts.get(state.value)]
    if not states:
        return None
    return Chart(
        key="orders-by-state",
        title=_("Purchase orders by state"),
        kind="bar",
        labels=[capfirst(str(state.label)) for state in states],
        series=[
            Series(
                _("Orders"),
                [float(counts[state.value]) for state in states],
                tones=[status_tone(state.value) for state in states],
            )
        ],
    )


def spend(request: HttpRequest) -> Chart | None:
    """What the last 90 days' orders come to, by supplier, in base currency."""
    if not _sees_orders(request.user):
        return None
    rows = (
        _orders(request)
        .filter(status__in=SPENT, issued_at__gte=timezone.now() - timedelta(days=DAYS))
        .order_by()
        .values_list("supplier")
        .annotate(spent=Sum("base_total"))
        .order_by("-spent")[:MOST_SUPPLIERS]
    )
    found = [(pk, float(spent)) for pk, spent in rows if spent]
    if not found:
        return None
    names = Supplier.objects.in_bulk([pk for pk, _spent in found])
    title = _("Spend by supplier, last %(days)d days (%(currency)s)") % {
        "days": DAYS,
        "currency": settings.BASE_CURRENCY,
    }
    return Chart(
        key="spend-by-supplier",
        title=title,
        kind="bar",
        labels=[names[pk].name for pk, _spent in found],
        series=[Series(settings.BASE_CURRENCY, [spent for _pk, spent in found], places=2)],
    )


def per_week(request: HttpRequest) -> Chart | None:
    """How many orders were issued in each of the last weeks."""
    if not _sees_orders(request.user):
        return None
    first = _monday(timezone.localdate()) - timedelta(weeks=WEEKS - 1)
    rows = (
        _orders(request)
        .filter(status__in=SPENT, order_date__gte=first)
        .order_by()
        .annotate(week=TruncWeek("order_date"))
        .values_list("week")
        .annotate(count=Count("pk"))
    )
    counts: dict[date, int] = dict(rows)
    if not counts:
        return None
    weeks = [first + timedelta(weeks=number) for number in range(WEEKS)]
    return Chart(
        key="orders-per-week",
        title=_("Orders issued per week"),
        kind="column",
        labels=[date_format(week, "MONTH_DAY_FORMAT") for week in weeks],
        series=[Series(_("Orders"), [float(counts.get(week, 0)) for week in weeks])],
    )


def _orders(request: HttpRequest) -> QuerySet[Any]:
    orders: QuerySet[Any] = PurchaseOrder.objects.visible_to(request.user)
    return orders


def _sees_orders(user: Any) -> bool:
    return policies.is_known(user) and user.has_perm("procurement.view_purchaseorder")


def _list(query: str) -> str:
    return f"{reverse('admin:procurement_purchaseorder_changelist')}?{query}"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
