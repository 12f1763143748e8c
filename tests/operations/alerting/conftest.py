"""A store of samples one writes oneself, a clock, the help desk, and a monitor's round."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.operations.alerting import escalation, firing
from apps.operations.alerting.evaluating import evaluate
from apps.operations.metrics.tally import tally
from apps.support.models import SupportContact
from apps.support.services import setting_up
from tests.operations.samples import store_samples

MINUTE = dt.timedelta(minutes=1)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **delta: float) -> dt.datetime:
        self.now += dt.timedelta(**delta)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A few seconds past a minute, as the monitor's rounds are, on a working day at noon."""
    ours = Clock(dt.datetime(2026, 11, 20, 12, 0, 5, tzinfo=dt.UTC))
    monkeypatch.setattr(timezone, "now", ours)
    return ours


@pytest.fixture(autouse=True)
def _empty_tally() -> Iterator[None]:
    """Figures of other tests are not ours."""
    tally.take()
    yield
    tally.take()


@pytest.fixture
def stored() -> Callable[..., None]:
    """Store measurements under the minute of a moment."""
    return store_samples


def set_up_desk() -> None:
    """The help desk, everybody in it with an account and a mail address."""
    setting_up.set_up()
    for contact in SupportContact.objects.filter(follows_rota=False):
        name = contact.code.replace("-", ".")
        contact.user = User.objects.create(
            username=name, name=contact.name_en, email=f"{name}@example.com"
        )
        contact.save()


def people_of_desk() -> dict[str, User]:
    """Everybody with an account, by code."""
    contacts = SupportContact.objects.filter(follows_rota=False).select_related("user")
    return {contact.code: contact.user for contact in contacts}


@pytest.fixture(scope="module")
def _desk(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Set up once for all tests of a module, and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        set_up_desk()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def desk(_desk: None, db: None) -> dict[str, User]:
    """The people of the help desk, by code."""
    return people_of_desk()


@pytest.fixture
def own_desk(db: None) -> dict[str, User]:
    """The same, made for one test: where others of the module empty the database."""
    set_up_desk()
    return people_of_desk()


def round_at(now: dt.datetime) -> firing.Fired:
    """What the monitor does with the figures, without looking at this machine."""
    done = firing.apply(evaluate(now))
    escalation.escalate_due(now)
    return done
