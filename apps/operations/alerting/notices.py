"""Who hears of an incident: the person of its level by mail, and the channels of its tier.

Messages are rows of the outbox with primary keys only; words, addresses and keys are looked up when
they are sent, so no secret lies in the queue.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.common import outbox
from apps.operations.alerting import shapes, webhooks
from apps.operations.alerting.rules import rules
from apps.operations.alerting.titles import ALERTS
from apps.operations.models import AlertChannel, Incident, Tier
from apps.support.models import SupportContact
from apps.support.services import oncall

MAIL, OUTSIDE, CHANNEL = "operations.incident", "operations.outside_mail", "operations.channel"
OPENED, ESCALATED, REOPENED, RESOLVED = "opened", "escalated", "reopened", "resolved"
URGENCY = [Tier.INFO, Tier.WARNING, Tier.CRITICAL]


def tell(incident: Incident, event: str, now: dt.datetime) -> bool:
    """Tell those concerned, after the commit. Whether the level's person has an address.

    What only informs is told to channels that want it; people read it in their digest, and are
    called when nobody answered in time.
    """
    about = {"event": event, "incident": incident.pk, "level": incident.level}
    rank = URGENCY.index(Tier(incident.tier))
    wanted = [tier.value for tier in URGENCY[: rank + 1]]
    channels = AlertChannel.objects.filter(is_active=True, least_tier__in=wanted)
    outbox.put_all(CHANNEL, [{**about, "channel": channel.pk} for channel in channels])
    if event == RESOLVED or (incident.tier == Tier.INFO and event != ESCALATED):
        return True
    level = next((one for one in oncall.levels() if one.number == incident.level), None)
    person = None if level is None else oncall.person_of(level, now)
    if person is None or not person.mail:
        return False
    outbox.put(MAIL, {**about, "contact": person.pk})
    return True


def deliver_mail(payload: outbox.Payload) -> None:
    """Turn one notice into one mail, unless somebody answered before it went out."""
    incident = Incident.objects.get(pk=payload["incident"])
    if incident.status != Incident.Status.OPEN:
        return
    contact = SupportContact.objects.select_related("user").get(pk=payload["contact"])
    user = contact.user
    if user is not None and contact.mail == user.email:
        with translation.override(user.language), timezone.override(ZoneInfo(user.time_zone)):
            outbox.put_mail([(user, subject(payload, incident), text(payload, incident))])
        return
    with translation.override(settings.LANGUAGE_CODE):
        mail = {"subject": subject(payload, incident), "text": text(payload, incident)}
    outbox.put(OUTSIDE, {**mail, "address": contact.mail})


def deliver_outside(payload: outbox.Payload) -> None:
    """One mail to one address."""
    EmailMessage(payload["subject"], payload["text"], to=[payload["address"]]).send()


def deliver_channel(payload: outbox.Payload) -> None:
    """One message to one channel; what goes wrong is raised, and the outbox tries again."""
    incident = Incident.objects.get(pk=payload["incident"])
    channel = AlertChannel.objects.filter(pk=payload["channel"], is_active=True).first()
    if channel is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        words = f"{subject(payload, incident)}\n{text(payload, incident)}"
    message = shapes.message(
        channel.kind,
        str(channel.url),
        str(channel.secret),
        shapes.News(words, incident.number, incident.tier, payload["event"], _phone(payload)),
        now=timezone.now(),
    )
    answer = webhooks.post(message.url, message.body)
    shapes.check(channel.kind, answer)


def subject(payload: outbox.Payload, incident: Incident) -> str:
    """The first line."""
    subjects = {
        OPENED: _("Alert: %(title)s (%(number)s)"),
        ESCALATED: _("Nobody has answered, now with you: %(title)s (%(number)s)"),
        REOPENED: _("Fired again: %(title)s (%(number)s)"),
        RESOLVED: _("Fine again: %(title)s (%(number)s)"),
    }
    title = ALERTS.get(incident.alert, incident.alert)
    return subjects[payload["event"]] % {"title": title, "number": incident.number}


def text(payload: outbox.Payload, incident: Incident) -> str:
    """The rest: tier, figure, time, and where to read what to do."""
    rule = rules().alerts.get(incident.alert)
    value = "–" if incident.value is None else f"{incident.value:.4g}"
    lines = [
        incident.get_tier_display(),
        _("Measured: %(value)s, limit: %(limit)s") % {"value": value, "limit": incident.limit},
    ]
    if payload["event"] != RESOLVED:
        when = date_format(timezone.localtime(incident.response_due_at), "DATETIME_FORMAT")
        lines.append(_("Answer until: %(due)s") % {"due": when})
        lines.append(_("Level reached: %(level)s") % {"level": payload["level"]})
    if rule is not None:
        runbook = _address(reverse("support:runbook", args=[rule.runbook]))
        lines.append(_("What to do: %(address)s") % {"address": runbook})
    lines.append(_address(reverse("admin:operations_incident_change", args=[incident.pk])))
    return "\n".join(lines)


def _address(path: str) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def _phone(payload: outbox.Payload) -> str:
    """The number a phone gateway has to call: that of whoever answers for the level now."""
    level = next((one for one in oncall.levels() if one.number == payload["level"]), None)
    person = None if level is None else oncall.person_of(level, timezone.now())
    return "" if person is None else person.telephone
