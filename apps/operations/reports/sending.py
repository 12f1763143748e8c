"""Sending a digest: once per period, to those who get it, each in their own language and time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation

from apps.accounts.models import User
from apps.common import outbox
from apps.operations.models import DigestRun
from apps.operations.reports import digest, periods
from apps.operations.reports.facts import Facts, gather

RIGHT = "receive_digest"


@dataclass(frozen=True)
class Sent:
    """What came of sending: to how many (nobody: it stays unsent), or that it went out before."""

    recipients: int
    is_repeat: bool


def recipients() -> QuerySet[User]:
    """Active people with the right, by a role or by themselves. Superusers only if they have it."""
    of_app = Q(groups__permissions__content_type__app_label="operations")
    by_role = Q(groups__permissions__codename=RIGHT) & of_app
    by_self = Q(
        user_permissions__codename=RIGHT, user_permissions__content_type__app_label="operations"
    )
    people = User.objects.filter(by_role | by_self, is_active=True).exclude(email="")
    found: QuerySet[User] = people.distinct().order_by("username")
    return found


def facts_of(period: str, now: dt.datetime) -> Facts:
    """What the digest of this moment says; days are those of the site."""
    with timezone.override(ZoneInfo(settings.USER_TIME_ZONE)):
        return gather(periods.look(period, now), now)


def send(period: str, now: dt.datetime) -> Sent:
    """Put one mail per person into the outbox; a second call for the same days does nothing.

    The row that says so and the mails are stored together: both are there, or neither.
    """
    first = periods.look(period, now).first
    if DigestRun.objects.filter(period=period, begins_on=first).exists():
        return Sent(0, is_repeat=True)
    people = list(recipients())
    if not people:
        return Sent(0, is_repeat=False)
    facts = facts_of(period, now)
    try:
        with transaction.atomic():
            DigestRun.objects.create(
                period=period, begins_on=first, sent_at=now, recipients=len(people)
            )
            outbox.put_mail([(person, *mail_for(person, facts)) for person in people])
    except IntegrityError:  # another one was faster
        return Sent(0, is_repeat=True)
    return Sent(len(people), is_repeat=False)


def mail_for(person: User, facts: Facts) -> tuple[str, str]:
    """Subject and text for one person."""
    with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
        return digest.subject(facts), digest.text(facts)
