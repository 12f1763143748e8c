"""The recorder plays every walkthrough to its end, quickly, on a product of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.conftest import chromium

pytestmark = [
    pytest.mark.skipif("TEST_LOAD_SECONDS" not in os.environ, reason="by `make soak`"),
    pytest.mark.skipif(not chromium(), reason="no Chromium on this machine"),
    pytest.mark.skipif(not shutil.which("ffmpeg"), reason="no ffmpeg on this machine"),
]


def test_walkthroughs_can_be_recorded_anew(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    inherited = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("ERP_", "DJANGO_", "TEST_", "PYTEST_", "DATABASE_"))
    }
    environment = {**inherited, "PORT": str(port), "DEMO_REQUISITIONS": "3"}

    subprocess.run(
        [sys.executable, "scripts/record.py", "--to", str(tmp_path), "--pace", "0.1"],
        cwd=settings.BASE_DIR,
        env={**environment, "TEST_CHROMIUM": str(chromium())},
        check=True,
    )

    films = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.webm"))
    roles = ("approver", "engineer", "procurement")
    assert films == [f"{folder}/{role}.webm" for folder in ("en", "zh") for role in roles]
    assert len(list(tmp_path.rglob("*.vtt"))) == len(films)
