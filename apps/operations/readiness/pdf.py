"""The certificate as PDF, set by Typst with the fonts of this repository."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.operations.models import Release
from apps.operations.readiness import sealing, shown

TEMPLATE = Path(__file__).with_name("certificate.typ")


@dataclass(frozen=True)
class Made:
    """The file, and what has to be said about it."""

    content: bytes
    warnings: tuple[str, ...] = ()


def fonts() -> Path:
    """Where the fonts lie."""
    return Path(settings.BASE_DIR) / "fonts"


def has_chinese_font() -> bool:
    """Whether Chinese can be set."""
    return any(fonts().rglob("*.otf"))


def certificate(evidence: Mapping[str, Any], release: Release | None, language: str) -> Made:
    """Set the certificate in a language; what was kept goes before what was just seen."""
    kept = release.evidence if release else evidence
    with translation.override(language):
        found = shown.certificate(kept, release, evidence_hash=sealing.hash_of(kept))
        data = {**asdict(found), "words": _words(found), "language": language[:2]}
        warnings = () if has_chinese_font() else (_("There is no Chinese font in fonts/."),)
    content = typst.compile(
        TEMPLATE,
        font_paths=[fonts()],
        ignore_system_fonts=has_chinese_font(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return Made(bytes(content), warnings)


def _words(found: shown.Certificate) -> dict[str, str]:
    words = {
        "title": _("Production readiness certificate"),
        "version": _("version"),
        "assessed": _("assessed at"),
        "certified": _("certified at"),
        "expires": _("valid until"),
        "hash": _("evidence hash"),
        "verdict": _("READY") if found.is_ready else _("NOT READY"),
        "overall": _("Overall"),
        "formula": _("100 × shown ÷ all lines"),
        "signatures": _("Signatures"),
        "role": _("role"),
        "person": _("person"),
        "signed": _("signed at"),
        "missing": _("not signed"),
        "evidence": _("Evidence"),
        "line": _("Asked for"),
        "result": _("result"),
        "what": _("what was seen"),
        "source": _("source"),
        "optional": _("optional"),
        "page": _("page"),
    }
    return {name: str(capfirst(text)) for name, text in words.items()}
