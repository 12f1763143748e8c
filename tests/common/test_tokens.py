"""Colours can be read: the contrast of every pair the pages use, in light and in dark."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static/css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
LIGHT, BY_DEVICE, BY_CHOICE = re.split(
    r"@media \(prefers-color-scheme: dark\)|html\[data-theme=\"dark\"\]", TOKENS
)
SURFACES = ("bg", "surface", "sunken", "hover", "selected")
TONES = ("neutral", "info", "warning", "success", "danger", "hold", "progress")
TEXT = [(text, surface) for text in ("text", "muted", "subtle", "link") for surface in SURFACES]
PILLS = [(f"{tone}-fg", f"{tone}-bg") for tone in TONES]
BUTTONS = [
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("accent-on-soft", "accent-soft"),
    ("on-danger", "danger"),
    ("on-danger", "danger-hover"),
]
ERRORS = [("danger-fg", surface) for surface in ("bg", "surface", "sunken")]
SHAPES = [("control-border", "surface"), ("focus", "surface"), ("focus", "bg")]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--erp-([\w-]+):\s*(#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, BY_CHOICE], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("pairs", "least"), [(TEXT + PILLS + BUTTONS + ERRORS, 4.5), (SHAPES, 3)], ids=["text", "shape"]
)
def test_contrast(palette, pairs, least):
    known = colours(palette)

    poor = {f"{a} on {b}": contrast(known[a], known[b]) for a, b in pairs}

    assert {name: round(value, 2) for name, value in poor.items() if value < least} == {}


def test_contrast_is_measured_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") < 4.5


def test_dark_is_the_same_whoever_asked_for_it():
    assert colours(BY_DEVICE) == colours(BY_CHOICE)


def test_no_stylesheet_uses_a_colour_of_its_own():
    own = {}
    for path in CSS.glob("*.css"):
        if path.name != "tokens.css":
            found = re.findall(r":[^;{]*(#[0-9a-fA-F]{3,8})\b[^;{]*;", path.read_text())
            if found:
                own[path.name] = found

    assert own == {}


def test_every_token_used_is_defined():
    defined = set(re.findall(r"(--erp-[\w-]+):", TOKENS))

    used = {
        name
        for path in CSS.glob("*.css")
        for name in re.findall(r"var\((--erp-[\w-]+)", path.read_text())
    }

    assert used - defined == set()


@pytest.mark.parametrize(
    "newer", [r":has\(", r"@container\b", r"@layer\b", r"color-mix\(", r"^\s*&", r"\binset:"]
)
def test_stylesheets_stay_within_the_oldest_browsers(newer):
    found = [p.name for p in CSS.glob("*.css") if re.search(newer, p.read_text(), re.MULTILINE)]

    assert found == []
