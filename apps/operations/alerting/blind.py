"""The alert that cannot be stored: the database is gone, and with it the outbox.

A monitor that runs as a loop remembers from its last good round whom to call, in memory only, and
calls them itself: once when the database is gone, then every quarter of an hour.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass, field

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from apps.operations.alerting import shapes, webhooks
from apps.operations.alerting.titles import ALERTS
from apps.operations.models import AlertChannel
from apps.support.services import oncall

ALERT = "database_failures"
AGAIN = dt.timedelta(minutes=15)

logger = logging.getLogger(__name__)


@dataclass
class Memory:
    """Whom to call, and since when there is something to call about."""

    channels: list[tuple[str, str, str]] = field(default_factory=list, repr=False)
    mail: str = ""
    phone: str = ""
    told_at: dt.datetime | None = None

    def learn(self, now: dt.datetime) -> None:
        """Remember everybody while they can be read."""
        rows = AlertChannel.objects.filter(is_active=True)
        self.channels = [(row.kind, str(row.url), str(row.secret)) for row in rows]
        first = next(iter(oncall.levels()), None)
        person = None if first is None else oncall.person_of(first, now)
        self.mail = "" if person is None else person.mail
        self.phone = "" if person is None else person.telephone
        self.told_at = None

    def call(self, now: dt.datetime) -> int:
        """Call everybody, unless that was done a moment ago; gives how many heard it."""
        if self.told_at is not None and dt.timedelta() <= now - self.told_at < AGAIN:
            return 0
        with translation.override(settings.LANGUAGE_CODE):
            title = str(ALERTS[ALERT])
            words = _("%(title)s, says the monitor at %(time)s UTC. Nothing can be stored.") % {
                "title": title,
                "time": now.astimezone(dt.UTC).strftime("%H:%M"),
            }
        heard = sum(self._post(*channel, words, now) for channel in self.channels)
        heard += self._mail(title, words)
        self.told_at = now if heard else None
        return heard

    def _post(self, kind: str, url: str, secret: str, words: str, now: dt.datetime) -> bool:
        news = shapes.News(words, "-", "critical", "opened", self.phone)
        try:
            message = shapes.message(kind, url, secret, news, now=now)
            shapes.check(kind, webhooks.post(message.url, message.body))
        except webhooks.WebhookError as error:
            logger.warning("The database is gone and a channel cannot be told: %s", error)
            return False
        return True

    def _mail(self, title: str, words: str) -> bool:
        if not self.mail:
            return False
        try:
            EmailMessage(title, words, to=[self.mail]).send()
        except OSError as error:  # smtplib's errors are among them
            logger.warning("The database is gone and mail cannot go out: %s", type(error).__name__)
            return False
        return True
