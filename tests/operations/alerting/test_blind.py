"""No database, no memory: one round, begun by a timer, tells whom the environment names."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection

from apps.operations.alerting import blind, shapes
from apps.operations.alerting.blind import Memory
from apps.operations.backup.looking import aimed_at, config_of
from apps.operations.models import AlertChannel
from erp import env, operating
from erp.operating import Webhook
from tests.architecture.test_settings import LOCAL
from tests.postgres import free_port

ROOM = Webhook("slack", "https://chat.example.com/token")
OTHER = Webhook("feishu", "https://open.example.com/hook", "SEC-key")


@pytest.fixture
def posted(monkeypatch):
    """What was posted, to whom; who is in `refuses` takes nothing."""
    got: list[tuple[str, dict]] = []
    refuses: set[str] = set()

    def post(url, body):
        if url in refuses:
            raise blind.webhooks.WebhookError("chat.example.com: answered 500")
        got.append((url, body))
        return blind.webhooks.Answer(200, '{"code": 0}')

    monkeypatch.setattr(blind.webhooks, "post", post)
    return got, refuses


@pytest.fixture
def told(settings, tmp_path):
    """Name whom to tell in the environment."""

    def name(*hooks, people=()):
        settings.OPERATING = replace(
            settings.OPERATING,
            alert_webhooks=list(hooks),
            alert_mail=list(people),
            metrics_dir=tmp_path,
        )

    return name


def once(*options):
    out, err, code = StringIO(), StringIO(), 0
    try:
        call_command("erp_monitor", "--once", *options, stdout=out, stderr=err)
    except SystemExit as stopped:
        code = stopped.code
    return code, out.getvalue(), err.getvalue()


def away(folder):
    """Nobody is there."""
    if connection.vendor == "sqlite":
        return {"NAME": str(folder / "missing" / "erp.sqlite3")}
    return {"HOST": "127.0.0.1", "PORT": free_port()}


def empty(folder):
    """The database answers and our tables are gone."""
    return {"NAME": str(folder / "empty.sqlite3") if connection.vendor == "sqlite" else "postgres"}


@pytest.fixture(params=[away, empty])
def gone(request, db, tmp_path):
    """The database is not there, or nothing is in it."""
    with aimed_at({**config_of(), **request.param(tmp_path)}):
        yield


def test_one_round_without_a_database_tells_and_says_so(gone, told, posted):
    told(ROOM, OTHER, people=("ops@example.com", "second@example.com"))

    code, out, err = once("--json")

    assert code == 2
    assert json.loads(out)["told"] == 4
    assert [url for url, _body in posted[0]] == [ROOM.url, OTHER.url]
    assert "database cannot be reached" in posted[0][0][1]["text"]
    assert "sign" in posted[0][1][1]
    assert [message.to for message in mail.outbox] == [["ops@example.com"], ["second@example.com"]]
    assert "erp_recover outage" in err


def test_a_timer_tells_once_in_a_quarter_of_an_hour(gone, told, posted, clock):
    told(ROOM)
    counts = []

    for minutes in (0, 1, 13, 1, 1):
        clock.forward(minutes=minutes)
        code, out, _err = once("--json")
        counts.append((code, json.loads(out)["told"]))

    assert counts == [(2, 1), (2, 0), (2, 0), (2, 1), (2, 0)]


def test_who_heard_nothing_is_told_again_at_once(gone, told, posted, clock):
    told(ROOM)
    posted[1].add(ROOM.url)

    first = once("--json")
    posted[1].clear()
    second = once("--json")

    assert [json.loads(out)["told"] for _code, out, _err in (first, second)] == [0, 1]
    assert "Nobody could be told" in first[2]
    assert "ERP_ALERT_WEBHOOK" in first[2]


def test_nobody_is_named(gone, told, posted):
    told()

    code, out, err = once("--json")

    assert (code, json.loads(out)["told"]) == (2, 0)
    assert "ERP_ALERT_WEBHOOK" in err


def test_a_folder_that_cannot_be_written_hinders_nobody(gone, told, posted, settings, tmp_path):
    told(ROOM)
    (tmp_path / "file").write_text("no folder")
    settings.OPERATING = replace(settings.OPERATING, metrics_dir=tmp_path / "file")

    assert json.loads(once("--json")[1])["told"] == 1


def test_a_loop_tells_those_of_the_environment_too_and_nobody_twice(
    desk, clock, told, posted, settings
):
    AlertChannel.objects.create(name="Room", kind="slack", url=ROOM.url)
    memory = Memory()
    memory.learn(clock.now)
    told(ROOM, OTHER, people=(memory.mail, "ops@example.com"))

    assert memory.call(clock.now) == 4
    assert [url for url, _body in posted[0]] == [ROOM.url, OTHER.url]


@pytest.mark.django_db
def test_a_good_round_forgets_that_somebody_was_told(desk, clock, told, posted):
    told(ROOM)
    assert Memory().call(clock.now) == 1
    assert Memory().call(clock.now) == 0

    Memory().learn(clock.now)

    assert Memory().call(clock.now) == 1


READ = [
    ("slack+https://chat.example.com/x", [Webhook("slack", "https://chat.example.com/x")]),
    (
        "feishu+https://a.example.com/x#KEY, phone+https://b.example.com/y?z=1",
        [
            Webhook("feishu", "https://a.example.com/x", "KEY"),
            Webhook("phone", "https://b.example.com/y?z=1"),
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_addresses_are_read(text, expected):
    assert env.load({**LOCAL, "ERP_ALERT_WEBHOOK": text}).operating.alert_webhooks == expected


def test_every_kind_of_channel_can_be_named():
    assert set(operating.KINDS) == set(shapes.KINDS)


def test_an_address_and_its_key_are_not_shown():
    assert not re.search("token|SEC", repr([ROOM, OTHER]))
