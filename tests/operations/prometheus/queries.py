"""Every query of rules and dashboards, and the names of the series in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from tests.deploy.programs import DEPLOY

RULES = DEPLOY / "prometheus" / "erp.yml"
DASHBOARDS = {path.stem: path for path in sorted((DEPLOY / "grafana").glob("*.json"))}
WORDS = {"and", "or", "unless", "offset", "bool"}
LABELS = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
BRACES = re.compile(r"\{[^}]*\}|\[[^\]]*\]")
NAME = re.compile(r"(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])")


def names_in(query: str) -> set[str]:
    """The series a query reads: what is left without functions, labels, texts and spans."""
    bare = BRACES.sub("", TEXT.sub('""', query))
    bare = re.sub(r"\boffset\s+\w+", "", LABELS.sub("", bare))
    return set(NAME.findall(bare)) - WORDS


def of_rules() -> Iterator[tuple[str, str]]:
    """Name and query of each rule."""
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            yield rule.get("record") or rule["alert"], rule["expr"]


def panels(name: str) -> list[dict[str, Any]]:
    """The panels of a dashboard, rows left out."""
    found = json.loads(DASHBOARDS[name].read_text())["panels"]
    return [panel for panel in found if panel["type"] != "row"]


def of_dashboards() -> Iterator[tuple[str, str]]:
    """Title and query of each target."""
    for name in DASHBOARDS:
        for panel in panels(name):
            for target in panel["targets"]:
                yield f"{name}: {panel['title']}", target["expr"]


def recorded() -> set[str]:
    """What rules make."""
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return {rule["record"] for group in groups for rule in group["rules"] if "record" in rule}
