"""What people are told about issues: by mail, in their own language, after the commit.

A notice is one row of the outbox with primary keys; what it says is worked out when it is sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.common import outbox
from apps.support.models import SupportContact, SupportIssue
from apps.support.services import oncall
from apps.support.states import Status

TOPIC, OUTSIDE = "support.notice", "support.outside_mail"
REPORTED, ESCALATED, LATE, REOPENED = "reported", "escalated", "late", "reopened"
ANSWERED, ASSIGNED, RESOLVED = "answered", "assigned", "resolved"
_TO_HELPERS = frozenset({REPORTED, ESCALATED, REOPENED})


def put(event: str, issue: SupportIssue, contacts: Iterable[SupportContact]) -> None:
    """Tell contacts of the help desk."""
    about = {"event": event, "issue": issue.pk, "level": issue.level}
    outbox.put_all(TOPIC, [{**about, "contact": contact.pk} for contact in contacts])


def put_to(event: str, issue: SupportIssue, person: User | None, *, but: Any = None) -> None:
    """Tell one colleague, unless it is their own doing."""
    if person is not None and person != but:
        outbox.put(TOPIC, {"event": event, "issue": issue.pk, "user": person.pk})


def helpers_of(issue: SupportIssue, at: dt.datetime) -> list[SupportContact]:
    """The primary contact of an issue, as people."""
    return oncall.people_of(issue.issue_type.primary_contact, at)


def deliver(payload: outbox.Payload) -> None:
    """Turn one notice into one mail; who is outside the company gets theirs by address."""
    issue = SupportIssue.objects.select_related("issue_type", "reporter").get(pk=payload["issue"])
    if payload["event"] in _TO_HELPERS and issue.status != Status.NEW:
        return  # answered before the mail went out: nobody has to do anything
    if "user" in payload:
        _to_user(User.objects.get(pk=payload["user"]), payload, issue)
        return
    contact = SupportContact.objects.select_related("user").get(pk=payload["contact"])
    if contact.user is not None and contact.mail == contact.user.email:
        _to_user(contact.user, payload, issue)
    elif contact.mail:
        with translation.override(settings.LANGUAGE_CODE):
            subject, text = _words(payload, issue)
        mail = {"address": contact.mail, "subject": " ".join(subject.split()), "text": text}
        outbox.put(OUTSIDE, mail)


def deliver_outside(payload: outbox.Payload) -> None:
    """One mail to one address of a contact."""
    EmailMessage(payload["subject"], payload["text"], to=[payload["address"]]).send()


def _to_user(user: User, payload: outbox.Payload, issue: SupportIssue) -> None:
    with translation.override(user.language), timezone.override(ZoneInfo(user.time_zone)):
        subject, text = _words(payload, issue)
    outbox.put_mail([(user, subject, text)])


def _words(payload: outbox.Payload, issue: SupportIssue) -> tuple[str, str]:
    subjects = {
        REPORTED: _("Support needed: %(issue)s"),
        ESCALATED: _("Nobody has answered, now with you: %(issue)s"),
        LATE: _("Not solved in time: %(issue)s"),
        REOPENED: _("Opened again: %(issue)s"),
        ANSWERED: _("Somebody looks after it: %(issue)s"),
        ASSIGNED: _("In your hands: %(issue)s"),
        RESOLVED: _("Solved: %(issue)s"),
    }
    event = payload["event"]
    due = issue.response_due_at if event in _TO_HELPERS else issue.resolution_due_at
    when = date_format(timezone.localtime(due), "DATETIME_FORMAT")
    lines = [
        f"{issue.issue_type} · {issue.get_severity_display()}",
        _("Reported by %(person)s.") % {"person": issue.reporter},
        _("Level reached: %(level)s") % {"level": payload["level"]} if event == ESCALATED else "",
        _("Answer until: %(due)s") % {"due": when} if event in _TO_HELPERS else "",
        _("Was to be solved until: %(due)s") % {"due": when} if event == LATE else "",
        issue.reason if event in {RESOLVED, REOPENED} else issue.description,
        f"{settings.BASE_URL.rstrip('/')}{reverse('support:issue', args=[issue.pk])}",
    ]
    subject = subjects[event] % {"issue": issue}
    return subject, "\n\n".join(line for line in lines if line)
