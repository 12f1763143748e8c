"""Reading systemd's units as far as tests need: sections, repeated keys, lines that go on."""

from __future__ import annotations

import re
import shlex
import sys
from collections import defaultdict
from pathlib import Path

from tests.deploy.programs import DEPLOY

FOLDER = DEPLOY / "systemd"
PYTHON = "/opt/erp/current/.venv/bin/python"
Unit = dict[str, dict[str, list[str]]]


def read(name: str) -> Unit:
    """Give the keys of each section with every value they were given."""
    text = (FOLDER / name).read_text().replace("\\\n", " ")
    unit: Unit = defaultdict(lambda: defaultdict(list))
    section = ""
    for line in text.splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            section = match[1]
        elif line and not line.startswith(("#", ";")):
            key, _equals, value = line.partition("=")
            unit[section][key].append(value)
    return unit


def names(suffix: str) -> list[str]:
    return sorted(path.name for path in FOLDER.glob(f"*{suffix}"))


def commands(name: str) -> list[list[str]]:
    """Give what a service runs, as words."""
    return [shlex.split(line) for line in read(name)["Service"]["ExecStart"]]


def managed(name: str) -> list[list[str]]:
    """Give the commands of the product a service runs, without the interpreter."""
    return [words[2:] for words in commands(name) if words[:2] == [PYTHON, "manage.py"]]


def web(port: int, **environment: str) -> list[str]:
    """Give the command of one web process group, to be run here by the Python of the tests."""
    unit = read("erp-web@.service")["Service"]
    values = dict(pair.split("=") for pair in unit["Environment"][0].split()) | environment
    line = unit["ExecStart"][0].replace("%i", str(port))
    line = re.sub(r"\$\{(\w+)\}", lambda match: values[match[1]], line)
    words = shlex.split(line)
    assert words[0] == PYTHON
    return [sys.executable, *words[1:]]


def stubs(root: Path) -> None:
    """Make a file system with our units and empty programs where they expect some."""
    system = root / "etc" / "systemd" / "system"
    system.mkdir(parents=True)
    for path in FOLDER.iterdir():
        if path.is_dir():
            (system / path.name).mkdir()
            for inner in path.iterdir():
                (system / path.name / inner.name).write_text(inner.read_text())
        elif path.suffix in {".service", ".timer", ".target"}:
            (system / path.name).write_text(path.read_text())
    programs = {words[0] for name in names(".service") for words in commands(name)}
    for program in {*programs, "/bin/kill", "/bin/true"}:
        file = root / program.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#!/bin/sh\n")
        file.chmod(0o755)
    library = root / "usr" / "lib" / "systemd" / "system"
    library.mkdir(parents=True)
    for target in ("network-online", "sysinit", "basic", "shutdown", "multi-user", "timers"):
        (library / f"{target}.target").write_text(f"[Unit]\nDescription={target}\n")
