"""Incidents where no help desk is set up: written down all the same, and once only."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from apps.operations.alerting import incidents
from apps.operations.alerting.rules import rules
from apps.operations.models import Incident


@pytest.mark.django_db(transaction=True)
def test_two_who_open_at_once_leave_one(clock):
    down = rules().alerts["application_down"]
    barrier, found, errors = threading.Barrier(2), [], []

    def work():
        try:
            barrier.wait(5)
            found.append(incidents.open_for(down, now=clock.now, value=0.0, limit="< 0.5"))
        except Exception as error:  # noqa: BLE001 - shown by the assertion
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert Incident.objects.count() == 1
    assert [one is None for one in found].count(True) == 1


@pytest.mark.django_db
def test_nobody_to_tell_is_written_down(clock):
    down = rules().alerts["application_down"]

    incident = incidents.open_for(down, now=clock.now, value=0.0, limit="< 0.5")

    assert [event.what for event in incident.timeline.all()] == ["opened", "unheard"]
