"""Checksums of evidence: the same facts give the same text, and the text its SHA-256.

What is signed are results and what proves them. Moments, figures and words are left out: a backup
of tonight proves the same as that of last night, and a signature need not be given again for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from apps.operations.models import EvidenceRun

SIGNED = ("key", "obligatory", "result", "cause", "proof")


def canonical(data: Any) -> bytes:
    """Data as the one text it has: sorted names, no spaces, UTF-8."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def digest(data: Any) -> str:
    """The SHA-256 of that text."""
    return hashlib.sha256(canonical(data)).hexdigest()


def signed_part(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an assessment that a signature stands under."""
    lines = [{name: line[name] for name in SIGNED} for line in evidence.get("lines", ())]
    return {"version": evidence.get("version", ""), "lines": lines}


def hash_of(evidence: Mapping[str, Any]) -> str:
    """The evidence hash."""
    return digest(signed_part(evidence))


def checksum(run: EvidenceRun) -> str:
    """What a run's checksum has to be."""
    return digest(
        {
            "kind": run.kind,
            "source": run.source,
            "version": run.app_version,
            "started": run.started_at.isoformat(),
            "finished": run.finished_at.isoformat(),
            "passed": run.has_passed,
            "content": run.content,
        }
    )


def is_intact(run: EvidenceRun) -> bool:
    """Whether a run is what it was when it was recorded."""
    return checksum(run) == run.sha256
