"""`erp_readiness`: exit codes, what it keeps, what it writes, what it refuses."""

from __future__ import annotations

import json
from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from apps.operations.models import EvidenceRun, Release
from apps.operations.readiness import assessing, predeployment
from apps.operations.readiness.findings import Finding, Result
from tests.operations.readiness.conftest import sections, smoke
from tests.operations.readiness.test_reports import JUNIT, LOAD

READY = {"first": Result.PASS, "maybe": Result.ELSEWHERE}
OPEN = {"first": Result.PASS, "second": Result.UNKNOWN, "third": Result.LATER}
ELSEWHERE = Finding(Result.ELSEWHERE, "not here", cause="elsewhere")


@pytest.fixture(params=["ready", "open"])
def readiness(request, db, monkeypatch):
    """A small catalogue in place of the real one, which asks the whole machine."""
    results = READY if request.param == "ready" else OPEN
    real = assessing.assess
    monkeypatch.setattr(assessing, "assess", lambda: real({}, sections=sections(**results)))
    return request.param == "ready"


def run(*arguments):
    said, code = StringIO(), 0
    try:
        call_command("erp_readiness", *arguments, stdout=said, stderr=said)
    except SystemExit as stopped:
        code = stopped.code
    except CommandError as error:
        said.write(str(error))
        code = error.returncode
    return said.getvalue(), code


def test_verdict(readiness):
    said, code = run()

    assert code == (0 if readiness else 1)
    assert ("NOT READY" in said) is not readiness
    assert "100 × shown ÷ all lines" in said
    assert Release.objects.count() == 0
    if not readiness:
        assert "2 obligatory lines are not shown." in said
        assert "Not built yet: third later" in said


def test_json(readiness):
    said, code = run("--json")
    report = json.loads(said)

    assert report["is_ready"] is readiness
    assert code == (0 if readiness else 1)
    assert report["open"] == ([] if readiness else ["part.second", "part.third"])
    assert report["score"] == (50 if readiness else 33)
    assert report["release"] is None


def test_record_and_pdf(readiness, tmp_path):
    path = tmp_path / "certificate.pdf"

    run("--record", "--pdf", str(path))
    said, _code = run("--json")

    release = Release.objects.get()
    assert path.read_bytes().startswith(b"%PDF-")
    found = json.loads(said)["release"]
    assert (found["is_current"], found["signed"]) == (True, [])
    assert found["standing"] == ("collecting" if readiness else "not_ready")
    assert set(release.evidence["lines"][0]["words"]) == {"en", "zh-hans"}


def test_evidence_that_changed_is_said(readiness):
    run("--record")
    Release.objects.update(evidence_hash="0" * 64)

    said, _code = run()

    assert "The evidence has changed since it was kept" in said


def report(tmp_path, text):
    path = tmp_path / "report"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    ("text", "kind", "passed"),
    [
        (JUNIT.format(inside=""), "tests", True),
        (JUNIT.format(inside="<failure/>"), "tests", False),
        (json.dumps(LOAD), "load", True),
    ],
)
def test_reports_are_kept(db, tmp_path, text, kind, passed):
    said, code = run("--import-report", report(tmp_path, text), "--json")

    kept = EvidenceRun.objects.get()
    assert (kept.kind, kept.has_passed, code) == (kind, passed, 0 if passed else 1)
    assert json.loads(said)["sha256"] == kept.sha256
    assert kept.source == "report"


@pytest.mark.parametrize("text", ["", "<html/>", json.dumps({**LOAD, "users": 0})])
def test_bad_report_leaves_nothing(db, tmp_path, text):
    said, code = run("--import-report", report(tmp_path, text))

    assert (code, EvidenceRun.objects.count()) == (2, 0)
    assert "report" in said.lower()


@pytest.fixture
def seven(db, monkeypatch):
    """The seven checks, coming out as told."""
    told = dict.fromkeys(predeployment.STEPS, Finding(Result.PASS, "well"))
    steps = {
        name: (label, lambda _target, name=name: told[name])
        for name, (label, _step) in predeployment.STEPS.items()
    }
    monkeypatch.setattr(predeployment, "STEPS", steps)
    return told


CASES = [
    ({}, (), 0),
    ({"dns": Finding(Result.FAIL, "no", cause="x")}, (), 1),
    ({"dns": Finding(Result.UNKNOWN, "no", cause="x")}, (), 1),
    ({"dns": ELSEWHERE}, (), 1),
    ({"dns": ELSEWHERE}, ("--accept", "dns"), 0),
    # Nobody vouches for what was seen to be wrong.
    ({"dns": Finding(Result.FAIL, "no", cause="x")}, ("--accept", "dns"), 1),
    ({"dns": Finding(Result.UNKNOWN, "no", cause="x")}, ("--accept", "dns"), 1),
]


@pytest.mark.parametrize(("told", "arguments", "expected"), CASES)
def test_before_deployment(seven, told, arguments, expected):
    seven.update(told)

    said, code = run("--pre", "--json", *arguments)

    report = json.loads(said)
    assert (code, report["of"]) == (expected, 7)
    kept = EvidenceRun.objects.get(kind="predeploy")
    assert kept.has_passed is (expected == 0)
    assert set(kept.content["lines"]) == set(predeployment.STEPS)


def test_before_deployment_for_people(seven):
    seven["load_balancer"] = ELSEWHERE

    said, code = run("--pre")

    assert "→ Load balancer tested [not checkable here] not here" in said
    assert ("6/7" in said, code) == (True, 1)


@pytest.mark.parametrize(
    "arguments", [("--pre", "--accept", "moon"), ("--pre", "--url", "ftp://erp")]
)
def test_bad_usage_keeps_nothing(seven, arguments):
    _said, code = run(*arguments)

    assert (code, EvidenceRun.objects.count()) == (2, 0)


def test_smoke_is_kept(db, monkeypatch):
    from apps.operations.management.commands import erp_smoke

    rows = [{"name": "web", "green": True, "said": "fine", "label": "w", "seconds": 0.1}]
    monkeypatch.setattr(erp_smoke.Command, "_run", lambda *_args: (rows, []))
    with suppress(SystemExit):
        call_command("erp_smoke", "--web", "--no-record", stdout=StringIO())
    assert EvidenceRun.objects.count() == 0

    call_command("erp_smoke", "--web", stdout=StringIO())

    kept = EvidenceRun.objects.get()
    assert (kept.kind, kept.has_passed, list(kept.content["lines"])) == ("smoke", True, ["web"])


def test_real_catalogue_can_be_asked(db, django_assert_max_num_queries):
    """All lines, with nobody asked at the doctor's: unknown where nothing is known, never ready."""
    smoke(web=True)

    with django_assert_max_num_queries(100):
        found = assessing.assess({})

    assert not found.is_ready
    assert found.counted()[Result.LATER] > 0
    assert {one.line.key for one in found.lines if one.is_shown} >= {"training.materials"}


def test_what_cannot_be_found_out_is_neither_ready_nor_not(db, monkeypatch):
    def silent(*_args, **_more):
        raise OperationalError("connection refused")

    monkeypatch.setattr(assessing, "assess", silent)

    said, code = run("--record")

    assert (code, Release.objects.count()) == (2, 0)
    assert "connection refused" in said
