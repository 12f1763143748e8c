"""The readiness document itself, where it lies beside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings

SHARED = Path(os.environ.get("TEST_SHARED") or Path(settings.BASE_DIR).parent / "shared")
FILES = sorted((SHARED / "seeds").glob("*.txt"))

needs_document = pytest.mark.skipif(not FILES, reason="the readiness document is not there")


def text() -> str:
    """What it says."""
    return FILES[0].read_text(encoding="utf-8")
