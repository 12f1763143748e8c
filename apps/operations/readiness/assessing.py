"""The assessment: every line looked at once, scores by one formula, and whether all of it is ready.

A score is the share of lines that are shown, rounded down: 100 × shown ÷ all. Whatever is not shown
(not so, unknown, not checkable here, not built yet) counts as nothing. Ready is who has every
obligatory line shown; a score alone makes nobody ready.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone, translation

from apps.operations.backup.version import app_version
from apps.operations.doctor import topics
from apps.operations.doctor.answers import Answer
from apps.operations.readiness import sealing
from apps.operations.readiness.catalogue import SECTIONS, Component, Line, Section
from apps.operations.readiness.findings import Finding, Result, worst
from apps.operations.readiness.looking import Doctor, Surroundings, look_at

LANGUAGES = ("en", "zh-hans")


@dataclass(frozen=True)
class Judged:
    """A line with what its checks said."""

    line: Line
    section: Section
    findings: tuple[Finding, ...]

    @property
    def result(self) -> Result:
        """That of the worst check."""
        return worst(finding.result for finding in self.findings)

    @property
    def deciding(self) -> list[Finding]:
        """What made it so."""
        return [finding for finding in self.findings if finding.result is self.result]

    @property
    def is_shown(self) -> bool:
        """Whether the box is ticked."""
        return self.result is Result.PASS


@dataclass(frozen=True)
class Assessment:
    """All lines at one moment."""

    version: str
    at: dt.datetime
    lines: tuple[Judged, ...]

    @property
    def score(self) -> int:
        """Of all lines."""
        return share(self.lines)

    @property
    def scores(self) -> dict[Component, int]:
        """Of each component."""
        return {
            part: share([one for one in self.lines if one.section.component is part])
            for part in Component
        }

    @property
    def open(self) -> list[Judged]:
        """Obligatory lines that are not shown."""
        return [one for one in self.lines if one.line.obligatory and not one.is_shown]

    @property
    def is_ready(self) -> bool:
        """Nothing obligatory is open."""
        return bool(self.lines) and not self.open

    def counted(self) -> Counter[Result]:
        """How many lines came out how."""
        return Counter(one.result for one in self.lines)


def share(lines: Sequence[Judged]) -> int:
    """The formula."""
    return 100 * sum(one.is_shown for one in lines) // len(lines) if lines else 0


def asked_of_doctor(sections: Sequence[Section] = SECTIONS) -> set[str]:
    """The names of the doctor's checks that lines are made of."""
    checks = (check for section in sections for one in section.lines for check in one.checks)
    return {name for check in checks if isinstance(check, Doctor) for name in check.names}


def ask_doctor() -> dict[str, Answer]:
    """The doctor's answers of now."""
    return dict(topics.named(asked_of_doctor()))


def assess(
    doctor: Mapping[str, Answer] | None = None,
    *,
    now: dt.datetime | None = None,
    sections: Sequence[Section] = SECTIONS,
) -> Assessment:
    """Look at every line now."""
    around = Surroundings(now or timezone.now(), ask_doctor() if doctor is None else doctor)
    judged = tuple(
        Judged(line, section, tuple(look_at(line.checks, around)))
        for section in sections
        for line in section.lines
    )
    return Assessment(app_version(), around.now, judged)


def in_words(language: str) -> tuple[Assessment, dict[str, Any]]:
    """An assessment in a language, and its evidence in every language, for whoever reads it."""
    told: dict[str, Assessment] = {}
    for one in LANGUAGES:
        with translation.override(one):
            told[one] = assess()
    first = told[language]
    return first, evidence(first, told)


def evidence(first: Assessment, told: Mapping[str, Assessment]) -> dict[str, Any]:
    """The assessment as it is kept and signed; only the words differ between languages."""
    rows = []
    for number, one in enumerate(first.lines):
        words = {}
        for language, other in told.items():
            with translation.override(language):
                words[language] = _words(other.lines[number])
        rows.append({**_facts(one), "words": words})
    return {
        "version": first.version,
        "at": first.at.isoformat(),
        "score": first.score,
        "scores": {str(part): score for part, score in first.scores.items()},
        "is_ready": first.is_ready,
        "lines": rows,
    }


def _facts(one: Judged) -> dict[str, Any]:
    moments = [finding.at for finding in one.findings if finding.at]
    return {
        "key": one.line.key,
        "section": one.section.key,
        "component": str(one.section.component),
        "obligatory": one.line.obligatory,
        "result": str(one.result),
        "cause": next((f.cause for f in one.deciding if f.cause), ""),
        "proof": sorted({proof for finding in one.findings for proof in finding.proof}),
        "sources": [finding.source for finding in one.findings],
        "records": sorted({f.record for f in one.findings if f.record}),
        "at": min(moments).isoformat() if moments else None,
        "until": _until(one.findings),
    }


def _until(findings: Sequence[Finding]) -> str | None:
    """When the first evidence becomes too old."""
    ends = [f.at + f.max_age for f in findings if f.at and f.max_age]
    return min(ends).isoformat() if ends else None


def _words(one: Judged) -> dict[str, str]:
    said = dict.fromkeys(finding.said for finding in one.deciding)
    return {
        "section": str(one.section.title),
        "title": str(one.line.title),
        "said": " ".join(said),
    }


def hash_of(assessment: Assessment) -> str:
    """The evidence hash of an assessment that is not kept."""
    return sealing.hash_of(evidence(assessment, {}))


def open_by_name(assessment: Assessment) -> Iterator[str]:
    """What is still to be built, by name."""
    for one in assessment.lines:
        for finding in one.findings:
            if finding.result is Result.LATER:
                yield finding.said
