"""Nothing in the tree knows the machine it was written on or where packages were fetched."""

import re

import pytest

from tests.architecture.files import ROOT, files, names, text

# Put together here, so that this file does not hold what it looks for.
MACHINE = [
    "/" + "work/(?:main|shared)",
    "/" + r"root/(?!\.)",
    "/" + r"root/\.",
    "/home/" + r"(?!erp\b)[a-z]+/",
    "/Users/" + "[a-z]+/",
    "/" + "tmp/(?:bash|brief)",
    r"\.pyenv/versions/" + r"\d",
]
REGISTRIES = ["pypi" + r"\.org", "python" + r"hosted\.org", "--index" + "-url", "--find" + "-links"]
SECRETS = [
    "-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE " + "KEY-----",
    r"\bAKIA" + "[0-9A-Z]{16}",
    r"\bgh" + "[ps]_[A-Za-z0-9]{30,}",
]
BINARY = (".png", ".jpg", ".ico", ".woff2", ".otf", ".ttf", ".xlsx", ".pdf", ".gz", ".mo")


def found(pattern: str, *, without: tuple[str, ...] = ()) -> list[str]:
    compiled = re.compile(pattern)
    return [
        f"{name}:{number}"
        for name in names()
        if not name.endswith(BINARY) and not name.startswith(("static/vendor/", *without))
        for number, line in enumerate((ROOT / name).read_text(errors="replace").splitlines(), 1)
        if compiled.search(line)
    ]


@pytest.mark.parametrize("pattern", MACHINE)
def test_no_path_of_a_machine(pattern):
    assert found(pattern) == []


@pytest.mark.parametrize("pattern", REGISTRIES)
def test_no_registry(pattern):
    assert found(pattern) == []


@pytest.mark.parametrize("pattern", SECRETS)
def test_no_secret(pattern):
    assert found(pattern) == []


def test_what_is_made_is_not_tracked():
    made = (".mo", ".pyc", ".sqlite3", ".env")

    assert [name for name in names() if name.endswith(made)] == []


def test_scripts_are_named_by_what_they_are():
    """A file with a first line naming its interpreter may be run as it is."""
    for name in [*files(".sh"), "manage.py", ".ci/run"]:
        assert text(name).startswith("#!"), name
        assert (ROOT / name).stat().st_mode & 0o111, name
