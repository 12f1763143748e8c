"""One incident per alert, at the exact minute with the right person, moved by the table only."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from apps.common import outbox
from apps.common.errors import InvalidInputError, NotPermittedError, TransitionError
from apps.operations.alerting import escalation, incidents, lease, timeline
from apps.operations.alerting.rules import rules
from apps.operations.metrics import names
from apps.operations.models import AlertState, Incident, IncidentEvent, Silence
from apps.support.models import SupportContact
from tests.factories import make_user
from tests.operations.alerting.conftest import MINUTE, round_at

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


def opened(clock, alert="application_down"):
    return incidents.open_for(rules().alerts[alert], now=clock.now, value=0.0, limit="< 0.5")


def sent():
    """Deliver what waits and name the contacts who got mail."""
    mail.outbox.clear()
    for _round in range(3):
        outbox.send_due()
    return [name.split("@")[0].replace(".", "-") for message in mail.outbox for name in message.to]


def on_call(clock):
    from apps.support.services import oncall

    return oncall.who_is_on_call(clock.now).primary.code


def test_critical_climbs_at_the_exact_minute(desk, clock):
    start = clock.now
    incident = opened(clock)
    assert sent() == [on_call(clock)]
    for minutes, level, person in (
        (15, 2, "team-lead"),
        (45, 3, "department-manager"),
        (105, 4, "executive-team"),
    ):
        clock.now = start + minutes * MINUTE - SECOND
        assert escalation.escalate_due(clock.now).escalated == []
        clock.now += SECOND
        assert escalation.escalate_due(clock.now).escalated == [incident.number]
        assert escalation.escalate_due(clock.now).escalated == []
        incident.refresh_from_db()
        assert incident.level == level
        assert sent() == [person]
    clock.forward(days=3)
    assert escalation.escalate_due(clock.now).escalated == []
    assert [event.level for event in incident.timeline.all()] == [1, 2, 3, 4]


@pytest.mark.parametrize(("alert", "minutes"), [("disk", 60), ("backup", 1440)])
def test_others_go_to_level_2_and_no_further(desk, clock, alert, minutes):
    incident = opened(clock, alert)
    assert escalation.escalate_due(clock.forward(minutes=minutes, seconds=-1)).escalated == []
    assert escalation.escalate_due(clock.forward(seconds=1)).escalated == [incident.number]
    assert escalation.escalate_due(clock.forward(days=9)).escalated == []


def test_a_monitor_that_was_down_catches_up_on_all_levels(desk, clock):
    opened(clock)
    sent()
    escalation.escalate_due(clock.forward(minutes=50))
    assert sent() == ["team-lead", "department-manager"]


def test_mail_names_figure_limit_runbook_and_nothing_secret(desk, clock):
    incident = opened(clock)
    sent()
    text = mail.outbox[0].body
    assert incident.number in mail.outbox[0].subject
    for part in ("< 0.5", "/runbooks/slow", f"/incident/{incident.pk}/", "15 minutes"):
        assert part in text


def test_who_answers_stops_the_clock(desk, clock):
    incident = incidents.move("acknowledge", opened(clock), by=desk["team-lead"])
    assert sent() == []  # answered before the mail went out
    assert escalation.escalate_due(clock.forward(hours=5)).escalated == []
    done = incidents.move("resolve", incident, by=desk["team-lead"], comment="Started again.")
    assert (done.status, done.acknowledged_by, done.reason) == (
        *("resolved", desk["team-lead"], "Started again."),
    )
    again = incidents.move("reopen", done, by=desk["team-lead"], comment="Not yet.")
    assert (again.status, again.level, again.occurrences) == ("open", 1, 2)
    assert again.response_due_at == clock.now + 15 * MINUTE
    assert escalation.escalate_due(clock.forward(minutes=15)).escalated == [again.number]


REFUSED = [
    ("acknowledge", "", NotPermittedError, "engineer"),
    ("resolve", "x", NotPermittedError, "engineer"),
    ("resolve", "", InvalidInputError, "ops"),
    ("reopen", "x", TransitionError, "ops"),
    ("clear", "", NotPermittedError, "ops"),
    ("fire_again", "", TransitionError, "ops"),
]


@pytest.mark.parametrize(("move", "comment", "error", "role"), REFUSED)
def test_refused_moves_change_nothing(desk, clock, move, comment, error, role):
    incident = opened(clock)
    before = Incident.objects.values().get()
    with pytest.raises(error):
        incidents.move(move, incident, by=make_user(None, role), comment=comment)
    assert Incident.objects.values().get() == before
    assert IncidentEvent.objects.count() == 1


def test_second_incident_of_an_alert_is_refused_by_the_database(desk, clock):
    first = opened(clock)
    assert opened(clock) is None
    values = Incident.objects.values().get(pk=first.pk) | {"id": None, "number": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.create(**values)
    assert Incident.objects.count() == 1


def test_flapping_is_one_incident(desk, clock, stored):
    for _time in range(3):
        stored(names.HOST_DISK, clock.now, 0.85, label="data")
        round_at(clock.now)
        for _minute in range(4):
            stored(names.HOST_DISK, clock.forward(minutes=1), 0.5, label="data")
            round_at(clock.now)
        clock.forward(minutes=1)
    incident = Incident.objects.get(alert="disk")
    assert (incident.occurrences, incident.status) == (3, "resolved")


def test_resolved_by_hand_while_it_fires_comes_back(desk, clock, stored):
    stored(names.HOST_DISK, clock.now, 0.85, label="data")
    round_at(clock.now)
    incident = Incident.objects.get(alert="disk")
    incidents.move("resolve", incident, by=desk["team-lead"], comment="It is fine.")
    for minutes, open_ones in ((1, 0), (58, 0), (1, 1)):
        stored(names.HOST_DISK, clock.forward(minutes=minutes), 0.85, label="data")
        round_at(clock.now)
        assert Incident.objects.filter(alert="disk", status="open").count() == open_ones


def test_a_silence_holds_the_ladder(desk, clock):
    opened(clock)
    Silence.objects.create(starts_at=clock.now, ends_at=clock.now + 30 * MINUTE, comment="x")
    assert escalation.escalate_due(clock.forward(minutes=20)).escalated == []
    assert len(escalation.escalate_due(clock.forward(minutes=10)).escalated) == 1


def test_a_clock_that_jumps_back(desk, clock, stored):
    clock.forward(days=1)
    stored(names.HOST_DISK, clock.now, 0.85, label="data")
    round_at(clock.now)
    escalation.escalate_due(clock.forward(minutes=60))
    assert sent().count("team-lead") == 1
    right = clock.forward(days=-1, minutes=-60)
    stored(names.HOST_DISK, clock.now, 0.85, label="data")
    round_at(right)
    incident = Incident.objects.get(alert="disk")
    assert (incident.level, incident.opened_at, incident.status) == (2, right, "open")
    assert AlertState.objects.get(alert="disk").since <= right
    assert sent() == []  # nobody is told twice
    for _round in range(2):
        stored(names.HOST_DISK, clock.forward(minutes=2), 0.5, label="data")
        round_at(clock.now)
    incident.refresh_from_db()
    assert incident.status == "resolved"
    assert incident.resolved_at >= incident.opened_at


def test_lease(db, clock):
    assert lease.take("a", clock.now)
    assert not lease.take("b", clock.now)
    assert lease.take("a", clock.forward(seconds=60))
    assert not lease.take("b", clock.forward(seconds=89))
    assert lease.take("b", clock.forward(seconds=1))  # a is dead
    assert not lease.take("a", clock.now)
    assert lease.take("a", clock.forward(days=-1))  # the clock went back: no lease lasts a day
    assert not lease.take("b", clock.now)


def test_post_mortem(desk, clock):
    incident = opened(clock)
    clock.forward(minutes=42)
    incident = incidents.move("resolve", incident, by=desk["team-lead"], comment="Restarted.")
    text = timeline.post_mortem(incident)
    assert incident.number in text
    assert "42 minutes" in text
    assert "Restarted." in text
    kept = incidents.write_post_mortem(incident, text, by=desk["team-lead"])
    assert kept.post_mortem == text
    with pytest.raises(NotPermittedError):
        incidents.write_post_mortem(incident, "x", by=make_user(None, "engineer"))


HEADINGS = {
    "en": ["Timeline", "Impact", "Cause", "What went well, what did not", "What will be done"],
    "zh-hans": ["时间线", "影响", "原因", "哪些做得好，哪些做得不好", "改进措施"],
}


@pytest.fixture
def operator(client):
    """An administrator in the back office."""
    person = make_user("operator", "admin")
    client.force_login(person)
    return client


def page_of(incident):
    return reverse("admin:operations_incident_change", args=[incident.pk])


def save(operator, incident, text):
    """Send the page as a browser does, with the empty rows of updates for the public."""
    updates = operator.get(page_of(incident)).context["inline_admin_formsets"][0].formset
    rows = {f"{updates.prefix}-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    return operator.post(page_of(incident), {"post_mortem": text, **rows})


@pytest.mark.parametrize("language", HEADINGS)
def test_the_template_has_its_headings_in_both_languages(desk, clock, language):
    with translation.override(language):
        text = timeline.post_mortem(opened(clock))

    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS[language]


def test_a_post_mortem_begins_with_the_template_once_it_is_over(desk, clock, operator):
    incident = opened(clock)
    assert "post_mortem" not in operator.get(page_of(incident)).context["adminform"].form.fields
    incident = incidents.move("resolve", incident, by=desk["team-lead"], comment="Restarted.")

    form = operator.get(page_of(incident)).context["adminform"].form

    template = form["post_mortem"].value()
    assert template.startswith(f"# {incident.number}: ")
    assert re.findall(r"^## (.+)$", template, re.MULTILINE) == HEADINGS["en"]
    save(operator, incident, template.replace("\n", "\r\n"))
    incident.refresh_from_db()
    assert incident.post_mortem == ""  # nobody has written anything yet
    assert save(operator, incident, "A disk was full.").status_code == 302
    incident.refresh_from_db()
    assert incident.post_mortem == "A disk was full."
    again = operator.get(page_of(incident)).context["adminform"].form
    assert again["post_mortem"].value() == "A disk was full."


@pytest.mark.parametrize("move", ["", "acknowledge"])
def test_nobody_looks_back_before_it_is_over(desk, clock, operator, move):
    incident = opened(clock)
    if move:
        incident = incidents.move(move, incident, by=desk["team-lead"])

    with pytest.raises(TransitionError):
        incidents.write_post_mortem(incident, "too early", by=desk["team-lead"])
    save(operator, incident, "too early")

    incident.refresh_from_db()
    assert incident.post_mortem == ""


def test_on_call_contacts_may_answer(desk, clock):
    code = on_call(clock)
    person = SupportContact.objects.get(code=code).user
    assert incidents.move("acknowledge", opened(clock), by=person).acknowledged_by == person
