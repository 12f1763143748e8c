"""The alert that cannot be stored: the database is gone, and with it the outbox.

A monitor that runs as a loop remembers from its last good round whom to call, in memory only. One
that a timer starts remembers nobody, so the environment names rooms and people besides. They are
called once when the database is gone, then every quarter of an hour; a file keeps when, as each
round of a timer is a process of its own.
"""

from __future__ import annotations

import datetime as dt
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

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
TOLD = "told-without-database"  # beside the counters, where every monitor may write

type Room = tuple[str, str, str]  # kind, address, key

logger = logging.getLogger(__name__)


@dataclass
class Memory:
    """Whom to call, and since when there is something to call about."""

    channels: list[Room] = field(default_factory=list, repr=False)
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
        self._keep(None)

    def rooms(self) -> list[Room]:
        """Those remembered and those of the environment, each once."""
        given = [(one.kind, one.url, one.secret) for one in settings.OPERATING.alert_webhooks]
        known = {url for _kind, url, _secret in self.channels}
        return [*self.channels, *(room for room in given if room[1] not in known)]

    def people(self) -> list[str]:
        """Mail addresses, each once."""
        everybody = [self.mail, *settings.OPERATING.alert_mail]
        return list(dict.fromkeys(one for one in everybody if one))

    def has_anybody(self) -> bool:
        """Whether somebody is there to be told at all."""
        return bool(self.rooms() or self.people())

    def was_told(self, now: dt.datetime) -> bool:
        """Whether they heard of it a moment ago, from this process or another one."""
        told_at = self.told_at or _written()
        return told_at is not None and dt.timedelta() <= now - told_at < AGAIN

    def call(self, now: dt.datetime) -> int:
        """Call everybody, unless that was done a moment ago; gives how many heard it."""
        if self.was_told(now):
            return 0
        with translation.override(settings.LANGUAGE_CODE):
            title = str(ALERTS[ALERT])
            words = _("%(title)s, says the monitor at %(time)s UTC. Nothing can be stored.") % {
                "title": title,
                "time": now.astimezone(dt.UTC).strftime("%H:%M"),
            }
        heard = sum(self._post(*room, words, now) for room in self.rooms())
        heard += sum(_mail(address, title, words) for address in self.people())
        self._keep(now if heard else None)
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

    def _keep(self, moment: dt.datetime | None) -> None:
        """Write down when they were told; who cannot write calls more often than needed."""
        self.told_at = moment
        with suppress(OSError):
            if moment is None:
                _path().unlink(missing_ok=True)
            else:
                _path().parent.mkdir(parents=True, exist_ok=True)
                _path().write_text(moment.isoformat(), encoding="ascii")


def _path() -> Path:
    return Path(settings.OPERATING.metrics_dir) / TOLD


def _written() -> dt.datetime | None:
    """When another process told them; what cannot be read was never written."""
    try:
        return dt.datetime.fromisoformat(_path().read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _mail(address: str, title: str, words: str) -> bool:
    try:
        EmailMessage(title, words, to=[address]).send()
    except OSError as error:  # smtplib's errors are among them
        logger.warning("The database is gone and mail cannot go out: %s", type(error).__name__)
        return False
    return True
