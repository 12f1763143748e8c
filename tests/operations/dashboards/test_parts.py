"""Limits, lines and pages of the dashboards."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from apps.operations.alerting.evaluating import state_of
from apps.operations.alerting.rules import rules
from apps.operations.dashboards import figures, limits
from apps.operations.dashboards.sparkline import draw
from apps.operations.models import Sample
from apps.operations.readiness import facts
from apps.operations.readiness.findings import Result
from tests.factories import make_user
from tests.operations import story
from tests.operations.readiness.conftest import around

TEXT = limits.Path(limits.settings.BASE_DIR, "fixtures/operations/dashboards.toml").read_text()


def test_limits_are_read_and_in_order():
    assert limits.parse(TEXT) == limits.limits()


WRONG = [
    ("no table", "[tiles", "dashboards.toml"),
    ("nothing said", "", "tiles"),
    ("a key nobody knows", TEXT.replace("critical = 0.50", "critcal = 0.50", 1), "critcal"),
    ("out of order", TEXT.replace("warning = 0.70", "warning = 0.95", 1), "active_users"),
    ("no direction", TEXT.replace('"below"', '"sideways"', 1), "active_users"),
]


@pytest.mark.parametrize(("_what", "text", "named"), WRONG, ids=[row[0] for row in WRONG])
def test_wrong_limits_are_refused_by_name(_what, text, named):
    with pytest.raises(ImproperlyConfigured, match=named):
        limits.parse(text)


TIGHT = [
    # A figure, its usual state, and that of the first 48 hours.
    ("error_rate", 0.019, "good", "good"),
    ("error_rate", 0.03, "off_target", "warning"),
    ("error_rate", 0.06, "warning", "critical"),
    ("response_time", 2.4, "good", "good"),
    ("response_time", 2.6, "warning", "warning"),
    ("response_time", 3.1, "warning", "critical"),
    ("uptime", 0.9949, "off_target", "warning"),
    ("uptime", 0.9899, "warning", "critical"),
    ("uptime", None, "unknown", "unknown"),
]


@pytest.mark.parametrize(("metric", "value", "usual", "tight"), TIGHT)
def test_tightened_limits_are_one_step_harder(metric, value, usual, tight):
    rule = rules().metrics[metric]

    assert state_of(rule, value) == usual
    assert state_of(limits.tightened(rule), value) == tight


LINES = [
    ([], None),
    ([None, None], None),
    ([1.0], ([], 1)),
    ([1.0, 2.0, 3.0], ([3], 0)),
    ([1.0, None, 2.0, 3.0], ([2], 1)),
    ([1.0, 2.0, None, 3.0, 4.0, 5.0], ([2, 3], 0)),
]


@pytest.mark.parametrize(("values", "expected"), LINES)
def test_a_line_has_a_gap_where_nothing_was_measured(values, expected):
    line = draw(values)

    if expected is None:
        assert line is None
    else:
        assert ([len(points.split()) for points in line.lines], len(line.dots)) == expected


def test_a_line_of_shares_near_one_shows_what_is_missing():
    heights = [
        [float(pair.split(",")[1]) for pair in draw(values, from_zero=False).lines[0].split()]
        for values in ([1.0, 0.99, 1.0], [1.0, 1.0, 1.0])
    ]

    assert heights[0][1] > heights[0][0] + 20
    assert len(set(heights[1])) == 1


def test_a_line_stays_inside_of_its_drawing():
    line = draw([0.0, 5.0, -3.0, 9.0])
    points = [tuple(map(float, pair.split(","))) for pair in line.lines[0].split()]

    assert all(0 <= x <= line.width and 0 <= y <= line.height for x, y in points)
    assert points[2][1] > points[0][1] > points[3][1]


SHOWN = [
    (figures.seconds(0.0849), "85 ms"),
    (figures.seconds(2.03), "2.03 s"),
    (figures.percent(0.456), "46%"),
    (figures.percent_fine(0.998), "99.8%"),
    (figures.per_second(512), "512 B/s"),
    (figures.per_second(86_900_000), "86.9 MB/s"),
    (figures.whole(12345), "12,345"),
]


@pytest.mark.parametrize(("shown", "expected"), SHOWN)
def test_figures_are_short(shown, expected):
    assert shown == expected


PAGES = [
    # Who may open which; the rest is refused with 403.
    ("dashboard_executive", {"admin", "procurement", "finance", "auditor"}),
    ("dashboard_technical", {"admin", "ops", "auditor"}),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "allowed"), PAGES)
def test_who_may_look(client, name, allowed):
    seen = {}
    for role in ("engineer", "procurement", "finance", "admin", "auditor", "ops"):
        client.force_login(make_user(None, role))
        seen[role] = client.get(reverse(f"operations:{name}")).status_code

    assert seen == {role: 200 if role in allowed else 403 for role in seen}


@pytest.mark.django_db
def test_pages_show_all_tiles(told, client, boss):
    client.force_login(boss)
    for name, expected in (
        ("dashboard_executive", story.EXECUTIVE),
        ("dashboard_technical", story.TECHNICAL),
    ):
        answer = client.get(reverse(f"operations:{name}"))
        as_json = client.get(reverse(f"operations:{name}"), {"format": "json"}).json()

        text = answer.content.decode()
        assert [text.count(f'id="tile-{key}"') for key in expected] == [1] * 10
        assert text.count('<details class="gauge-formula">') == 10
        assert "no-store" in answer.headers["Cache-Control"]
        shown = {tile["key"]: (tile["value"], tile["state"]) for tile in as_json["tiles"]}
        assert shown == expected


@pytest.mark.django_db
def test_drill_down_lists_what_was_counted_where_one_may_go(told, client, boss):
    client.force_login(boss)
    page = client.get(reverse("operations:dashboard_executive"))
    tiles = {tile.key: tile for _label, tiles in page.context["blocks"] for tile in tiles}

    for key, number in (("created", 2), ("approved", 2), ("orders", 1)):
        shown = client.get(tiles[key].link.url).context["cl"]
        assert shown.queryset.count() == number, key

    client.force_login(make_user("watcher", "ops", time_zone=story.ZONE))
    page = client.get(reverse("operations:dashboard_technical"))
    tiles = [tile for _label, tiles in page.context["blocks"] for tile in tiles]
    addresses = {tile.link.url for tile in tiles}
    assert {one: client.get(one).status_code for one in addresses} == dict.fromkeys(addresses, 200)


def test_readiness_sees_whether_they_show_figures(told, clock):
    """The story has every figure; without samples there is none."""
    assert facts.dashboards(around(story.NOW)).result is Result.PASS

    Sample.objects.all().delete()
    found = facts.dashboards(around(story.NOW))

    assert (found.result, found.cause) == (Result.FAIL, "dashboard_silent")
