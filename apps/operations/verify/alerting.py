"""Do alerts and incidents say something that can be? Asked of the tables of the monitor.

What the models' own rules say (known states, one open incident per alert, an end for what is
resolved) is asked of them once more: a database that was repaired by hand may have lost them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from apps.common.integrity import Place, place
from apps.operations.alerting import incidents
from apps.operations.alerting.rules import rules
from apps.operations.models import AlertState, Incident, IncidentEvent
from apps.operations.verify.states import reachable
from apps.support.models import SupportLevel

Phase, Status = AlertState.Phase, Incident.Status
OPEN = Q(status__in=incidents.OPEN)
# Which state a line of the timeline left the incident in; other lines leave it where it was.
LEFT_IN = {
    "opened": Status.OPEN,
    "reopened": Status.OPEN,
    "acknowledged": Status.ACKNOWLEDGED,
    "resolved": Status.RESOLVED,
    "cleared": Status.RESOLVED,
}
ALERTS: tuple[tuple[Q, StrOrPromise], ...] = (
    (Q(since__gt=F("evaluated_at")), gettext_lazy("it began after it was looked at last")),
    (
        ~Q(phase=Phase.FIRING) & Q(fine_since__isnull=False),
        gettext_lazy("it does not fire and says since when it is fine again"),
    ),
)
INCIDENTS: tuple[tuple[Q, StrOrPromise], ...] = (
    (
        Q(status=Status.RESOLVED, resolved_at=None),
        gettext_lazy("it is resolved and does not say since when"),
    ),
    (OPEN & Q(resolved_at__isnull=False), gettext_lazy("it is not resolved and has an end")),
    (
        Q(status=Status.ACKNOWLEDGED) & (Q(acknowledged_by=None) | Q(acknowledged_at=None)),
        gettext_lazy("it is acknowledged by nobody or at no time"),
    ),
    (
        Q(status=Status.OPEN)
        & (Q(acknowledged_by__isnull=False) | Q(acknowledged_at__isnull=False)),
        gettext_lazy("it is open and in somebody's hands"),
    ),
    (
        ~Q(status=Status.OPEN) & Q(level_due_at__isnull=False),
        gettext_lazy("nobody waits for an answer any more, and it still climbs"),
    ),
    (Q(level=0) | Q(occurrences=0), gettext_lazy("its level and its number of times begin at 1")),
)


def alerts() -> Iterator[Place]:
    """Every alert is one of the rules, in a state there is, with times that follow each other."""
    rows = AlertState._base_manager.order_by("pk")
    for pk, phase in rows.exclude(phase__in=Phase.values).values_list("pk", "phase"):
        yield place(AlertState, pk, _("an alert cannot be %(name)r") % {"name": phase})
    for pk, name in rows.exclude(alert__in=rules().alerts).values_list("pk", "alert"):
        yield place(AlertState, pk, _("no rule makes the alert %(name)r") % {"name": name})
    for condition, what in ALERTS:
        for pk in rows.filter(condition).values_list("pk", flat=True):
            yield place(AlertState, pk, what)


def of_incidents() -> Iterator[Place]:
    """Every incident is in a state its moves lead to, and says what that state needs."""
    rows = Incident._base_manager.order_by("pk")
    strange = rows.exclude(status__in=reachable(Incident, incidents.TABLE))
    for pk, status in strange.values_list("pk", "status"):
        yield place(Incident, pk, _("no move leads to the state %(name)r") % {"name": status})
    for condition, what in INCIDENTS:
        for pk in rows.filter(condition).values_list("pk", flat=True):
            yield place(Incident, pk, what)
    yield from _doubles(rows)
    yield from _beyond_the_rota(rows)
    yield from _untold(rows)


def _doubles(rows: Any) -> Iterator[Place]:
    """An alert has one open incident at a time: the first of them is the right one."""
    groups = rows.filter(OPEN).order_by().values("alert").annotate(count=Count("pk"))
    for alert in groups.filter(count__gt=1).values_list("alert", flat=True):
        first, *others = rows.filter(OPEN, alert=alert).values_list("pk", "number")
        for pk, _number in others:
            what = _("the alert has an open incident already: %(number)s")
            yield place(Incident, pk, what % {"number": first[1]})


def _beyond_the_rota(rows: Any) -> Iterator[Place]:
    """What is still open stands on a level there is; a shorter rota leaves closed ones alone."""
    top = SupportLevel.objects.aggregate(top=Max("number"))["top"] or 1
    climbing = [tier.name for tier in rules().tiers.values() if tier.climbs]
    too_high = Q(level__gt=top) | Q(level__gt=2) & ~Q(tier__in=climbing)
    for pk, level in rows.filter(OPEN & too_high).values_list("pk", "level"):
        yield place(Incident, pk, _("nobody is on its level %(level)d") % {"level": level})


def _untold(rows: Any) -> Iterator[Place]:
    """The timeline begins with how it was opened and ends with the move that left it as it is."""
    told = IncidentEvent._base_manager.filter(incident=OuterRef("pk"), what__in=LEFT_IN)
    last = Subquery(told.order_by("-pk").values("what")[:1])
    for pk, status, what in rows.annotate(told=last).values_list("pk", "status", "told"):
        if what is None:
            yield place(Incident, pk, _("its timeline does not say how it was opened"))
        elif LEFT_IN[what] != status:
            said = _("it is %(found)s, and its timeline left it %(expected)s")
            yield place(Incident, pk, said % {"found": status, "expected": LEFT_IN[what].value})
