"""Every package is there for a reason, in one version, known by its hash."""

import re
from importlib.metadata import version

import pytest

from tests.architecture.files import ROOT, text

LOCKS = ["base", "production", "dev", "bench", "tools"]

# The first versions without a published hole; the lock may not fall behind them.
SAFE_SINCE = {
    "cryptography": (44, 0, 1),
    "django": (6, 1, 3),
    "djangorestframework": (3, 15, 2),
    "djangorestframework-simplejwt": (5, 5, 1),
    "openpyxl": (3, 1, 5),
    "pyjwt": (2, 10, 1),
}


def pinned(name: str) -> dict[str, str]:
    lock = text(f"requirements/{name}.txt")
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)", lock, re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_every_version_has_its_hash(name):
    blocks = re.split(r"\n(?=\S)", text(f"requirements/{name}.txt").strip())

    assert [block[:40] for block in blocks if "--hash=sha256:" not in block] == []
    assert len(blocks) == len(pinned(name))


@pytest.mark.parametrize("name", LOCKS)
def test_every_wish_is_locked(name):
    wished = re.findall(r"^([a-z][a-z0-9-]*)", text(f"requirements/{name}.in"), re.MULTILINE)

    assert [package for package in wished if package not in pinned(name)] == []


def test_one_package_has_one_version_everywhere():
    base = pinned("base")

    for name in ("production", "dev"):
        assert base.items() <= pinned(name).items()
    shared = pinned("bench").keys() & pinned("dev").keys()
    assert {name: pinned("bench")[name] for name in shared} == {
        name: pinned("dev")[name] for name in shared
    }


@pytest.mark.parametrize("name", LOCKS)
def test_every_wish_has_its_reason(name):
    lines = text(f"requirements/{name}.in").splitlines()
    wishes = [line for line in lines if re.match(r"[a-z]", line)]
    spoken_for = {"pytest", "pytest-django"}

    assert [line for line in wishes if "#" not in line and line.strip() not in spoken_for] == []


@pytest.mark.parametrize("package", SAFE_SINCE)
def test_version_is_not_one_with_a_known_hole(package):
    numbers = tuple(int(part) for part in re.findall(r"\d+", pinned("base")[package])[:3])

    assert numbers >= SAFE_SINCE[package]


def test_installed_is_what_is_locked():
    installed = {package: version(package) for package in pinned("dev")}

    assert installed == pinned("dev")


def test_python_is_named_once():
    assert (ROOT / ".python-version").read_text().strip() == "3.13"
