"""A certificate as people see it: the same words on the page and in the PDF."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.operations.models import Release, ReleaseSignature, Role
from apps.operations.models.readiness import Group
from apps.operations.readiness import releases
from apps.operations.readiness.catalogue import COMPONENTS, Component
from apps.operations.readiness.findings import LABELS, Result

TONES = {
    Result.PASS: "success",
    Result.FAIL: "danger",
    Result.UNKNOWN: "warning",
    Result.ELSEWHERE: "neutral",
    Result.LATER: "hold",
}


@dataclass(frozen=True)
class Row:
    """One line of the certificate."""

    key: str
    title: str
    said: str
    state: str
    tone: str
    obligatory: bool
    seen: str
    sources: tuple[str, ...]
    links: tuple[str, ...] = ()


@dataclass
class Part:
    """One section with its rows."""

    title: str
    rows: list[Row] = field(default_factory=list)

    @property
    def shown(self) -> int:
        """How many boxes are ticked."""
        return sum(row.tone == TONES[Result.PASS] for row in self.rows)


@dataclass(frozen=True)
class Seat:
    """One role, with who signed for it."""

    role: str
    title: str
    person: str
    signed: str


@dataclass(frozen=True)
class Certificate:
    """All of it, in the reader's language."""

    version: str
    standing: str
    tone: str
    is_ready: bool
    score: int
    scores: list[tuple[str, int]]
    parts: list[Part]
    circles: list[tuple[str, list[Seat]]]
    voided: list[Seat]
    evidence_hash: str
    assessed: str
    certified: str
    expires: str
    open: str


def certificate(
    evidence: Mapping[str, Any], release: Release | None, *, evidence_hash: str = ""
) -> Certificate:
    """The certificate of kept evidence with its signatures, or of evidence nobody kept."""
    label, tone = releases.STANDINGS[releases.standing(release)] if release else (None, "neutral")
    rows = evidence["lines"]
    count = sum(row["obligatory"] and row["result"] != Result.PASS for row in rows)
    open_lines = _("%(count)d obligatory lines are not shown.") % {"count": count}
    return Certificate(
        version=evidence["version"],
        standing=str(label) if label else _("Not kept: nobody can sign"),
        tone=tone,
        is_ready=evidence["is_ready"],
        score=evidence["score"],
        scores=[(str(COMPONENTS[Component(k)]), v) for k, v in evidence["scores"].items()],
        parts=_parts(rows),
        circles=_circles(release),
        voided=[_seat(row.role, row) for row in releases.voided(release)] if release else [],
        evidence_hash=release.evidence_hash if release else evidence_hash,
        assessed=moment(evidence["at"]),
        certified=moment(release.certified_at) if release else "",
        expires=moment(release.expires_at) if release else "",
        open=open_lines if count else "",
    )


def _parts(rows: list[dict[str, Any]]) -> list[Part]:
    parts: dict[str, Part] = {}
    for row in rows:
        words = _words(row)
        part = parts.setdefault(row["section"], Part(words["section"]))
        part.rows.append(
            Row(
                key=row["key"],
                title=words["title"],
                said=words["said"],
                state=str(LABELS[Result(row["result"])]),
                tone=TONES[Result(row["result"])],
                obligatory=row["obligatory"],
                seen=moment(row["at"]),
                sources=tuple(row["sources"]),
                links=tuple(filter(None, map(_link, row["records"]))),
            )
        )
    return list(parts.values())


def _words(row: Mapping[str, Any]) -> dict[str, str]:
    """In the reader's language, or in the first there is."""
    words: dict[str, dict[str, str]] = row["words"]
    return words.get(get_language() or "") or next(iter(words.values()))


def _link(record: str) -> str:
    model, _slash, pk = record.partition("/")
    try:
        return reverse(f"admin:operations_{model}_change", args=[pk])
    except NoReverseMatch:
        return ""


def _circles(release: Release | None) -> list[tuple[str, list[Seat]]]:
    given = releases.signatures(release) if release else {}
    return [
        (
            str(group.label),
            [_seat(role, given.get(role)) for role in Role if role.group is group],
        )
        for group in Group
    ]


def _seat(role: str, row: ReleaseSignature | None) -> Seat:
    title = str(Role(role).label)
    if row is None:
        return Seat(role, title, "", "")
    return Seat(role, title, str(row.person), moment(row.signed_at))


def moment(at: dt.datetime | str | None) -> str:
    """A moment in the reader's time and language."""
    if not at:
        return ""
    found = dt.datetime.fromisoformat(at) if isinstance(at, str) else at
    return date_format(timezone.localtime(found), "DATETIME_FORMAT")
