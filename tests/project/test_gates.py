"""`make test` runs what it says, in order, and fails when one step fails."""

import sys

import pytest

from apps.operations.readiness import reports
from erp import env
from scripts import test as gate


def test_browser_and_locks_belong_to_postgres_where_it_is():
    sqlite, template, postgres = gate.tests("")

    assert "not e2e and not postgres" in sqlite.command
    assert "-m" not in postgres.command[2:]
    assert template.environment["TEST_DATABASE"] == "postgres"
    assert postgres.environment["TEST_DATABASE"] == "postgres"


def test_without_postgres_everything_runs_on_sqlite():
    (only,) = gate.tests("no programs")

    assert "-m" not in only.command[2:]


def test_deployment_is_checked_as_production_would_be():
    (deploy,) = [step for step in gate.gates() if "deploy" in step.name]

    assert env.load(deploy.environment).debug is False


@pytest.fixture(autouse=True)
def results(monkeypatch, tmp_path):
    """A run inside the run leaves the reports of that one alone."""
    monkeypatch.setattr(gate, "RESULTS", tmp_path / "test-results")
    monkeypatch.setattr(gate, "work_folder", lambda: tmp_path)
    monkeypatch.setattr(gate, "name_copies", lambda folder: None)
    monkeypatch.setattr(gate, "available", lambda: "not asked for")
    return tmp_path / "test-results"


def test_failed_step_is_named_and_ends_the_run(monkeypatch, capfd):
    said = gate.Step("says", ["-c", "print('hello')"])
    failing = gate.Step("fails", ["-c", "raise SystemExit(3)"])
    never = gate.Step("never", ["-c", "print('too late')"])
    monkeypatch.setattr(gate, "gates", lambda: [said, failing, never])
    monkeypatch.setattr(sys, "argv", ["test.py", "--gates"])

    code = gate.main()

    out, err = capfd.readouterr()
    assert code == 3
    assert "FAILED: fails (exit 3)" in err
    assert "hello" in out
    assert "too late" not in out


def test_what_goes_on_beside_the_others_is_waited_for_in_its_turn(monkeypatch, capfd):
    beside = gate.Step("beside", ["-c", "print('slow'); raise SystemExit(4)"], beside=True)
    before = gate.Step("before", ["-c", "print('before')"])
    after = gate.Step("after", ["-c", "print('after')"])
    monkeypatch.setattr(gate, "gates", lambda: [before, beside, after])
    monkeypatch.setattr(sys, "argv", ["test.py", "--gates"])

    code = gate.main()

    out, err = capfd.readouterr()
    assert code == 4
    assert "FAILED: beside (exit 4)" in err
    assert out.index("before") < out.index("slow")
    assert "after" not in out


def test_reports_of_the_steps_become_one(monkeypatch, results):
    """As `erp_readiness --import-report` takes it."""
    suite = '<testsuite timestamp="2026-11-20T10:00:00+00:00" time="1.5">{}</testsuite>'
    case = '<testcase classname="tests.audit.test_{name}.TestX" name="a"/>'
    write = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(sys.argv[2])"
    steps = [
        gate.Step(
            name,
            [
                "-c",
                write,
                str(results / f"{name}.xml"),
                f"<testsuites>{suite.format(case.format(name=name))}</testsuites>",
            ],
        )
        for name in ("rules", "postgres")
    ]
    monkeypatch.setattr(gate, "gates", lambda: steps)
    monkeypatch.setattr(sys, "argv", ["test.py", "--gates"])

    assert gate.main() == 0

    found = reports.read(results / "junit.xml")
    assert found.content["modules"] == {
        f"tests/audit/test_{name}.py": {"passed": 1, "failed": 0, "left": 0}
        for name in ("rules", "postgres")
    }
