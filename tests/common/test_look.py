"""Tones, icons, avatars and the navigation: what pages of all apps rely on."""

import importlib
import re

import pytest
from django.apps import apps
from django.db.models import TextChoices
from django.template import Context, Template
from django.test import RequestFactory

from apps.common import admin_site, dashboard, look
from tests.architecture.files import files, text


def states() -> dict[str, str]:
    """Every state an app knows whose enumeration is called after a status, with where it is."""
    found = {}
    for config in apps.get_app_configs():
        try:
            module = importlib.import_module(f"{config.name}.states")
        except ModuleNotFoundError:
            continue
        for name, kind in vars(module).items():
            if isinstance(kind, type) and issubclass(kind, TextChoices) and "Status" in name:
                found.update({str(value): f"{config.label}.{name}" for value in kind.values})
    return found


def test_every_state_has_a_tone():
    unknown = {state: where for state, where in states().items() if state not in look._TONE_OF}

    assert states()
    assert unknown == {}


@pytest.mark.parametrize(
    ("status", "tone"),
    [
        ("draft", "neutral"),
        ("pending_approval", "info"),
        ("returned", "warning"),
        ("approved", "success"),
        ("rejected", "danger"),
        ("on_hold", "hold"),
        ("issued", "progress"),
        ("frobnicated", "neutral"),
    ],
)
def test_tone(status, tone):
    assert look.status_tone(status) == tone


def test_pill_escapes_and_capitalises():
    assert look.status_pill("approved", "<b>ok") == (
        '<span class="pill tone-success">&lt;b&gt;ok</span>'
    )


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Li Wei", "LW"),
        ("王芳", "芳"),
        ("欧阳修文", "修文"),
        ("张小明", "小明"),
        ("admin", "A"),
        ("", "?"),
    ],
)
def test_initials(name, letters):
    assert look.initials(name) == letters


def test_every_icon_named_is_there():
    sources = [re.sub(r"\{#.*?#\}", "", text(name)) for name in files(".html", "templates")]
    named = {name for source in sources for name in re.findall(r'% icon "([^"]+)"', source)}
    named |= {icon for group in admin_site.GROUPS for _model, icon in group.models}
    named |= {group.icon for group in admin_site.GROUPS}

    assert named - set(look.icon_table()) == set()


def test_icon_unknown_to_us_is_a_ring():
    page = Template('{% load erp %}{% icon "frobnicate" "Odd" %}').render(Context())

    assert 'aria-label="Odd"' in page
    assert look.icon_outlines("circle")[0][1] in page


def test_groups_name_models_that_exist():
    """A renamed model would silently fall to the end of its group."""
    known = {model._meta.model_name for model in apps.get_models()}
    named = {name for group in admin_site.GROUPS for name, _icon in group.models}

    assert named - known == set()


def test_app_nobody_placed_is_the_systems():
    assert admin_site.home_of("frobnicator") is admin_site.REST


def test_dashboard_shows_what_has_something_to_say(monkeypatch):
    monkeypatch.setattr(dashboard, "_tiles", [])
    silent = dashboard.register(lambda request: None)
    late = dashboard.register(lambda request: dashboard.Tile("late", 2), order=20)
    dashboard.register(lambda request: dashboard.Tile("early", 1), order=10)
    dashboard.register(late)
    dashboard.register(silent)

    tiles = dashboard.tiles(RequestFactory().get("/"))

    assert [tile.label for tile in tiles] == ["early", "late"]


def test_chart_is_also_a_table():
    chart = dashboard.Chart(
        "states",
        "By state",
        "bar",
        ["draft", "approved"],
        [
            dashboard.Series("documents", [3.0, 1234.0]),
            dashboard.Series("amount", [30.5, 4000.0], places=2),
        ],
    )

    assert chart.rows == [("draft", ["3", "30.50"]), ("approved", ["1,234", "4,000.00"])]
    assert chart.data["labels"] == ["draft", "approved"]
