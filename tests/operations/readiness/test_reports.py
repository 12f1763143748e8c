"""Reports of other programs: read as they are, refused by name when they are not what they seem."""

from __future__ import annotations

import json

import pytest

from apps.common.errors import InvalidInputError
from apps.operations.backup.version import app_version
from apps.operations.readiness import reports

JUNIT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" timestamp="2026-11-20T10:00:00+00:00" time="90.5">
<testcase classname="tests.accounts.test_login" name="test_a" time="0.1"/>
<testcase classname="tests.accounts.test_login.TestKind" name="test_b"><skipped/></testcase>
<testcase classname="tests.common.test_money" name="test_c">{inside}</testcase>
</testsuite></testsuites>"""
LOAD = {
    "version": app_version(),
    "started_at": "2026-11-20T10:00:00+00:00",
    "users": 50,
    "seconds": 1800,
    "requests": 5000,
    "errors": 5,
    "average_seconds": 0.31,
    "p95_seconds": 0.8,
}


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "report"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("inside", "failed"), [("", 0), ("<failure>no</failure>", 1), ("<error>no</error>", 1)]
)
def test_junit(written, inside, failed):
    found = reports.read(written(JUNIT.format(inside=inside)))

    assert found.has_passed is (failed == 0)
    assert found.content["modules"] == {
        "tests/accounts/test_login.py": {"passed": 1, "failed": 0, "left": 1},
        "tests/common/test_money.py": {"passed": 1 - failed, "failed": failed, "left": 0},
    }
    assert (found.finished_at - found.started_at).total_seconds() == 90.5
    assert len(found.content["file_sha256"]) == 64


def test_load(written):
    found = reports.read(written(json.dumps({**LOAD, "more": "is left out"})))

    assert {name: found.content[name] for name in LOAD} == LOAD
    assert "more" not in found.content


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "neither"),
        ("{", "neither"),
        ("[1, 2]", "misses"),
        ("<html></html>", "no JUnit"),
        ("<testsuite", "no JUnit"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><testsuite>&b;</testsuite>', "no JUnit"),
        ('<testsuite timestamp="2026-11-20T10:00:00"/>', "no test"),
        (JUNIT.format(inside="").replace("2026-11-20T10:00:00+00:00", "soon"), "when"),
        (json.dumps({**LOAD, "version": "9.9"}), "9.9"),
        (json.dumps({**LOAD, "users": "50"}), "users"),
        (json.dumps({**LOAD, "users": True}), "users"),
        (json.dumps({**LOAD, "requests": 0}), "requests"),
        (json.dumps({**LOAD, "errors": -1}), "errors"),
        (json.dumps({**LOAD, "errors": 5001}), "errors"),
        (json.dumps({**LOAD, "average_seconds": float("nan")}), "average_seconds"),
        (json.dumps({k: v for k, v in LOAD.items() if k != "p95_seconds"}), "p95_seconds"),
        (json.dumps({**LOAD, "started_at": "yesterday"}), "when"),
    ],
)
def test_what_cannot_be_read_is_named(written, text, expected):
    with pytest.raises(InvalidInputError, match=expected):
        reports.read(written(text))


def test_file_that_is_away(tmp_path):
    with pytest.raises(InvalidInputError, match="cannot be read"):
        reports.read(tmp_path / "nothing")


def test_report_that_is_too_large(written, monkeypatch):
    monkeypatch.setattr(reports, "LARGEST", 10)

    with pytest.raises(InvalidInputError, match="larger"):
        reports.read(written(json.dumps(LOAD)))
