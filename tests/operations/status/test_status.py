"""The public status page: what strangers may know, and nothing else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import Entry
from apps.common.errors import NotPermittedError
from apps.operations.alerting import incidents
from apps.operations.alerting.rules import rules
from apps.operations.metrics import names
from apps.operations.models import Incident, Silence, StatusUpdate
from apps.operations.status import components, page, publishing
from tests.factories import make_user
from tests.operations import story
from tests.operations.story import NOW

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def keeper(db):
    return make_user("keeper.of.things", "ops", time_zone=story.ZONE)


@pytest.fixture
def outage(clock, keeper):
    """An incident somebody answers, not published yet."""
    return incidents.open_for(
        rules().alerts["application_down"], now=NOW - HOUR, value=0.0, limit="< 0.5"
    )


def get(client, path="/status", **headers):
    cache.clear()
    return client.get(path, headers=headers)


STANDINGS = [
    ({}, {"pages": "operational", "data": "operational"}),
    ({"application_down": "firing"}, {"pages": "outage", "data": "operational"}),
    ({"error_rate": "firing"}, {"pages": "degraded", "data": "operational"}),
    ({"database_failures": "firing"}, {"pages": "operational", "data": "outage"}),
    ({"database_load": "firing"}, {"pages": "operational", "data": "degraded"}),
    ({"application_down": "unknown"}, {"pages": "unknown", "data": "operational"}),
    # What concerns operators only is nobody else's.
    ({"security_breach": "firing", "backup": "firing"}, {"pages": "operational"}),
]


@pytest.mark.parametrize(("phases", "expected"), STANDINGS)
def test_parts_stand_as_their_alerts_do(clock, phases, expected):
    story.look(**phases)

    found = {part.key: standing for part, standing in components.standings(NOW)}

    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("jobs", "messages", "expected"),
    [(0, 0, "operational"), (301, 0, "degraded"), (0, 901, "degraded"), (None, 0, "unknown")],
)
def test_background_work_is_late_as_the_doctor_has_it(clock, stored, jobs, messages, expected):
    for metric, value in ((names.TASKS_OLDEST, jobs), (names.OUTBOX_OLDEST, messages)):
        if value is not None:
            stored(metric, NOW, value)

    assert {p.key: s for p, s in components.standings(NOW)}["background"] == expected


def test_what_nobody_looked_at_is_not_known(clock):
    found = page.look(NOW)

    assert {value for _key, value in found["parts"]} == {"unknown"}
    assert found["whole"] == "unknown"
    assert found["uptime"] is None


def test_page_asks_no_log_in_sets_no_cookie_and_is_kept(client, clock, stored):
    story.look()
    story.measure(stored)

    for path in ("/status", "/status.json"):
        answer = get(client, path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == ("public, max-age=60, stale-while-revalidate=60")
        assert not answer.cookies
        assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize(
    ("query", "accepts", "language", "said"),
    [
        ("", "en", "en", "Everything works"),
        ("", "zh-hans", "zh-hans", "一切正常"),
        ("?lang=zh-hans", "en", "zh-hans", "一切正常"),
        ("?lang=xx", "en", "en", "Everything works"),
    ],
)
def test_page_speaks_both_languages(client, clock, stored, query, accepts, language, said):
    story.look()
    story.measure(stored)

    text = get(client, f"/status{query}", accept_language=accepts).content.decode()

    assert said in text
    assert f'<html lang="{language}">' in text


def test_nothing_internal_is_shown(client, clock, stored, outage, keeper):
    """Not even of a published incident: no number, alert, figure, person, remark or machine."""
    story.look(application_down="firing")
    story.measure(stored)
    incidents.move("acknowledge", outage, by=keeper, comment="rack 7 is on fire")
    Silence.objects.create(
        starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR, comment="swap db-02", created_by=keeper
    )
    publishing.publish(outage, english="We are on it.", chinese="", by=keeper)

    texts = [get(client, path).content.decode() for path in ("/status", "/status.json")]

    for secret in (
        *(outage.number, "application_down", "keeper", "rack 7", "db-02", "&lt; 0.5"),
        *("sqlite", "postgres", "127.0.0.1", "erp_"),
    ):
        assert not any(secret in text for text in texts), secret
    assert all("We are on it." in text for text in texts)


def test_only_published_incidents_are_shown_and_solved_ones_for_a_week(
    client, clock, outage, keeper
):
    story.look()
    assert page.incidents(NOW) == []

    publishing.publish(outage, english="Down.", chinese="服务中断。", by=keeper)
    clock.forward(minutes=10)
    publishing.publish(outage, english="A fix is on its way.", chinese="", by=keeper)
    incidents.move("resolve", outage, by=keeper, comment="restarted")

    text = get(client, "/status?lang=zh-hans").content.decode()
    # The newest one first; who wrote in one language is read in the other one, too.
    assert text.index("A fix is on its way.") < text.index("服务中断。")
    assert "Down." not in text
    assert len(page.incidents(clock.now + 7 * DAY)) == 1
    assert page.incidents(clock.now + 7 * DAY + HOUR) == []


def test_uptime_by_day_is_what_was_measured_that_day(clock, stored, settings):
    settings.USER_TIME_ZONE = story.ZONE
    stored(names.PROBE_SUCCESS, story.at(18, 16), 1.0, 1.0, 1.0, 0.0)  # the 19th in Shanghai
    stored(names.PROBE_SUCCESS, story.at(19, 15, 59), 1.0, 1.0, 1.0, 1.0)
    stored(names.PROBE_SUCCESS, story.at(19, 16), 1.0, 1.0)
    stored(names.PROBE_SUCCESS, NOW - 91 * DAY, 0.0)

    found = page.look(NOW)
    days = dict(found["days"])

    assert len(days) == 90
    assert days[dt.date(2026, 11, 19)] == pytest.approx(7 / 8)
    assert days[dt.date(2026, 11, 20)] == 1.0
    assert [share for share in days.values() if share is not None] == [7 / 8, 1.0]
    assert found["uptime"] == pytest.approx(9 / 10)


def test_as_many_statements_for_one_as_for_many(clock, stored, outage, keeper):
    publishing.publish(outage, english="One.", chinese="", by=keeper)
    with CaptureQueriesContext(connection) as one:
        page.look(NOW)
    for name in ("disk", "processor", "response_time"):
        other = incidents.open_for(rules().alerts[name], now=NOW, value=1.0, limit="> 0")
        for _time in range(3):
            publishing.publish(other, english="More.", chinese="", by=keeper)

    with CaptureQueriesContext(connection) as many:
        assert len(page.look(NOW)["incidents"]) == 4

    assert len(one) == len(many) <= 8


def test_many_visitors_cost_one_look(client, clock):
    cache.clear()
    client.get("/status")

    with CaptureQueriesContext(connection) as queries:
        client.get("/status")
        client.get("/status.json")

    assert len(queries) == 0


def test_page_answers_when_the_database_does_not(client, clock):
    def gone(execute, sql, params, many, context):
        raise OperationalError("server closed the connection at db-02")

    for path in ("/status", "/status.json"):
        cache.clear()
        with connection.execute_wrapper(gone):
            answer = client.get(path)
        assert answer.status_code == 503
        assert answer.headers["Cache-Control"] == "no-store"
        assert "db-02" not in answer.content.decode()
    assert answer.json()["status"] == "outage"


def test_who_does_not_answer_for_it_says_nothing_about_it(outage):
    for person in (make_user(None, "engineer"), make_user(None, "auditor"), None):
        with pytest.raises(NotPermittedError):
            publishing.publish(outage, english="Hello.", chinese="", by=person)

    assert not StatusUpdate.objects.exists()


def test_an_empty_sentence_is_refused(outage, keeper):
    with pytest.raises(ValidationError, match="one language"):
        publishing.publish(outage, english="  ", chinese="", by=keeper)

    assert not StatusUpdate.objects.exists()


def test_sentence_is_written_in_the_back_office_and_in_the_history(client, clock, outage, keeper):
    client.force_login(keeper)
    address = reverse("admin:operations_incident_change", args=[outage.pk])
    prefix = "public_updates"
    body = {
        "post_mortem": "",
        f"{prefix}-TOTAL_FORMS": "1",
        f"{prefix}-INITIAL_FORMS": "0",
        f"{prefix}-0-text_en": "We are looking into it.",
        f"{prefix}-0-text_zh_hans": "正在排查。",
        f"{prefix}-0-incident": outage.pk,
    }

    assert client.get(address).status_code == 200
    answer = client.post(address, body)

    assert answer.status_code == 302, answer.context["errors"]
    said = StatusUpdate.objects.get()
    assert (said.text_en, said.text_zh_hans, said.by) == (
        "We are looking into it.",
        "正在排查。",
        keeper,
    )
    entry = Entry.objects.get(event="incident.published")
    assert entry.actor == get_user_model().objects.get(pk=keeper.pk)
    assert Incident.objects.get(pk=outage.pk).status == "open"
