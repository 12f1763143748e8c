"""Tiles of the business process: what is asked for, approved and ordered, and how fast."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.operations.alerting.evaluating import state_of
from apps.operations.dashboards import business, figures, links
from apps.operations.dashboards.asked import Asked
from apps.operations.dashboards.limits import limits
from apps.operations.dashboards.tile import Tile


def transactions(asked: Asked) -> Tile:
    """Today's transactions: requisitions, said together with orders and what is usual."""
    number, volume = asked.created, asked.volume
    text = ngettext("%(count)s requisition", "%(count)s requisitions", number)
    if volume.baseline is None:
        note = _("Baseline not yet: day %(day)d of %(days)d.") % {
            "day": min(volume.age + 1, limits().baseline_days),
            "days": limits().baseline_days,
        }
    else:
        note = _("Usual: %(number)s requisitions and orders a day.") % {
            "number": figures.decimal(volume.baseline)
        }
    return Tile(
        "transactions",
        _("Today's transactions"),
        text % {"count": figures.whole(number)},
        None,
        _(
            "Requisitions made since local midnight. What is usual is the mean of requisitions and"
            " purchase orders per day over the last 30 complete days, once there are as many; the"
            " line shows both together."
        ),
        asked.by_day(volume.both),
        links.to_list(
            asked.user,
            "requisitions.requisition",
            _("Requisitions of today"),
            **links.in_span("created_at", asked.today),
        ),
        note,
    )


def created(asked: Asked) -> Tile:
    """Requisitions created today."""
    label = _("Requisitions created today")
    formula = _("Requisitions made since local midnight, drafts among them.")
    link = links.to_list(
        asked.user,
        "requisitions.requisition",
        _("Requisitions of today"),
        **links.in_span("created_at", asked.today),
    )
    trend = asked.by_day(asked.volume.requisitions)
    return Tile("created", label, figures.whole(asked.created), None, formula, trend, link)


def approved(asked: Asked) -> Tile:
    """Requisitions approved today."""
    label = _("Requisitions approved today")
    formula = _("Requisitions whose last approval was given since local midnight.")
    link = links.to_list(
        asked.user,
        "requisitions.requisition",
        _("Approved today"),
        **links.in_span("approved_at", asked.today),
    )
    value = figures.whole(business.approved(asked.today))
    return Tile(
        "approved", label, value, None, formula, asked.by_day(asked.approvals.numbers), link
    )


def orders(asked: Asked) -> Tile:
    """Purchase orders generated today."""
    label = _("Purchase orders generated")
    formula = _("Purchase orders made since local midnight, out of requisitions or by hand.")
    link = links.to_list(
        asked.user,
        "procurement.purchaseorder",
        _("Orders of today"),
        **links.in_span("created_at", asked.today),
    )
    value, trend = figures.whole(business.ordered(asked.today)), asked.by_day(asked.volume.orders)
    return Tile("orders", label, value, None, formula, trend, link)


def approval_time(asked: Asked) -> Tile:
    """Average approval hours."""
    mean = asked.approvals.mean
    return Tile(
        "approval_time",
        _("Average approval time"),
        None if mean is None else figures.hours(mean),
        state_of(limits().tiles["approval_hours"], mean),
        _(
            "Mean of approved minus submitted, of the requisitions approved within the last 30"
            " days. Who submits again after a return starts the clock anew."
        ),
        asked.by_day(asked.approvals.means, figures.hours),
        links.to_list(
            asked.user,
            "requisitions.requisition",
            _("Requisitions in approval"),
            status__exact="pending_approval",
        ),
    )


def efficiency(asked: Asked) -> Tile:
    """Process efficiency score."""
    found = business.efficiency(asked.now, asked.days)
    note = ""
    if found.mean_hours is not None:
        mean = figures.hours(found.mean_hours)
        note = _("To a purchase order on average: %(hours)s.") % {"hours": mean}
    return Tile(
        "efficiency",
        _("Process efficiency score"),
        None if found.share is None else figures.percent(found.share),
        state_of(limits().tiles["efficiency"], found.share),
        _(
            "Share of the requisitions submitted within the last 30 days that had a purchase order"
            " within 24 hours. Left out: rejected, cancelled and withdrawn ones, and those whose"
            " 24 hours are not over. The line goes by the day of submission."
        ),
        asked.by_day(found.shares, figures.percent),
        links.to_list(
            asked.user,
            "requisitions.requisition",
            _("Approved, not ordered"),
            status__exact="approved",
            order_status__exact="none",
        ),
        note,
        share=found.share,
    )
