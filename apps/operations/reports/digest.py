"""A digest as text, in the language and the time zone that are active."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from apps.operations.alerting.evaluating import State
from apps.operations.alerting.rules import rules
from apps.operations.alerting.titles import ALERTS
from apps.operations.dashboards import figures
from apps.operations.dashboards.limits import limits
from apps.operations.models import DigestRun
from apps.operations.reports.facts import Backups, Facts, People, Work
from apps.operations.reports.performance import Compared

STATES = {
    State.GOOD: lambda: _("healthy"),
    State.OFF_TARGET: lambda: _("healthy, with remarks"),
    State.WARNING: lambda: _("degraded"),
    State.CRITICAL: lambda: _("disrupted"),
    State.UNKNOWN: lambda: _("not known: the monitor has not looked lately"),
}


def subject(facts: Facts) -> str:
    """The first line of the mail."""
    look = facts.look
    if look.period == DigestRun.Period.DAILY:
        return _("Daily digest of %(day)s") % {"day": _day(look.first)}
    return _("Weekly digest, %(first)s to %(last)s") % {
        "first": _day(look.first),
        "last": _day(look.last),
    }


def text(facts: Facts) -> str:
    """The whole of it: what asks for somebody first, figures after it."""
    head = [_("Status: %(state)s.") % {"state": STATES[facts.health.state]()}]
    if facts.launched_days_ago is not None:
        day = {"day": facts.launched_days_ago}
        head.append(_("This is day %(day)d after the launch.") % day)
    sections = (
        (_("Open incidents"), _incidents(facts)),
        (_("Remarks that can wait a day"), _alerts(facts)),
        (_("Performance against the week before"), (_trend(one) for one in facts.trends)),
        (_("Work"), _work(facts.work)),
        (_("People"), _people(facts.people)),
        (_("Backups"), _backups(facts.backups)),
        (_("Coming up"), _meetings(facts)),
    )
    parts = [" ".join(head)]
    for title, lines in sections:
        parts.append("\n".join([title, *(f"- {line}" for line in lines)]))
    parts.append(_address(reverse("operations:dashboard_technical")))
    return "\n\n".join(parts) + "\n"


def _incidents(facts: Facts) -> Iterator[str]:
    for one in facts.incidents:
        yield _("%(number)s %(title)s (%(tier)s, %(status)s, since %(since)s)") % {
            "number": one.number,
            "title": ALERTS.get(one.alert, one.alert),
            "tier": one.get_tier_display(),
            "status": one.get_status_display(),
            "since": _moment(one.opened_at),
        }
    yield _("Opened: %(opened)d, resolved: %(resolved)d, open now: %(open)d.") % {
        "opened": facts.opened,
        "resolved": facts.resolved,
        "open": len(facts.incidents),
    }


def _alerts(facts: Facts) -> Iterator[str]:
    if not facts.alerts:
        yield _("None.")
    for one in facts.alerts:
        value = "–" if one.value is None else f"{one.value:.4g}"
        yield _("%(title)s: %(value)s, limit %(limit)s, since %(since)s. What to do: %(url)s") % {
            "title": ALERTS.get(one.alert, one.alert),
            "value": value,
            "limit": one.limit,
            "since": _moment(one.since),
            "url": _address(reverse("support:runbook", args=[rules().alerts[one.alert].runbook])),
        }


def _trend(one: Compared) -> str:
    nothing = _("no data yet")
    words = {
        "name": one.kind.label,
        "now": nothing if one.now is None else one.kind.shown(one.now),
        "before": nothing if one.before is None else one.kind.shown(one.before),
    }
    line = _("%(name)s: %(now)s (before: %(before)s)") % words
    verdict = _("worse")
    return f"{line} – {verdict}" if one.is_worse else line


def _work(work: Work) -> Iterator[str]:
    yield _("Requisitions made: %(created)s, approved: %(approved)s; orders made: %(orders)s.") % {
        "created": figures.whole(work.created),
        "approved": figures.whole(work.approved),
        "orders": figures.whole(work.ordered),
    }
    usual = work.volume.baseline
    if usual is None:
        days = limits().baseline_days
        day = {"day": min(work.volume.age + 1, days), "days": days}
        yield _("Baseline not yet: day %(day)d of %(days)d.") % day
    else:
        usual_a_day = {"number": figures.decimal(usual)}
        yield _("Usual: %(number)s requisitions and orders a day.") % usual_a_day
    share, mean = work.efficiency.share, work.efficiency.mean_hours
    yield _("Requisitions with an order within 24 hours (30 days): %(share)s.") % {
        "share": _("no data yet") if share is None else figures.percent(share)
    }
    yield _("From requisition to order on average (30 days): %(hours)s.") % {
        "hours": _("no data yet") if mean is None else figures.hours(mean)
    }


def _people(people: People) -> Iterator[str]:
    if people.trained:
        yield _("Trained people who logged in: %(active)d of %(trained)d (%(share)s).") % {
            "active": people.active,
            "trained": people.trained,
            "share": figures.percent(people.active / people.trained),
        }
    else:
        yield _("Nobody has a valid training yet.")
    yield _("Log-ins a day: %(logins)s; failed: %(failed)s (before: %(before)s).") % {
        "logins": _known(people.logins),
        "failed": _known(people.failed),
        "before": _known(people.failed_before),
    }
    yield _("Entries refused by validation a day: %(now)s (before: %(before)s).") % {
        "now": _known(people.rejected),
        "before": _known(people.rejected_before),
    }
    if people.stumble:
        yield _("More users err than before: look at the training material.")
    issues = {"new": people.issues_new, "open": people.issues_open}
    yield _("Support issues: %(new)d new, %(open)d open.") % issues
    if people.rating is not None:
        said = ngettext("%(count)d remark", "%(count)d remarks", people.feedback)
        yield _("Feedback: %(remarks)s, rating %(rating)s of 5.") % {
            "remarks": said % {"count": people.feedback},
            "rating": figures.decimal(people.rating),
        }


def _backups(backups: Backups) -> Iterator[str]:
    if backups.age is None:
        yield _("There is no backup that was restored and compared.")
    else:
        age = {"hours": figures.hours(backups.age)}
        yield _("The newest proved backup is %(hours)s old.") % age
    yield _("Backups made: %(complete)d, failed: %(failed)d.") % {
        "complete": backups.complete,
        "failed": backups.failed,
    }
    if backups.drill is None:
        yield _("No recovery has been rehearsed yet.")
    else:
        drill = backups.drill
        verdict = (
            pgettext("a drill", "passed") if drill.has_passed else pgettext("a drill", "failed")
        )
        yield _("Last rehearsal: %(day)s, %(verdict)s.") % {
            "day": _day(timezone.localdate(drill.started_at)),
            "verdict": verdict,
        }


def _meetings(facts: Facts) -> Iterator[str]:
    if not facts.meetings:
        yield _("Nothing.")
    for one in facts.meetings:
        words = {
            "when": _moment(one.starts_at),
            "kind": one.get_kind_display(),
            "name": one.name,
            "place": one.place or "–",
        }
        yield _("%(when)s %(kind)s: %(name)s (%(place)s)") % words


def _known(value: float | None) -> str:
    return _("no data yet") if value is None else figures.decimal(value)


def _day(date: dt.date) -> str:
    return date_format(date, "SHORT_DATE_FORMAT")


def _moment(moment: dt.datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def _address(path: str) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{path}"
