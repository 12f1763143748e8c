"""How states and people look on a page: one table for the admin, the workspace and the charts."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

ICONS = Path(__file__).resolve().parents[2] / "static/vendor/bootstrap-icons-1.13.2/icons.json"
FALLBACK_ICON = "circle"

TONES = {
    "neutral": (
        "draft none open skipped closed withdrawn superseded inactive expired not_started void "
        "waiting"
    ),
    "info": "pending pending_approval submitted active running viewed invited quoted new",
    "warning": "returned partial partially_ordered partially_received exception suspended delayed "
    "prospective clarification overdue retrying",
    "success": "approved full fully_ordered fully_received awarded posted matched applied done "
    "succeeded sent approved_for_payment resolved",
    "danger": "rejected cancelled failed blocked reversed declined dead",
    "hold": "on_hold hold paused",
    "progress": "issued ordered received in_progress partially_awarded acknowledged",
}
_TONE_OF = {state: tone for tone, states in TONES.items() for state in states.split()}

Outline = tuple[str, str]


def status_tone(status: object) -> str:
    """The tone a state is shown in; a state nobody has placed is neutral."""
    return _TONE_OF.get(str(status), "neutral")


def status_pill(status: object, label: object, tone: str = "") -> SafeString:
    """A state as a pill, for the list columns of the admin."""
    return format_html(
        '<span class="pill tone-{}">{}</span>', tone or status_tone(status), capfirst(str(label))
    )


def initials(name: str) -> str:
    """One sign for a Chinese name, two for others."""
    words = name.split()
    if not words:
        return "?"
    if not words[0].isascii():
        return words[0][-2:] if len(words[0]) > 2 else words[0][-1]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@cache
def icon_table() -> dict[str, tuple[Outline, ...]]:
    """The vendored outlines by name."""
    table = json.loads(ICONS.read_text(encoding="utf-8"))
    return {name: tuple((rule, data) for rule, data in paths) for name, paths in table.items()}


def icon_outlines(name: str) -> tuple[Outline, ...]:
    """The outlines of one icon; one that is not vendored shows as a ring instead of failing."""
    table = icon_table()
    return table.get(name) or table[FALLBACK_ICON]
