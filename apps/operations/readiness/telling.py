"""What the command prints: for people line by line, for machines one object."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from apps.operations.models import Release
from apps.operations.readiness import assessing, releases, sealing
from apps.operations.readiness.assessing import Assessment, Judged
from apps.operations.readiness.catalogue import COMPONENTS
from apps.operations.readiness.findings import LABELS, Finding, Result

MARKS = {
    Result.PASS: "✓",
    Result.FAIL: "✗",
    Result.UNKNOWN: "?",
    Result.ELSEWHERE: "→",
    Result.LATER: "…",
}


def pre_row(
    name: str, label: StrOrPromise, found: Finding, accepted: Sequence[str]
) -> dict[str, Any]:
    """One of the seven checks; somebody may vouch for what cannot be checked here."""
    is_vouched_for = found.result is Result.ELSEWHERE and name in accepted
    return {
        "name": name,
        "label": str(label),
        "result": str(found.result),
        "cause": found.cause,
        "said": found.said,
        "accepted": is_vouched_for,
        "green": found.result is Result.PASS or is_vouched_for,
    }


def pre(rows: Sequence[dict[str, Any]], *, as_json: bool) -> list[str]:
    """The seven checks."""
    green = sum(row["green"] for row in rows)
    if as_json:
        report = {"green": green, "of": len(rows), "lines": list(rows)}
        return [json.dumps(report, ensure_ascii=False)]
    said = []
    for row in rows:
        result = Result(row["result"])
        vouched = _(" (done by hand)") if row["accepted"] else ""
        state = f"{LABELS[result]}{vouched}"
        said.append(f"{MARKS[result]} {row['label']} [{state}] {row['said']}")
    said.append(f"{green}/{len(rows)}")
    if green < len(rows):
        step = "erp_check; erp_readiness --pre --accept NAME"
        said.append(_("Next: %(step)s") % {"step": step})
    return said


def assessment(
    found: Assessment, evidence: Mapping[str, Any], release: Release | None, *, as_json: bool
) -> list[str]:
    """The whole: every line, the scores and their formula, the verdict, the certificate."""
    now_hash = sealing.hash_of(evidence)
    if as_json:
        report = {
            **evidence,
            "evidence_hash": now_hash,
            "counted": {str(result): number for result, number in found.counted().items()},
            "open": [one.line.key for one in found.open],
            "not_built": sorted(set(assessing.open_by_name(found))),
            "release": _release(release, now_hash),
        }
        return [json.dumps(report, ensure_ascii=False)]
    said = [line for one in found.lines for line in _line(one)]
    said.append("")
    for part, score in found.scores.items():
        said.append(f"{COMPONENTS[part]}: {score}/100")
    said.append(_("Overall: %(score)d/100 (100 × shown ÷ all lines)") % {"score": found.score})
    counted = found.counted()
    said.append(", ".join(f"{LABELS[result]}: {counted[result]}" for result in MARKS))
    said += [_("Not built yet: %(what)s") % {"what": w} for w in assessing.open_by_name(found)]
    said.append(_("READY") if found.is_ready else _("NOT READY"))
    if not found.is_ready:
        figures = {"count": len(found.open)}
        said.append(_("%(count)d obligatory lines are not shown.") % figures)
    said += _certificate(release, now_hash)
    return said


def _line(one: Judged) -> list[str]:
    state = LABELS[one.result]
    text = " ".join(dict.fromkeys(finding.said for finding in one.deciding))
    said = [f"{MARKS[one.result]} {one.line.key} {one.line.title} [{state}] {text}"]
    if not one.is_shown:
        said += [f"    {finding.cause}: {finding.source}" for finding in one.deciding]
    return said


def _release(release: Release | None, now_hash: str) -> dict[str, Any] | None:
    if release is None:
        return None
    return {
        "version": release.app_version,
        "evidence_hash": release.evidence_hash,
        "is_current": release.evidence_hash == now_hash,
        "standing": releases.standing(release),
        "signed": sorted(releases.signatures(release)),
        "expires_at": release.expires_at.isoformat() if release.expires_at else None,
    }


def _certificate(release: Release | None, now_hash: str) -> list[str]:
    if release is None:
        step = "manage.py erp_readiness --record"
        return [_("No evidence is kept. Next: %(step)s") % {"step": step}]
    label, _tone = releases.STANDINGS[releases.standing(release)]
    said = [
        _("Certificate of %(version)s: %(standing)s; %(signed)d of %(all)d have signed.")
        % {
            "version": release.app_version,
            "standing": label,
            "signed": len(releases.signatures(release)),
            "all": len(releases.ROLES),
        }
    ]
    if release.evidence_hash != now_hash:
        said.append(_("The evidence has changed since it was kept: --record begins a new round."))
    return said
