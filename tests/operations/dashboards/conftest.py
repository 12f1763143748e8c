"""The story of the tests of operation, told once per test that asks for it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.factories import make_user
from tests.operations import story
from tests.operations.alerting.conftest import Clock, stored


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """It is the moment of the story."""
    ours = Clock(story.NOW)
    monkeypatch.setattr(timezone, "now", ours)
    return ours


@pytest.fixture
def told(db, clock, stored):
    """Everything there is to count, with the viewer in Shanghai."""
    story.tell(stored)
    with timezone.override(story.ZONE):
        yield


@pytest.fixture
def boss(db):
    """Somebody who may see everything."""
    return make_user("boss", is_staff=True, is_superuser=True, time_zone=story.ZONE)


__all__ = ["stored"]
