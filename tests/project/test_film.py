"""Films of the help centre: captions that stand until the next, and never half a file."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scripts import film

PARTLY = 'for last; do :; done; printf half > "$last"; exit 1'
WHOLE = 'for last; do :; done; printf whole > "$last"'


def shown() -> Any:
    """Two pictures and two captions."""
    frames = [film.Frame(10.0, b"one"), film.Frame(12.5, b"two")]
    said = [(10.5, "Begin."), (73.25, "End.")]
    return SimpleNamespace(frames=frames, captions=said, ended=75.0)


def encoder(folder: Path, script: str) -> str:
    """Make a program in the place of ffmpeg."""
    program = folder / "encoder"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def test_film_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "help.webm"
    target.write_text("old")

    film.encode(shown(), target, tmp_path, encoder(tmp_path, WHOLE))

    assert target.read_text() == "whole"


def test_failed_encoding_leaves_the_old_film(tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    target = folder / "help.webm"
    target.write_text("old")

    with pytest.raises(subprocess.CalledProcessError):
        film.encode(shown(), target, tmp_path, encoder(tmp_path, PARTLY))

    assert {path.name: path.read_text() for path in folder.iterdir()} == {"help.webm": "old"}


def test_each_picture_and_caption_stands_until_the_next(tmp_path: Path) -> None:
    film.encode(shown(), tmp_path / "help.webm", tmp_path, encoder(tmp_path, WHOLE))

    listed = (tmp_path / "frames.txt").read_text()
    assert [line for line in listed.splitlines() if line.startswith("duration")] == [
        "duration 2.5000",
        "duration 62.5000",
    ]
    assert film.captions_of(shown()) == (
        "WEBVTT\n\n"
        "00:00:00.500 --> 00:01:03.250 line:-2\nBegin.\n\n"
        "00:01:03.250 --> 00:01:05.000 line:-2\nEnd.\n"
    )
