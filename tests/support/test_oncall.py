"""Who is on call: no gap, no overlap, the same hour on the wall through the year."""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.support import services
from apps.support.models import Rota, RotaOverride, RotaWeek, SupportContact, SupportLevel
from apps.support.services import oncall
from tests.support.factories import contact, make_rota

pytestmark = pytest.mark.django_db
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Shanghai"]
SECOND = dt.timedelta(seconds=1)


def pair(at):
    found = services.who_is_on_call(at)
    return (found.primary.code, found.secondary.code) if found else None


@pytest.mark.parametrize("zone", ZONES)
def test_52_weeks_without_gap_or_overlap(zone):
    rota = make_rota(zone)
    hours = set()
    seen = []

    at = oncall.handover(rota, 0)
    for number in range(52):
        week = number % 4 + 1
        found = services.who_is_on_call(at)
        before, after = services.who_is_on_call(found.until - SECOND), found.until
        seen.append((after - at).total_seconds() / 3600)
        hours.add(after.astimezone(ZoneInfo(zone)).strftime("%a %H:%M"))
        assert (found.primary.code, found.secondary.code) == (f"a{week}", f"b{week}")
        assert (before.primary, before.until) == (found.primary, after)
        assert pair(after) == (f"a{week % 4 + 1}", f"b{week % 4 + 1}")
        at = after

    assert hours == {"Mon 09:00"}
    changes = 0 if zone == "Asia/Shanghai" else 1
    assert (seen.count(167.0), seen.count(169.0)) == (changes, changes)
    assert seen.count(168.0) == 52 - 2 * changes


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", [0, 2, 3, 23])
def test_every_hour_of_a_year_has_the_week_it_lies_in(zone, hour):
    """Checked against a plain list of boundaries, at each handover's neighbours and in between."""
    rota = make_rota(zone, at=dt.time(hour, 30), starts_on=dt.date(2025, 12, 28))
    bounds = [oncall.handover(rota, number) for number in range(-2, 54)]

    assert bounds == sorted(set(bounds))
    for number, (start, end) in enumerate(itertools.pairwise(bounds), -2):
        moments = [start, start + SECOND, start + (end - start) / 2, end - SECOND]
        assert [oncall.week_of(rota, at) for at in moments] == [number] * 4


@pytest.mark.parametrize(
    ("zone", "sunday", "handover"),
    [
        # The hour comes twice: the first one counts.
        ("Europe/Berlin", dt.date(2026, 10, 25), "2026-10-25T00:30:00+00:00"),
        ("America/New_York", dt.date(2026, 11, 1), "2026-11-01T05:30:00+00:00"),
        # The hour is missing: as long after midnight as ever.
        ("Europe/Berlin", dt.date(2026, 3, 29), "2026-03-29T01:30:00+00:00"),
        ("America/New_York", dt.date(2026, 3, 8), "2026-03-08T07:30:00+00:00"),
        ("Asia/Shanghai", dt.date(2026, 3, 29), "2026-03-28T18:30:00+00:00"),
    ],
)
def test_handover_in_the_hour_the_clocks_change(zone, sunday, handover):
    half_past = (
        dt.time(1, 30) if (zone, sunday.month) == ("America/New_York", 11) else dt.time(2, 30)
    )
    rota = make_rota(zone, at=half_past, starts_on=sunday)
    moment = dt.datetime.fromisoformat(handover)

    assert oncall.handover(rota, 0) == moment
    assert pair(moment - SECOND) == ("a4", "b4")
    assert pair(moment) == ("a1", "b1")
    # The second time round the clock shows the same, nobody is handed anything again.
    assert pair(moment + dt.timedelta(hours=1)) == ("a1", "b1")


def test_nobody_without_a_rota():
    assert services.who_is_on_call(dt.datetime(2026, 1, 5, tzinfo=dt.UTC)) is None
    Rota.objects.create(name_en="empty", time_zone="UTC", starts_on=dt.date(2026, 1, 5))
    assert services.who_is_on_call(dt.datetime(2026, 1, 5, tzinfo=dt.UTC)) is None


def utc(text):
    return dt.datetime.fromisoformat(f"2026-01-{text}:00+00:00")


@pytest.fixture
def swap():
    """In week 1 (from the 5th, 09:00 UTC) somebody takes over from the 7th to the 14th."""
    rota = make_rota("UTC")
    return RotaOverride.objects.create(
        rota=rota, starts_at=utc("07T08:00"), ends_at=utc("14T20:00"), primary=contact("x")
    )


@pytest.mark.parametrize(
    ("at", "people", "until"),
    [
        ("07T07:59", ("a1", "b1"), "07T08:00"),
        ("07T08:00", ("x", "b1"), "12T09:00"),  # the second one is handed over with the week
        ("12T08:59", ("x", "b1"), "12T09:00"),
        ("12T09:00", ("x", "b2"), "14T20:00"),
        ("14T19:59", ("x", "b2"), "14T20:00"),
        ("14T20:00", ("a2", "b2"), "19T09:00"),
    ],
)
def test_override(swap, at, people, until):
    assert pair(utc(at)) == people
    assert services.who_is_on_call(utc(at)).until == utc(until)


def test_override_with_both_people_ends_when_it_ends(swap):
    swap.secondary = contact("y")
    swap.save()

    assert pair(utc("13T00:00")) == ("x", "y")
    assert services.who_is_on_call(utc("08T00:00")).until == utc("14T20:00")


def test_who_is_second_already_is_not_called_twice(swap):
    swap.primary = SupportContact.objects.get(code="b1")
    swap.save()

    assert pair(utc("08T00:00")) == ("b1", "a1")


def test_two_overrides_at_once_are_refused(swap):
    other = RotaOverride(
        rota=swap.rota, starts_at=utc("14T19:59"), ends_at=utc("15T00:00"), primary=contact("z")
    )
    with pytest.raises(ValidationError, match="covers part of this time"):
        other.full_clean()
    other.starts_at = utc("14T20:00")
    other.full_clean()


def test_the_rota_cannot_name_itself():
    rota = make_rota("UTC")
    itself = contact("rota", follows_rota=True)
    with pytest.raises(ValidationError, match="stands for the rota itself"):
        RotaWeek(rota=rota, week=5, primary=itself).full_clean()


@pytest.mark.parametrize(
    "broken",
    [
        {"week": 1, "primary": "a1", "secondary": "b1"},  # there already
        {"week": 0, "primary": "a1", "secondary": "b1"},
        {"week": 9, "primary": "a1", "secondary": "a1"},
    ],
)
def test_weeks_the_database_refuses(broken):
    rota = make_rota("UTC")
    people = {
        name: SupportContact.objects.get(code=broken[name]) for name in ("primary", "secondary")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        RotaWeek.objects.create(rota=rota, week=broken["week"], **people)
    assert rota.weeks.count() == 4


def test_one_rota_is_in_force():
    make_rota("UTC")
    with pytest.raises(IntegrityError), transaction.atomic():
        Rota.objects.create(name_en="other", time_zone="UTC", starts_on=dt.date(2026, 1, 5))


def test_person_of_a_level(desk):
    first, second, third, fourth = services.levels()
    at = dt.datetime(2026, 1, 20, tzinfo=dt.UTC)
    on_call = services.who_is_on_call(at)

    assert services.person_of(first, at) == on_call.primary
    assert services.person_of(first, on_call.until) != on_call.primary
    assert services.person_of(second, at).code == "team-lead"
    assert [level.response_minutes for level in (first, second, third, fourth)] == [15, 30, 60, 120]


def test_level_whose_contact_left_is_answered_by_the_rota(desk):
    at = dt.datetime(2026, 1, 20, tzinfo=dt.UTC)
    SupportContact.objects.filter(code="team-lead").update(is_active=False)
    level = SupportLevel.objects.get(number=2)

    assert services.person_of(level, at) == services.who_is_on_call(at).primary
