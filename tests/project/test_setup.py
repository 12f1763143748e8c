"""The helpers of the Makefile do what the README says."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

from scripts import compile_messages, run

ROOT = Path(settings.BASE_DIR)
FIND = ["sh", str(ROOT / "scripts" / "find_python.sh")]


def fake_python(folder: Path, name: str, version: str) -> Path:
    """An interpreter that says it is of some version; it only answers the question asked."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f'#!/bin/sh\ncase "$2" in *"{version}"*) exit 0;; esac\nexit 1\n')
    program.chmod(0o755)
    return program


def find(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    tools = tmp_path / "tools"
    tools.mkdir(exist_ok=True)
    for name in ("sh", "cat"):
        if not (tools / name).exists():
            (tools / name).symlink_to(str(shutil.which(name)))
    return subprocess.run(
        FIND,
        env={"PATH": f"{tmp_path / 'bin'}:{tools}", "HOME": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_newer_python_goes_before_older(tmp_path):
    fake_python(tmp_path / "bin", "python3.12", "3.12")
    wanted = fake_python(tmp_path / "bin", "python3.13", "3.13")

    assert find(tmp_path).stdout.strip() == str(wanted)


def test_python_is_found_under_pyenv(tmp_path):
    fake_python(tmp_path / "bin", "python3", "3.11")
    versions = tmp_path / ".pyenv" / "versions"
    wanted = fake_python(versions / "3.13.5" / "bin", "python3.13", "3.13")

    assert find(tmp_path).stdout.strip() == str(wanted)


def test_named_python_is_taken_or_refused(tmp_path):
    fake_python(tmp_path / "bin", "python3.13", "3.13")
    named = fake_python(tmp_path / "mine", "python", "3.12")
    old = fake_python(tmp_path / "mine", "old", "3.9")

    assert find(tmp_path, PYTHON=str(named)).stdout.strip() == str(named)
    refused = find(tmp_path, PYTHON=str(old))
    assert refused.returncode == 2
    assert "not a usable Python" in refused.stderr


def test_python_of_the_system_is_asked_last(tmp_path):
    """Nothing on PATH, nothing under pyenv: one of the usual places, or a plain message."""
    found = find(tmp_path)

    if found.returncode == 0:
        assert found.stdout.startswith(("/usr/", "/opt/"))
    else:
        assert found.returncode == 2
        assert "Install one" in found.stderr


def test_only_stale_catalogues_are_compiled(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    catalogue.append(polib.POEntry(msgid="Order", msgstr="订单"))
    catalogue.save(str(folder / "django.po"))
    monkeypatch.setattr(compile_messages, "LOCALE", tmp_path / "locale")

    compile_messages.main()
    assert "django.po" in capsys.readouterr().out
    compile_messages.main()
    assert capsys.readouterr().out == ""

    assert polib.mofile(str(folder / "django.mo")).find("Order").msgstr == "订单"


def test_busy_port_is_said_plainly():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]

        result = subprocess.run(
            [sys.executable, str(ROOT / "scripts" / "run.py")],
            env={**os.environ, "PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert result.returncode == 2
    assert f"make run PORT={port + 1}" in result.stderr


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_unusable_port_is_said_plainly(monkeypatch, port):
    monkeypatch.setenv("PORT", port)

    with pytest.raises(SystemExit) as caught:
        run.port_from_environment()

    assert "PORT has to be a number" in str(caught.value)


@pytest.mark.parametrize("number", ["many", "-1", "1.5"])
def test_wrong_length_of_the_story_is_named(monkeypatch, number):
    monkeypatch.setenv("DEMO_REQUISITIONS", number)

    with pytest.raises(SystemExit) as caught:
        run.demonstration()

    assert "DEMO_REQUISITIONS has to be a number" in str(caught.value)
