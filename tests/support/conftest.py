"""A help desk as it is set up, and a clock that goes when it is told to."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.support.models import SupportContact
from apps.support.services import setting_up
from tests.factories import make_user
from tests.support.factories import NOON


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
def clock(monkeypatch):
    ours = Clock(NOON)
    monkeypatch.setattr(timezone, "now", ours)
    return ours


@pytest.fixture(scope="module")
def _desk(django_db_setup, django_db_blocker):
    """Set up once for all tests of a module, and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        setting_up.set_up()
        for contact in SupportContact.objects.filter(follows_rota=False):
            name = contact.code.replace("-", ".")
            contact.user = User.objects.create(
                username=name, name=contact.name_en, email=f"{name}@example.com"
            )
            contact.save()
        make_user("asker", "engineer")
        make_user("keeper", "admin")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def desk(_desk, db):
    """The help desk with everybody the matrix names as people with an account."""


@pytest.fixture
def people(desk):
    contacts = SupportContact.objects.exclude(user=None).select_related("user")
    return {contact.code: contact.user for contact in contacts}


@pytest.fixture
def reporter(desk):
    return User.objects.get(username="asker")


@pytest.fixture
def keeper(desk):
    return User.objects.get(username="keeper")
