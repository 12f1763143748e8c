"""Makers for the help desk."""

from __future__ import annotations

import datetime as dt
from typing import Any

from apps.support import services
from apps.support.models import IssueType, Rota, RotaWeek, SupportContact, SupportIssue

NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


def contact(code: str, user: Any = None, **more: Any) -> SupportContact:
    more.setdefault("name_en", code.capitalize())
    return SupportContact.objects.create(code=code, user=user, **more)


def make_rota(
    zone: str, *, at: dt.time = dt.time(9), starts_on: dt.date = dt.date(2026, 1, 5)
) -> Rota:
    """Four weeks of two people each."""
    Rota.objects.all().delete()
    rota = Rota.objects.create(name_en=zone, time_zone=zone, starts_on=starts_on, handover_at=at)
    for week in range(1, 5):
        RotaWeek.objects.create(
            rota=rota,
            week=week,
            primary=SupportContact.objects.get_or_create(code=f"a{week}", name_en=f"A{week}")[0],
            secondary=SupportContact.objects.get_or_create(code=f"b{week}", name_en=f"B{week}")[0],
        )
    return rota


def report(reporter: Any, kind: str = "outage", **more: Any) -> SupportIssue:
    data = {
        "issue_type": IssueType.objects.get(code=kind),
        "severity": "normal",
        "title": "It does not work",
        "description": "I pressed Save and nothing happened.",
        **more,
    }
    return services.report_issue(by=reporter, data=data)
