"""Who is called now. This module is what the operations app uses of support; nothing else.

    who_is_on_call(at) -> OnCall(primary, secondary, until) or None where no rota was set up
    levels()           -> the support levels, from the first to the last
    person_of(level, at) -> the contact who answers for a level at that moment
    people_of(contact, at) -> the same contact, or the two on call where it stands for the rota

Week k of a rota begins on `starts_on` + 7·k days at the wall-clock hour of its time zone. Where the
clocks go back and the hour comes twice, the first one counts; where they go forward and the hour
is missing, the handover is as long after midnight as ever (02:30 is then 03:30), as calendars have
it (RFC 5545, 3.3.5). One week ends where the next begins, so there is neither gap nor overlap.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from apps.support.models import Rota, RotaOverride, RotaWeek, SupportContact, SupportLevel

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class OnCall:
    """Who is called first and second, and until when that holds."""

    primary: SupportContact
    secondary: SupportContact | None
    until: dt.datetime


def who_is_on_call(at: dt.datetime) -> OnCall | None:
    """The people on call at a moment, with the overrides; None where no rota is in force."""
    rota = Rota.objects.filter(is_active=True).first()
    if rota is None:
        return None
    weeks = list(_people(RotaWeek.objects.filter(rota=rota)).order_by("week"))
    if not weeks:
        return None
    number = week_of(rota, at)
    week = weeks[number % len(weeks)]
    until = handover(rota, number + 1)
    coming = RotaOverride.objects.filter(rota=rota, ends_at__gt=at).order_by("starts_at")
    override = _people(coming).first()
    if override is None or override.starts_at >= until:
        return OnCall(week.primary, week.secondary, until)
    if override.starts_at > at:
        return OnCall(week.primary, week.secondary, override.starts_at)
    return _overridden(week, override, until)


def handover(rota: Rota, number: int) -> dt.datetime:
    """The moment week `number` of a rota begins, counted from 0, in UTC."""
    day = rota.starts_on + number * WEEK
    local = dt.datetime.combine(day, rota.handover_at, ZoneInfo(rota.time_zone))
    return local.astimezone(dt.UTC)


def week_of(rota: Rota, at: dt.datetime) -> int:
    """The number of the week a moment lies in, counted from 0; before the first it is negative."""
    local = at.astimezone(ZoneInfo(rota.time_zone)).date()
    number = (local - rota.starts_on).days // 7
    # The date alone errs on the day of the handover: before its hour the old week still runs.
    return number if at >= handover(rota, number) else number - 1


def levels() -> list[SupportLevel]:
    """All levels with their contacts, from the first to the last."""
    return list(SupportLevel.objects.select_related("contact__user").order_by("number"))


def person_of(level: SupportLevel, at: dt.datetime) -> SupportContact | None:
    """Who answers for a level at a moment: its contact, or whoever is on call first."""
    contact = level.contact
    if contact is not None and contact.is_active and not contact.follows_rota:
        return contact
    on_call = who_is_on_call(at)
    return on_call.primary if on_call else None


def people_of(contact: SupportContact, at: dt.datetime) -> list[SupportContact]:
    """A contact as somebody to tell; the one that stands for the rota as the two on call."""
    if not contact.is_active:
        return []
    if not contact.follows_rota:
        return [contact]
    on_call = who_is_on_call(at)
    if on_call is None:
        return []
    return [one for one in (on_call.primary, on_call.secondary) if one is not None]


def _overridden(week: RotaWeek, override: RotaOverride, until: dt.datetime) -> OnCall:
    """During an override; who stays second on call is handed over with the week."""
    if override.secondary is not None:
        return OnCall(override.primary, override.secondary, override.ends_at)
    second = week.secondary if week.secondary != override.primary else week.primary
    return OnCall(override.primary, second, min(override.ends_at, until))


def _people(rows: Any) -> Any:
    return rows.select_related("primary__user", "secondary__user")
