"""Digests: what they say, in both languages, and that each goes out once."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from apps.common import outbox
from apps.common.models import OutboxMessage
from apps.operations.metrics import names
from apps.operations.models import DigestRun, Incident
from apps.operations.reports import periods, sending
from apps.operations.reports.performance import KINDS, Compared
from tests.operations import story
from tests.operations.reports.conftest import DAY, traffic
from tests.operations.story import NOW

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "golden"


def golden(name: str, text: str) -> None:
    """Compare with what was read and found good; UPDATE_GOLDEN=1 writes it anew, to be read."""
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("period", ["daily", "weekly"])
def test_mails_are_what_was_read_and_found_good(told, readers, period):
    sending.send(period, NOW)
    outbox.send_due(now=NOW + DAY)

    sent = {message.to[0].partition("@")[0]: message for message in mail.outbox}
    assert set(sent) == set(readers)
    for name, person in readers.items():
        text = f"{sent[name].subject}\n\n{sent[name].body}"
        golden(f"{period}.{person.language}.txt", text)


def test_a_second_run_sends_nothing_twice(readers):
    first = sending.send("daily", NOW)
    stored = OutboxMessage.objects.count()

    second = sending.send("daily", NOW + dt.timedelta(hours=3))

    assert (first.recipients, first.is_repeat) == (2, False)
    assert (second.recipients, second.is_repeat) == (0, True)
    assert OutboxMessage.objects.count() == stored
    # The next day has a digest of its own, and so has the week.
    assert sending.send("daily", NOW + DAY).recipients == 2
    assert sending.send("weekly", NOW).recipients == 2


def test_two_at_the_same_time_send_once(readers, monkeypatch):
    """The other one comes between the look and the writing: the database lets one of them pass."""
    gather = sending.facts_of

    def while_the_other_sends(period, now):
        monkeypatch.setattr(sending, "facts_of", gather)
        assert sending.send(period, now).recipients == 2
        return gather(period, now)

    monkeypatch.setattr(sending, "facts_of", while_the_other_sends)

    assert sending.send("daily", NOW).is_repeat
    assert DigestRun.objects.count() == 1
    mails = OutboxMessage.objects.filter(topic=outbox.MAIL)
    assert mails.count() == 2


def test_once_per_period_is_the_databases_rule(db):
    row = {"period": "daily", "begins_on": dt.date(2026, 11, 19), "sent_at": NOW, "recipients": 1}
    DigestRun.objects.create(**row)

    with pytest.raises(IntegrityError):
        DigestRun.objects.create(**row)


def test_without_anybody_to_read_it_stays_unsent(site):
    assert sending.send("daily", NOW).recipients == 0
    assert not DigestRun.objects.exists()


LOOKS = [
    # The site's yesterday and its last week; midnight in Shanghai is 16:00 in UTC.
    ("daily", NOW, dt.date(2026, 11, 19), story.at(18, 16), story.at(19, 16)),
    ("daily", story.at(20, 15, 59), dt.date(2026, 11, 19), story.at(18, 16), story.at(19, 16)),
    ("daily", story.at(20, 16), dt.date(2026, 11, 20), story.at(19, 16), story.at(20, 16)),
    ("weekly", NOW, dt.date(2026, 11, 9), story.at(8, 16), story.at(15, 16)),
    ("weekly", story.at(22, 15, 59), dt.date(2026, 11, 9), story.at(8, 16), story.at(15, 16)),
    ("weekly", story.at(22, 16), dt.date(2026, 11, 16), story.at(15, 16), story.at(22, 16)),
]


@pytest.mark.parametrize(("period", "now", "first", "since", "until"), LOOKS)
def test_periods_are_complete_days_of_the_site(settings, period, now, first, since, until):
    settings.USER_TIME_ZONE = story.ZONE

    look = periods.look(period, now)

    assert (look.first, look.span.since, look.span.until) == (first, since, until)
    assert look.before.until == since
    assert look.before.until - look.before.since == dt.timedelta(days=7)


WORSE = [
    ("response", 0.5, 0.4, True),  # by 25 %
    ("response", 0.48, 0.4, False),  # by 20 %, which may be passed over
    ("response", 0.3, 0.4, False),
    ("response", None, 0.4, False),
    ("response", 0.5, None, False),
    ("errors", 0.01, 0.0, False),  # nothing to compare with
    ("uptime", 0.999, 0.9995, True),  # fails twice as often
    ("uptime", 0.9995, 0.999, False),
    ("uptime", 1.0, 0.999, False),
    ("uptime", 0.99, 1.0, True),
]


@pytest.mark.parametrize(("key", "now", "before", "is_worse"), WORSE)
def test_what_is_called_worse(key, now, before, is_worse):
    kind = next(one for one in KINDS if one.key == key)

    assert Compared(kind, now, before).is_worse is is_worse


def test_too_few_measurements_say_nothing(site, stored):
    traffic(stored)
    look = periods.look("daily", NOW)
    stored(names.HOST_MEMORY, look.span.since, *[0.9] * 19)

    found = {one.kind.key: one for one in sending.facts_of("daily", NOW).trends}

    assert (found["memory"].now, found["memory"].before) == (None, None)
    assert found["response"].is_worse


def test_as_many_statements_for_one_incident_as_for_many(readers):
    with CaptureQueriesContext(connection) as one:
        sending.facts_of("daily", NOW)
    for number in range(5):
        Incident.objects.create(
            number=f"X{number}",
            alert=f"other{number}",
            tier="info",
            opened_at=NOW,
            clock_started_at=NOW,
            response_due_at=NOW,
        )

    with CaptureQueriesContext(connection) as many:
        assert len(sending.facts_of("daily", NOW).incidents) == 5

    assert len(one) == len(many)


def call(*arguments: str) -> str:
    out = io.StringIO()
    call_command("erp_report", *arguments, stdout=out)
    return out.getvalue()


def test_command_shows_sends_and_says_so(readers):
    shown = json.loads(call("--digest", "daily", "--digest", "weekly", "--json"))
    assert set(shown) == {"daily", "weekly"}
    assert not OutboxMessage.objects.filter(topic=outbox.MAIL).exists()
    assert "Open incidents" in call("--digest", "daily")

    assert "2 mails are in the outbox" in call("--digest", "daily", "--send")
    again = json.loads(call("--digest", "daily", "--send", "--json"))
    assert again == {"daily": {"recipients": 0, "is_repeat": True}}


def test_command_says_when_nobody_gets_it(site):
    assert "nobody gets it" in call("--digest", "weekly", "--send")
