"""The watch after a launch: twelve lines, each with its figure, limit and state."""

from __future__ import annotations

import datetime as dt
import http.server
import io
import json
import threading

import pytest
from django.core.management import CommandError, call_command

from apps.operations.metrics import names
from apps.operations.models import DigestRun
from apps.operations.reports import hour, launch
from apps.operations.reports.launching import days_since_launch, last_launch
from apps.operations.reports.watching import worst
from tests.operations import story
from tests.operations.reports.conftest import DAY, HOUR, meet
from tests.operations.reports.test_digest import golden
from tests.operations.story import NOW

pytestmark = pytest.mark.django_db
LAUNCH = NOW - 2 * DAY
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def launched(site, stored, settings):
    """Traffic right after the launch, every figure of it known; nobody answers over HTTP."""
    settings.BASE_URL = "http://localhost"
    settings.OPERATING = type(settings.OPERATING)(
        **{**vars(settings.OPERATING), "probe_url": NOWHERE}
    )
    for moment, count in ((LAUNCH + 5 * story.MINUTE, 40), (LAUNCH + 3 * HOUR, 90)):
        stored(names.REQUEST_SECONDS, moment, *[0.5] * count)
        stored(names.QUERY_TIME, moment, *[0.02] * count)
        stored(names.HOST_CPU, moment, 0.4)
        stored(names.DATABASE_CONNECTIONS_RATIO, moment, 0.3)
        stored(names.TASKS_FAILED, moment, 0)
        stored(names.OUTBOX_FAILED, moment, 0)
        stored(names.LOGINS, moment, *[1] * 19)
        stored(names.LOGINS_FAILED, moment, 1)


def as_text(report: launch.Report) -> str:
    """For reading."""
    return json.dumps(report.as_dict(), ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("window", ["day1", "week1"])
def test_reports_are_what_was_read_and_found_good(told, launched, window):
    golden(f"{window}.json", as_text(launch.report(window, LAUNCH, NOW)))


# The doctor logs somebody in over a connection of its own, which a file lets nobody do meanwhile.
@pytest.mark.postgres
def test_report_of_the_first_hour(launched, monkeypatch):
    meet()

    golden("hour1.json", as_text(launch.report("hour1", LAUNCH, NOW)))

    code, text = call("--window", "hour1")
    assert code == 1  # nobody could ask for the headers
    assert "✓ User log-in and basic functionality" in text
    assert "limits tightened" in text

    monkeypatch.setitem(launch.LINES, "hour1", launch.LINES["hour1"][:3])
    code, text = call("--window", "hour1", "--json")
    assert (code, json.loads(text)["state"]) == (0, "good")


def test_there_are_twelve_lines_with_names_of_their_own():
    keys = [line.key for lines in launch.LINES.values() for line in lines]

    assert len(keys) == len(set(keys)) == 12


def test_nothing_measured_is_not_green(db, clock, settings):
    settings.OPERATING = type(settings.OPERATING)(
        **{**vars(settings.OPERATING), "probe_url": NOWHERE}
    )

    for window in launch.LINES:
        found = launch.report(window, NOW - HOUR, NOW)
        assert found.state != "good", window
        quiet = {"fixes"}  # nothing reported, nothing to fix: that is known
        green = {row.key for row in found.rows if row.state == "good"}
        assert green <= quiet, window


BROKEN = [
    # What goes wrong, the line that says so, its state in the first 48 hours.
    (names.SERVER_ERRORS, [1] * 3, "hour1", "errors", "critical"),  # of 40: 7.5 %
    (names.SERVER_ERRORS, [1], "hour1", "errors", "warning"),  # 2.5 %
    (names.REQUEST_SECONDS, [29.0] * 5, "hour1", "errors", "critical"),  # 3.7 s on average
    (names.LOGINS_FAILED, [1] * 9, "hour1", "login", "critical"),  # 10 of 29
    (names.QUERY_TIME, [10.0] * 10, "hour1", "database", "critical"),  # 2 s on average
    (names.TASKS_FAILED, [1], "day1", "logs", "critical"),  # any occurrence is looked into
    (names.DATABASE_FAILURES, [1], "day1", "logs", "critical"),
    (names.HOST_CPU, [1.0] * 3, "day1", "load", "warning"),  # 76 % on average
    (names.OUTBOX_FAILED, [2], "day1", "logs", "critical"),
]


@pytest.mark.parametrize(("metric", "values", "window", "key", "state"), BROKEN)
def test_line_is_not_green_when_it_is_broken(launched, stored, metric, values, window, key, state):
    stored(metric, LAUNCH + 6 * story.MINUTE, *values)

    found = {row.key: row.state for row in launch.report(window, LAUNCH, NOW).rows}

    assert found[key] == state


def test_limits_are_tight_for_48_hours_and_not_longer(launched, stored):
    stored(names.SERVER_ERRORS, LAUNCH + 6 * story.MINUTE, 1)

    def found(window, now):
        one = launch.report(window, LAUNCH, now)
        return one.watch.is_tight, one.watch.is_over

    assert found("day1", LAUNCH + 30 * DAY) == (True, True)
    assert found("week1", LAUNCH + 48 * HOUR) == (True, False)
    assert found("week1", LAUNCH + 49 * HOUR) == (False, False)
    assert found("week1", LAUNCH + 8 * DAY) == (False, True)


def test_a_day_without_its_digest_is_seen(launched):
    later = LAUNCH + 3 * DAY
    days = [dt.date(2026, 11, 18), dt.date(2026, 11, 19), dt.date(2026, 11, 20)]
    for day in days[:2]:
        DigestRun.objects.create(period="daily", begins_on=day, sent_at=NOW, recipients=1)

    def line():
        rows = {row.key: row for row in launch.report("week1", LAUNCH, later).rows}
        return rows["reviews"].parts[0]

    assert (line().state, line().figure) == ("warning", "daily digests sent: 2 of 3")
    DigestRun.objects.create(period="daily", begins_on=days[2], sent_at=NOW, recipients=1)
    assert line().state == "good"


def test_the_launch_is_the_newest_watch_of_the_calendar(db):
    meet()

    assert last_launch(NOW) == LAUNCH
    assert days_since_launch(NOW) == 3
    assert days_since_launch(LAUNCH + 31 * DAY) is None
    assert last_launch(LAUNCH - HOUR) is None


HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize("missing", [None, *HEADERS])
def test_headers_are_asked_for_over_http(missing):
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            for name, value in HEADERS.items():
                if name != missing:
                    self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_arguments):
            """Quiet."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.handle_request)
    thread.start()

    found = hour.headers(f"http://127.0.0.1:{server.server_port}")
    thread.join()
    server.server_close()

    assert found.state == ("good" if missing is None else "critical")
    assert missing is None or missing in found.figure


def test_a_page_nobody_serves_is_unknown():
    assert hour.headers(NOWHERE).state == "unknown"


WORSTS = [
    (["good", "good"], "good"),
    (["good", "off_target"], "off_target"),
    (["off_target", "unknown"], "unknown"),
    (["unknown", "warning"], "warning"),
    (["warning", "critical"], "critical"),
    ([], "unknown"),
]


@pytest.mark.parametrize(("states", "expected"), WORSTS)
def test_worst(states, expected):
    assert worst(states) == expected


def call(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("erp_report", *arguments, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_command_takes_a_moment_of_the_site(launched):
    code, text = call("--window", "day1", "--json", "--since", "2026-11-18T20:00:05")

    assert (code, json.loads(text)["launched"]) == (1, "2026-11-18T20:00:05+08:00")


REFUSED = [
    (["--window", "hour1", "--since", "soon"], "no time"),
    (["--window", "hour1", "--since", "2026-02-31T10:00"], "no time"),
    (["--window", "hour1", "--since", "2030-01-01T10:00"], "has not been yet"),
    (["--window", "hour1"], "When was the launch"),
    (["--window", "hour1", "--send"], "--send goes with"),
    (["--digest", "daily", "--since", "2026-11-01"], "--since goes with"),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED)
def test_command_refuses_with_2(db, clock, arguments, said):
    with pytest.raises(CommandError, match=said) as refused:
        call_command("erp_report", *arguments)

    assert refused.value.returncode == 2
