"""The recorder plays every walkthrough to its end, quickly, on a product of its own."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests import postgres
from tests.conftest import chromium
from tests.deploy.programs import run

pytestmark = [
    pytest.mark.skipif("TEST_LOAD_SECONDS" not in os.environ, reason="by `make soak`"),
    pytest.mark.skipif(not chromium(), reason="no Chromium on this machine"),
    pytest.mark.skipif(not shutil.which("ffmpeg"), reason="no ffmpeg on this machine"),
]


def test_walkthroughs_can_be_recorded_anew(tmp_path: Path) -> None:
    done = run(
        [sys.executable, "-m", "scripts.record", "--to", str(tmp_path), "--pace", "0.1"],
        env={
            "PORT": str(postgres.free_port()),
            "DEMO_REQUISITIONS": "3",
            "TEST_CHROMIUM": str(chromium()),
        },
        timeout=600,
    )

    assert done.returncode == 0, done.stdout

    films = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.webm"))
    roles = ("approver", "engineer", "procurement")
    assert films == [f"{folder}/{role}.webm" for folder in ("en", "zh") for role in roles]
    assert len(list(tmp_path.rglob("*.vtt"))) == len(films)
