"""Working time, with the clock given by the table."""

import datetime as dt

import pytest
from django.test import override_settings

from apps.approvals import business_hours

HOLIDAYS = {
    dt.date(2026, 10, 1): False,  # a Thursday
    dt.date(2026, 10, 2): False,
    dt.date(2026, 10, 10): True,  # a Saturday worked instead
}


@pytest.fixture(autouse=True)
def shanghai():
    with override_settings(USER_TIME_ZONE="Asia/Shanghai"):
        yield


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=business_hours.zone())


@pytest.mark.parametrize(
    ("start", "hours", "wanted"),
    [
        ("2026-11-23 09:00", 4, "2026-11-23 13:00"),
        ("2026-11-23 09:00", 9, "2026-11-23 18:00"),
        ("2026-11-23 17:00", 2, "2026-11-24 10:00"),
        ("2026-11-23 20:00", 1, "2026-11-24 10:00"),
        ("2026-11-23 06:00", 1, "2026-11-23 10:00"),
        ("2026-11-27 17:00", 2, "2026-11-30 10:00"),  # over the weekend
        ("2026-11-28 12:00", 1, "2026-11-30 10:00"),  # from a Saturday
        ("2026-09-30 17:00", 2, "2026-10-05 10:00"),  # over two holidays and the weekend
        ("2026-10-09 17:00", 2, "2026-10-10 10:00"),  # into a Saturday that is worked
        ("2026-11-23 09:00", 24, "2026-11-25 15:00"),
        ("2026-11-23 12:00", 0, "2026-11-23 12:00"),
    ],
)
def test_hours_are_added_where_people_work(start, hours, wanted):
    end = business_hours.add(at(start), dt.timedelta(hours=hours), HOLIDAYS)

    assert end == at(wanted)
    assert end.tzinfo is dt.UTC


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-23 09:00", "2026-11-23 18:00", 9),
        ("2026-11-23 17:00", "2026-11-24 10:00", 2),
        ("2026-11-27 18:00", "2026-11-30 09:00", 0),
        ("2026-11-27 00:00", "2026-11-30 23:00", 18),
        ("2026-09-30 17:00", "2026-10-05 10:00", 2),
        ("2026-10-10 00:00", "2026-10-11 23:00", 9),
        ("2026-11-24 10:00", "2026-11-23 10:00", 0),
    ],
)
def test_hours_between_two_moments(start, end, hours):
    assert business_hours.between(at(start), at(end), HOLIDAYS) == dt.timedelta(hours=hours)


def test_clocks_that_go_back_do_not_matter():
    """In Berlin the night of 25 October 2026 has an hour more; working time has not."""
    with override_settings(USER_TIME_ZONE="Europe/Berlin"):
        end = business_hours.add(at("2026-10-23 17:00"), dt.timedelta(hours=2), {})

        assert end == at("2026-10-26 10:00")


def test_a_calendar_without_working_days_ends_the_search():
    never = {dt.date(2026, 1, 1) + dt.timedelta(days=n): False for n in range(4000)}
    start = at("2026-01-01 09:00")

    assert business_hours.add(start, dt.timedelta(hours=1), never) == start
