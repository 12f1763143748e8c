"""Messages that leave the house: stored with the change that causes them, sent after its commit.

A crash in between loses nothing: the row is there, and the next run sends it. Sending is repeated
with growing pauses, so a message may arrive twice but never not at all. Apps register a handler for
each topic; `mail` is our own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.common.models import OutboxMessage

Payload = Mapping[str, Any]
Handler = Callable[[Payload], None]
Status = OutboxMessage.Status

MAIL = "mail"
ATTEMPTS = 8
MOMENT = dt.timedelta(seconds=2)
LEASE = dt.timedelta(minutes=5)
FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=6)


@dataclass(frozen=True)
class Topic:
    """What to do with messages of a topic; `atomic` when it only writes to our own database."""

    handler: Handler
    atomic: bool


@dataclass
class Sent:
    """What one run did."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0


_topics: dict[str, Topic] = {}


def register(topic: str, handler: Handler, *, atomic: bool = False) -> None:
    """Name who delivers the messages of a topic."""
    _topics[topic] = Topic(handler, atomic)


def put(topic: str, payload: Payload) -> OutboxMessage:
    """Store one message inside the caller's transaction, to be sent after its commit."""
    return put_all(topic, [payload])[0]


def put_all(topic: str, payloads: Iterable[Payload]) -> list[OutboxMessage]:
    """Store several messages of a topic with one insert."""
    now = timezone.now()
    rows = [OutboxMessage(topic=topic, payload=dict(p), available_at=now) for p in payloads]
    if rows:
        rows = OutboxMessage.objects.bulk_create(rows)
        _wake_once()
    return rows


def put_mail(mails: Iterable[tuple[Any, str, str]]) -> None:
    """Store mails, each as recipient, subject and text; addresses are looked up when sending."""
    put_all(
        MAIL,
        [
            {"user": user.pk, "subject": " ".join(subject.split()), "text": text}
            for user, subject, text in mails
        ],
    )


def send_due(*, now: dt.datetime | None = None, limit: int = 200) -> Sent:
    """Send what is due, each message by itself; one that cannot be sent holds up no other."""
    now = now or timezone.now()
    due = OutboxMessage.objects.filter(status=Status.PENDING, available_at__lte=now)
    result = Sent()
    for message in due.order_by("available_at", "pk")[:limit]:
        if _claim(message, now):
            _send(message, now, result)
    return result


def due_count(*, now: dt.datetime | None = None) -> int:
    """How many messages wait to be sent now."""
    now = now or timezone.now()
    return OutboxMessage.objects.filter(status=Status.PENDING, available_at__lte=now).count()


def _wake_once() -> None:
    """Wake the workers after the commit, once however many messages a transaction stores."""
    waiting = transaction.get_connection().run_on_commit
    if all(hook[1] is not _wake for hook in waiting):
        transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    """Tell the workers; when that fails the next run of the command finds the message anyway.

    One call serves all messages of the next moment: it comes at the end of it, and whoever stores
    a message meanwhile need not call again.
    """
    from apps.common.tasks import send_outbox

    if not send_outbox.get_backend().supports_defer:
        send_outbox.enqueue()
    elif cache.add("outbox.woken", 1, MOMENT.total_seconds()):
        send_outbox.using(run_after=timezone.now() + MOMENT).enqueue()


def _claim(message: OutboxMessage, now: dt.datetime) -> bool:
    """Take a message for a few minutes, unless another worker was faster."""
    mine = OutboxMessage.objects.filter(
        pk=message.pk, status=Status.PENDING, available_at=message.available_at
    ).update(available_at=now + LEASE, attempts=F("attempts") + 1)
    message.attempts += mine
    return bool(mine)


def _send(message: OutboxMessage, now: dt.datetime, result: Sent) -> None:
    try:
        _deliver(message, now)
    except Exception as error:  # noqa: BLE001  # whatever goes wrong is kept and tried again
        _postpone(message, now, error)
        if message.status == Status.FAILED:
            result.failed += 1
        else:
            result.postponed += 1
    else:
        result.sent += 1


def _deliver(message: OutboxMessage, now: dt.datetime) -> None:
    topic = _topics.get(message.topic)
    if topic is None:
        raise LookupError(f"nobody delivers {message.topic}")
    if topic.atomic:
        with transaction.atomic():
            topic.handler(message.payload)
            _mark_sent(message, now)
    else:
        topic.handler(message.payload)
        _mark_sent(message, now)


def _mark_sent(message: OutboxMessage, now: dt.datetime) -> None:
    OutboxMessage.objects.filter(pk=message.pk).update(
        status=Status.SENT, sent_at=now, last_error=""
    )


def _postpone(message: OutboxMessage, now: dt.datetime, error: Exception) -> None:
    pause = min(FIRST_PAUSE * 2 ** (message.attempts - 1), LONGEST_PAUSE)
    message.status = Status.FAILED if message.attempts >= ATTEMPTS else Status.PENDING
    message.available_at = now + pause
    message.last_error = f"{type(error).__name__}: {error}"[:1000].replace("\x00", "")
    message.save(update_fields=("status", "available_at", "last_error"))


def _mail(payload: Payload) -> None:
    """One mail to one person; who has left or has no address gets none."""
    user = get_user_model().objects.filter(pk=payload["user"], is_active=True).first()
    if user is None or not user.email:
        return
    EmailMessage(payload["subject"], payload["text"], to=[user.email]).send()


register(MAIL, _mail)
