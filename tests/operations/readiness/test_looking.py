"""Each kind of check: shown, not so, unknown, too old, tampered with, not here, not built."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import override_settings

from apps.operations.doctor.answers import Answer, State
from apps.operations.metrics import names
from apps.operations.models import EvidenceRun
from apps.operations.readiness import looking
from apps.operations.readiness.findings import Finding, Result, worst
from apps.operations.readiness.looking import Doctor, Later, Load, Measured, Smoke, Tests
from tests.operations.readiness import triggers_down
from tests.operations.readiness.conftest import (
    DAY,
    HOUR,
    NOW,
    around,
    load_run,
    reported,
    smoke,
)

ONE = Tests(("tests/one.py",))
LINE = Smoke(("login",))


def answer(state: State, cause: str = "") -> Answer:
    return Answer(state, f"said {state}", cause)


@pytest.mark.parametrize(
    ("states", "expected", "cause"),
    [
        ((State.OK, State.OK), Result.PASS, ""),
        ((State.OK, State.WARNING), Result.FAIL, "why"),
        ((State.PROBLEM, State.UNKNOWN), Result.FAIL, "why"),
        ((State.OK, State.UNKNOWN), Result.UNKNOWN, "why"),
        ((State.OK, None), Result.UNKNOWN, "not_asked"),
    ],
)
def test_doctor(states, expected, cause):
    told = {
        name: answer(state, "" if state is State.OK else "why")
        for name, state in zip("ab", states, strict=True)
        if state
    }

    found = Doctor(("a", "b")).look(around(answers=told))

    assert (found.result, found.cause) == (expected, cause)


@pytest.mark.parametrize(("debug", "expected"), [(True, Result.ELSEWHERE), (False, Result.PASS)])
def test_what_is_of_production_is_not_shown_in_debug(debug, expected):
    with override_settings(DEBUG=debug):
        found = Doctor(("a",), in_production=True).look(around(answers={"a": answer(State.OK)}))

    assert found.result is expected


REPORTS = {
    "green": ({"one": (3, 0, 1)}, 0 * DAY, Result.PASS, ""),
    "red": ({"one": (3, 1, 0)}, 0 * DAY, Result.FAIL, "tests_failed"),
    "all left out": ({"one": (0, 0, 4)}, 0 * DAY, Result.UNKNOWN, "tests_left_out"),
    "not named": ({"two": (3, 0, 0)}, 0 * DAY, Result.UNKNOWN, "no_report"),
    "on its last day": ({"one": (3, 0, 0)}, 30 * DAY, Result.PASS, ""),
    "too old": ({"one": (3, 0, 0)}, 30 * DAY + HOUR, Result.UNKNOWN, "stale"),
    "old and red": ({"one": (3, 1, 0)}, 31 * DAY, Result.UNKNOWN, "stale"),
}


@pytest.mark.parametrize("name", REPORTS)
def test_reports_of_tests(db, name):
    modules, age, expected, cause = REPORTS[name]
    reported(at=NOW - age, **modules)

    found = ONE.look(around())

    assert (found.result, found.cause) == (expected, cause)


def test_report_of_a_part_is_not_the_whole(db):
    reported(one=(3, 0, 0))

    assert Tests(files=2).look(around()).cause == "no_report"
    assert Tests(files=1).look(around()).result is Result.PASS


def test_newest_report_that_names_the_file_decides(db):
    reported(at=NOW - DAY, one=(3, 1, 0))
    reported(at=NOW - HOUR, one=(3, 0, 0))
    reported(at=NOW, two=(1, 0, 0))

    assert ONE.look(around()).result is Result.PASS


def test_evidence_of_another_version_proves_nothing(db):
    reported(one=(3, 0, 0))
    other = looking.Surroundings(NOW, {}, version="9.9")

    assert ONE.look(other).cause == "no_report"


def test_evidence_that_was_tampered_with_proves_nothing(db):
    run = reported(one=(3, 1, 0))
    with triggers_down(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE operations_evidencerun SET content = %s WHERE id = %s",
            ['{"modules": {"tests/one.py": {"passed": 4, "failed": 0, "left": 0}}}', run.pk],
        )

    assert ONE.look(around()).cause == "evidence_damaged"


@pytest.mark.parametrize(
    ("green", "age", "expected", "cause"),
    [
        ({"login": True}, 0 * DAY, Result.PASS, ""),
        ({"login": False}, 0 * DAY, Result.FAIL, "line_red"),
        ({"web": True}, 0 * DAY, Result.UNKNOWN, "no_run"),
        ({"login": True}, 7 * DAY + HOUR, Result.UNKNOWN, "stale"),
    ],
)
def test_lines_of_the_smoke_test(db, green, age, expected, cause):
    smoke(at=NOW - age, **green)

    found = LINE.look(around())

    assert (found.result, found.cause) == (expected, cause)


@pytest.mark.parametrize(
    ("figures", "check", "expected"),
    [
        ({"average_seconds": 2.999}, Load("average_seconds", below=3.0), Result.PASS),
        ({"average_seconds": 3.0}, Load("average_seconds", below=3.0), Result.FAIL),
        ({"users": 50}, Load("users", at_least=50), Result.PASS),
        ({"users": 49}, Load("users", at_least=50), Result.FAIL),
        ({"requests": 100, "errors": 1}, Load("error_rate", below=0.02), Result.PASS),
        ({"requests": 100, "errors": 2}, Load("error_rate", below=0.02), Result.FAIL),
    ],
)
def test_figures_under_load(db, figures, check, expected):
    assert check.look(around()).cause == "no_load_run"
    load_run(**figures)

    assert check.look(around()).result is expected
    assert check.look(around(NOW + 91 * DAY)).result is not Result.PASS


@pytest.mark.parametrize(
    ("count", "value", "expected"),
    [(3, 0.5, Result.PASS), (3, 0.81, Result.FAIL), (2, 0.5, Result.UNKNOWN)],
)
def test_figures_of_the_store(db, stored, count, value, expected):
    check = Measured(names.HOST_MEMORY.name, below=0.8, minimum=3)
    stored(names.HOST_MEMORY, NOW - HOUR, *([value] * count))

    assert check.look(around()).result is expected


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (Later("x", command="erp_not_there"), Result.LATER),
        (Later("x", package="not_there_at_all"), Result.LATER),
        # What came meanwhile is not shown by being there.
        (Later("x", command="erp_check"), Result.UNKNOWN),
        (Later("x", package="django"), Result.UNKNOWN),
    ],
)
def test_what_is_not_built(check, expected):
    assert check.look(around()).result is expected


def test_worst_decides():
    ranked = [Result.FAIL, Result.LATER, Result.UNKNOWN, Result.ELSEWHERE, Result.PASS]

    for number, result in enumerate(ranked):
        assert worst(ranked[number:]) is result
    assert worst([]) is Result.UNKNOWN


def test_age_is_of_passes_only():
    old = Finding(Result.PASS, "x", at=NOW - dt.timedelta(days=3), max_age=DAY)

    assert old.aged(NOW).result is Result.UNKNOWN
    assert old.aged(NOW - 2 * DAY).result is Result.PASS


def test_kinds_are_asked_once(db, django_assert_num_queries):
    smoke(login=True)
    here = around()

    with django_assert_num_queries(len(EvidenceRun.Kind)):
        for _time in range(5):
            LINE.look(here)
            ONE.look(here)
