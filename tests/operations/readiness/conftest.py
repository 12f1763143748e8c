"""Evidence as one needs it: lines that come out as told, runs that are kept, people who sign."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from apps.operations.backup.version import app_version
from apps.operations.models import EvidenceRun, Role, Signatory
from apps.operations.readiness import assessing, recording, releases
from apps.operations.readiness.catalogue import Component
from apps.operations.readiness.catalogue.lines import Section, line
from apps.operations.readiness.findings import Finding, Result
from apps.operations.readiness.looking import Asked, Surroundings
from tests.factories import make_user
from tests.operations.samples import store_samples

NOW = dt.datetime(2026, 11, 20, 12, 0, 5, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR


@pytest.fixture
def clock(monkeypatch):
    """Stands still; `clock.now += …` moves it."""

    class Clock:
        now = NOW

    ours = Clock()
    monkeypatch.setattr(timezone, "now", lambda: ours.now)
    return ours


def around(now: dt.datetime = NOW, answers: Any = None) -> Surroundings:
    return Surroundings(now, answers or {})


def told(result: Result, name: str = "told", cause: str = "") -> Asked:
    """A check that comes out as told."""

    def question(_around: Surroundings) -> Finding:
        return Finding(result, f"{name} {result}", cause=cause or f"{name}_{result}")

    question.__name__ = name
    return Asked(question)


def sections(**results: Result) -> tuple[Section, ...]:
    """A catalogue of one line for each name; a name that begins with `maybe` is optional."""
    lines = tuple(
        line(f"part.{name}", name, told(result, name), obligatory=not name.startswith("maybe"))
        for name, result in results.items()
    )
    return (Section("part", "Part", Component.SECURITY, lines),)


def evidence(now: dt.datetime | None = None, **results: Result) -> dict[str, Any]:
    """An assessment of such a catalogue, as it is kept."""
    found = assessing.assess({}, now=now or timezone.now(), sections=sections(**results))
    return assessing.evidence(found, {"en": found, "zh-hans": found})


def kept(kind: EvidenceRun.Kind, content: dict[str, Any], **more: Any) -> EvidenceRun:
    """A run that is kept."""
    finished = more.pop("at", NOW)
    return recording.record(
        kind,
        source="a test",
        span=(finished - HOUR, finished),
        has_passed=more.pop("has_passed", True),
        content=content,
    )


def smoke(*, at: dt.datetime = NOW, **green: bool) -> EvidenceRun:
    """A run of the smoke test with these lines."""
    lines = {name: {"green": value, "said": name} for name, value in green.items()}
    return kept(EvidenceRun.Kind.SMOKE, {"lines": lines}, at=at)


def reported(*, at: dt.datetime = NOW, **modules: tuple[int, int, int]) -> EvidenceRun:
    """A report of tests: passed, failed, left out, for each file."""
    names = ("passed", "failed", "left")
    rows = {f"tests/{k}.py": dict(zip(names, v, strict=True)) for k, v in modules.items()}
    return kept(EvidenceRun.Kind.TESTS, {"modules": rows}, at=at)


def load_run(*, at: dt.datetime = NOW, **figures: Any) -> EvidenceRun:
    """A run under load."""
    usual = {
        "users": 50,
        "seconds": 1800,
        "requests": 10_000,
        "errors": 10,
        "average_seconds": 0.4,
        "p95_seconds": 0.9,
    }
    return kept(EvidenceRun.Kind.LOAD, {**usual, **figures, "version": app_version()}, at=at)


@pytest.fixture
def signers(db):
    """Twelve people, one for each role."""
    people = {}
    for role in Role:
        person = make_user(role.value, is_staff=True)
        Signatory.objects.create(role=role, person=person)
        people[role.value] = person
    return people


@pytest.fixture
def release(db, clock):
    """One that is ready."""
    return releases.record(evidence(first=Result.PASS, second=Result.PASS))


def sign_all(release: Any, signers: dict[str, Any], *, but: str = "") -> Any:
    """Everybody signs, one left out."""
    for role, person in signers.items():
        if role != but:
            release = releases.sign(release, role, by=person)
    return release


@pytest.fixture
def stored(db):
    """Store measurements under the minute of a moment."""
    return store_samples
