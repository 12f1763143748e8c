"""Messages leave after the commit, once, and are tried again when they cannot."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from apps.common import outbox
from apps.common.models import OutboxMessage
from apps.common.tasks import send_outbox
from tests.factories import make_user

pytestmark = pytest.mark.django_db
TOPIC = "test.topic"


@pytest.fixture
def delivered():
    """A topic whose handler keeps what it gets and fails when told to."""
    found = []

    def handler(payload):
        if payload.get("fails"):
            raise RuntimeError(payload["fails"])
        found.append(payload)

    outbox.register(TOPIC, handler)
    yield found
    del outbox._topics[TOPIC]


def later(**delta):
    return timezone.now() + dt.timedelta(seconds=1, **delta)


def test_a_message_is_sent_once(delivered):
    outbox.put(TOPIC, {"n": 1})

    first, second = outbox.send_due(now=later()), outbox.send_due(now=later(days=1))

    assert (first.sent, second.sent) == (1, 0)
    assert delivered == [{"n": 1}]
    message = OutboxMessage.objects.get()
    assert (message.status, message.attempts) == ("sent", 1)
    assert message.sent_at is not None


def test_a_rollback_takes_the_message_back(delivered):
    with transaction.atomic():
        outbox.put(TOPIC, {"n": 1})
        transaction.set_rollback(True)

    assert outbox.send_due(now=later()).sent == 0
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_commit_wakes_the_sender(delivered):
    with transaction.atomic():
        outbox.put(TOPIC, {"n": 1})
        assert delivered == []

    assert delivered == [{"n": 1}]


@pytest.mark.django_db(transaction=True)
def test_one_call_serves_the_messages_of_a_moment(delivered, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    for _n in range(3):
        outbox.put(TOPIC, {"n": 1})

    (call,) = DBTaskResult.objects.all()
    assert call.run_after > max(OutboxMessage.objects.values_list("available_at", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_call_taken_back_is_made_again(delivered):
    with transaction.atomic():
        with transaction.atomic():
            outbox.put(TOPIC, {"n": 1})
            transaction.set_rollback(True)
        outbox.put(TOPIC, {"n": 2})
        outbox.put(TOPIC, {"n": 3})

    assert delivered == [{"n": 2}, {"n": 3}]


def test_what_fails_is_tried_again_with_growing_pauses_and_given_up(delivered):
    outbox.put(TOPIC, {"fails": "no route to host"})
    at, pauses = later(), []

    for _n in range(outbox.ATTEMPTS):
        result = outbox.send_due(now=at)
        message = OutboxMessage.objects.get()
        pauses.append(message.available_at - at)
        at = message.available_at

    assert [pause.total_seconds() / 60 for pause in pauses] == [1, 2, 4, 8, 16, 32, 64, 128]
    assert (message.status, result.failed) == ("failed", 1)
    assert message.last_error == "RuntimeError: no route to host"
    assert outbox.send_due(now=at + dt.timedelta(days=1)) == outbox.Sent()


def test_one_that_fails_holds_up_no_other(delivered):
    outbox.put_all(TOPIC, [{"n": 1}, {"fails": "x"}, {"n": 2}])

    result = outbox.send_due(now=later())

    assert (result.sent, result.postponed) == (2, 1)
    assert delivered == [{"n": 1}, {"n": 2}]


def test_a_topic_nobody_delivers_waits(delivered):
    outbox.put("test.unknown", {})

    assert outbox.send_due(now=later()).postponed == 1
    assert "nobody delivers test.unknown" in OutboxMessage.objects.get().last_error


def test_who_claims_second_gets_nothing(delivered):
    message = outbox.put(TOPIC, {"n": 1})
    now = later()

    assert outbox._claim(message, now)
    assert not outbox._claim(OutboxMessage(pk=message.pk, available_at=message.available_at), now)
    assert outbox.send_due(now=now).sent == 0
    assert outbox.send_due(now=now + outbox.LEASE).sent == 1  # whoever had it died


def test_an_atomic_handler_that_fails_leaves_nothing_behind():
    def handler(payload):
        make_user("half-way")
        raise RuntimeError("x")

    outbox.register("test.atomic", handler, atomic=True)
    outbox.put("test.atomic", {})

    assert outbox.send_due(now=later()).postponed == 1
    assert not type(make_user()).objects.filter(username="half-way").exists()
    del outbox._topics["test.atomic"]


def test_mail_goes_to_people_who_are_here():
    here, gone, silent = make_user(), make_user(is_active=False), make_user(email="")
    subject = "Please\r\nBcc: x@example.com decide"
    outbox.put_mail((person, subject, "text") for person in (here, gone, silent))

    assert outbox.send_due(now=later()).sent == 3
    assert [m.to for m in mail.outbox] == [[here.email]]
    assert mail.outbox[0].subject == "Please Bcc: x@example.com decide"


def test_command(delivered):
    def run(*arguments):
        out = StringIO()
        call_command("erp_send_outbox", *arguments, stdout=out)
        return out.getvalue()

    outbox.put_all(TOPIC, [{"n": 1}, {"n": 2}])
    OutboxMessage.objects.update(available_at=timezone.now() - dt.timedelta(seconds=1))

    assert json.loads(run("--dry-run", "--json")) == {"due": 2}
    assert json.loads(run("--json", "--limit=1")) == {"sent": 1, "postponed": 0, "failed": 0}
    assert run() == "sent: 1, postponed: 0, failed: 0\n"
    assert run("--verbosity=0") == ""


def test_command_fails_when_something_was_given_up(delivered):
    outbox.put(TOPIC, {"fails": "x"})
    OutboxMessage.objects.update(
        attempts=outbox.ATTEMPTS - 1, available_at=timezone.now() - dt.timedelta(seconds=1)
    )

    with pytest.raises(SystemExit) as ended:
        call_command("erp_send_outbox", verbosity=0)

    assert ended.value.code == 1


def test_task(delivered):
    outbox.put(TOPIC, {"n": 1})
    OutboxMessage.objects.update(available_at=timezone.now() - dt.timedelta(seconds=1))

    assert send_outbox.enqueue().return_value == {"sent": 1, "postponed": 0, "failed": 0}
