"""Scores by the formula, ready only with everything obligatory, and a catalogue of real things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from apps.operations.doctor.answers import chosen
from apps.operations.management.commands.erp_smoke import BRIEF, GO_LIVE
from apps.operations.metrics import names
from apps.operations.readiness import assessing, predeployment, sealing
from apps.operations.readiness.catalogue import SECTIONS, Component
from apps.operations.readiness.catalogue.people import GO_LIVE as NINE
from apps.operations.readiness.catalogue.people import SEVEN
from apps.operations.readiness.findings import Result
from apps.operations.readiness.looking import Measured, Smoke, Tests
from tests.operations.readiness.conftest import NOW, evidence, sections
from tests.operations.readiness.document import needs_document, text

ROOT = Path(settings.BASE_DIR)
LINES = [line for section in SECTIONS for line in section.lines]
CHECKS = [check for line in LINES for check in line.checks]
P, F, U = Result.PASS, Result.FAIL, Result.UNKNOWN


def judged(**results):
    return assessing.assess({}, now=NOW, sections=sections(**results))


@pytest.mark.parametrize(
    ("results", "score", "ready"),
    [
        ({"a": P, "b": P, "c": P}, 100, True),
        ({"a": P, "b": P, "c": F}, 66, False),
        ({"a": P, "b": P, "c": U}, 66, False),
        ({"a": P, "b": P, "c": Result.ELSEWHERE}, 66, False),
        ({"a": P, "b": P, "c": Result.LATER}, 66, False),
        ({"a": P, "b": P, "maybe": U}, 66, True),
        ({"a": U, "b": U}, 0, False),
        ({}, 0, False),
    ],
)
def test_score_and_verdict(results, score, ready):
    found = judged(**results)

    assert (found.score, found.is_ready) == (score, ready)
    assert found.scores[Component.SECURITY] == score
    assert found.scores[Component.PEOPLE] == 0


def test_open_lines_are_named():
    found = judged(a=P, b=Result.LATER, maybe=F, c=U)

    assert [one.line.key for one in found.open] == ["part.b", "part.c"]
    assert list(assessing.open_by_name(found)) == ["b later"]


def test_hash_is_of_results_and_proofs_not_of_moments():
    first, later = evidence(NOW, a=P, b=U), evidence(NOW.replace(hour=13), a=P, b=U)

    assert first != later
    assert sealing.hash_of(first) == sealing.hash_of(later)
    assert sealing.hash_of(first) != sealing.hash_of(evidence(NOW, a=P, b=P))


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.update(result="pass"),
        lambda line: line.update(cause="other"),
        lambda line: line.update(obligatory=False),
        lambda line: line.update(proof=["x"]),
        lambda line: line.update(key="part.z"),
    ],
)
def test_hash_changes_with_every_signed_fact(change):
    said = evidence(NOW, a=P, b=U)
    before = sealing.hash_of(said)

    change(said["lines"][1])

    assert sealing.hash_of(said) != before


def test_keys_are_there_once():
    keys = [line.key for line in LINES]

    assert len(set(keys)) == len(keys)
    assert all(line.checks for line in LINES)
    assert {section.component for section in SECTIONS} == set(Component)


def test_every_test_that_is_named_exists():
    named = {path for check in CHECKS if isinstance(check, Tests) for path in check.paths}

    assert [path for path in sorted(named) if not (ROOT / path).is_file()] == []
    assert len(named) > 30


def test_every_check_of_the_doctor_exists():
    assert assessing.asked_of_doctor() - {one.name for one in chosen()} == set()


def test_every_line_of_the_smoke_test_exists():
    known = {line.name for line in (*BRIEF, *GO_LIVE)}
    named = {
        name
        for check in CHECKS
        if isinstance(check, Smoke) and check.command.startswith("erp_smoke")
        for name in check.lines
    }

    assert named - known == set()
    assert {line.name for line in GO_LIVE} == set(NINE)
    assert set(predeployment.STEPS) == set(SEVEN)


def test_every_metric_exists():
    assert all(c.metric in names.METRICS for c in CHECKS if isinstance(c, Measured))


@needs_document
def test_every_box_of_the_document_has_a_line():
    """Nine lists of eight boxes; browsers take two lines, as only one of four runs here."""
    checklist = text().partition("## 🚀")[0]
    lists = re.split(r"^#### ", checklist, flags=re.MULTILINE)[1:]
    boxes = [len(re.findall(r"^- \[x\]", one, re.MULTILINE)) for one in lists]

    ours = [len(section.lines) for section in SECTIONS if section.key != "procedures"]
    assert boxes == [8] * 9
    assert ours == [8, 9, *([8] * 7)]
