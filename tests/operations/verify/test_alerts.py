"""Damage to what the monitor remembers: each is named at its row, and nothing else is."""

# ruff: noqa: S608  # the names put into statements are those of our own tables

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.common import integrity
from apps.operations.alerting import incidents
from apps.operations.alerting.rules import rules
from apps.operations.models import AlertState, Incident

pytestmark = pytest.mark.django_db

ALERT = "operations_alertstate"
INCIDENT = "operations_incident"
# What is broken on purpose has to be let in: the rules of the table are taken down first.
RULES = (
    (INCIDENT, "incident_status_known"),
    (INCIDENT, "incident_resolved_says_when"),
    (INCIDENT, "incident_ends_after_start"),
    (ALERT, "alertstate_phase_known"),
)


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def found():
    return [
        (finding.table, finding.pk, finding.what)
        for _check, findings in integrity.run(["alerts"])
        for finding in findings
    ]


@pytest.fixture
def told(site):
    """One incident open, one acknowledged, one resolved, one fine again; each by its service."""
    now, ops = timezone.now(), User.objects.get(username="admin")
    made = {}
    for name, alert in (
        ("open", "disk_critical"),
        ("acknowledged", "disk"),
        ("resolved", "backup"),
    ):
        rule = rules().alerts[alert]
        made[name] = incidents.open_for(rule, now=now, value=0.93, limit="> 0.9")
        AlertState.objects.create(alert=alert, phase="firing", since=now, evaluated_at=now)
    for move, name in (("acknowledge", "acknowledged"), ("resolve", "resolved")):
        made[name] = incidents.move(move, made[name], by=ops, comment="Seen.")
    clear = incidents.open_for(rules().alerts["processor"], now=now, value=0.9, limit="> 0.8")
    made["cleared"] = incidents.clear(clear, now)
    if connection.vendor == "sqlite":
        sql("PRAGMA ignore_check_constraints=ON")
    else:
        for table, rule in RULES:
            sql(f'ALTER TABLE {table} DROP CONSTRAINT "{rule}"')
    sql("DROP INDEX incident_one_open_per_alert")
    return made


def test_what_services_wrote_is_whole(told):
    assert found() == []


INCIDENTS = [
    ("open", "status = 'lost'", "lost"),
    ("resolved", "resolved_at = NULL", "since when"),
    ("open", "resolved_at = opened_at", "has an end"),
    ("acknowledged", "acknowledged_by_id = NULL", "by nobody"),
    ("acknowledged", "acknowledged_at = NULL", "by nobody or at no time"),
    ("open", "acknowledged_at = opened_at", "in somebody's hands"),
    ("resolved", "level_due_at = opened_at", "still climbs"),
    ("open", "level = 0", "begin at 1"),
    ("open", "level = 9", "level 9"),
    ("acknowledged", "level = 3", "level 3"),  # a warning never climbs past the second level
    ("acknowledged", "alert = 'disk_critical'", "open incident already"),
    ("cleared", "status = 'open', resolved_at = NULL", "timeline left it resolved"),
]


@pytest.mark.parametrize(("which", "damage", "said"), INCIDENTS, ids=[d for _w, d, _s in INCIDENTS])
def test_damaged_incident_is_named(told, which, damage, said):
    pk = told[which].pk
    sql(f"UPDATE {INCIDENT} SET {damage} WHERE id = %s", pk)

    assert {(table, key) for table, key, _what in found()} == {(INCIDENT, pk)}
    assert any(said in what for _table, _key, what in found())


def test_lost_timeline_is_named(told):
    pk = told["open"].pk
    sql("DELETE FROM operations_incidentevent WHERE incident_id = %s", pk)

    assert found() == [(INCIDENT, pk, "its timeline does not say how it was opened")]


def test_closed_incident_outlives_the_level_it_reached(told):
    """Somebody may shorten the rota afterwards: that is no damage."""
    Incident.objects.filter(pk=told["resolved"].pk).update(level=9)

    assert found() == []


STATES = [
    ("phase = 'burning'", "burning"),
    ("alert = 'meteor'", "meteor"),
    ("phase = 'clear', fine_since = since", "does not fire"),
    ("evaluated_at = '2020-01-01 00:00:00+00:00'", "looked at last"),
]


@pytest.mark.parametrize(("damage", "said"), STATES, ids=[damage for damage, _said in STATES])
def test_damaged_alert_is_named(told, damage, said):
    pk = AlertState.objects.order_by("pk").values_list("pk", flat=True)[0]
    sql(f"UPDATE {ALERT} SET {damage} WHERE id = %s", pk)

    [(table, key, what)] = found()

    assert (table, key) == (ALERT, pk)
    assert said in what
