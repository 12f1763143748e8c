"""Questions put to the installation: each of them shown, and each made to fail."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from apps.catalog.models import Currency, PaymentTerm, TaxCode, Unit
from apps.operations.metrics import names
from apps.operations.models import AlertState, DrillRun, MonitorLease
from apps.operations.readiness import facts, facts_people
from apps.operations.readiness.findings import Result
from apps.support.models import (
    CalendarEntry,
    IssueType,
    Rota,
    SupportContact,
    SupportLevel,
    TrainingCourse,
    TrainingRecord,
)
from apps.support.services import setting_up
from tests.factories import make_user
from tests.operations.readiness.conftest import DAY, HOUR, NOW, around

MINUTE = dt.timedelta(minutes=1)


def asked(question, now=NOW):
    return question(around(now))


def test_packages_as_locked(monkeypatch):
    assert asked(facts.locked_packages).result is Result.PASS

    monkeypatch.setattr(facts, "_installed", lambda name: "0.0" if name == "django" else "1")
    found = asked(facts.locked_packages)

    assert (found.result, found.cause) == (Result.FAIL, "packages_differ")


def test_lock_without_a_hash(settings, tmp_path):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text("django==6.1.3\n")
    settings.BASE_DIR = tmp_path

    assert asked(facts.locked_packages).cause == "packages_differ"


def test_database_of_the_document(db):
    expected = Result.PASS if connection.vendor == "postgresql" else Result.ELSEWHERE

    assert asked(facts.server_version).result is expected


@pytest.mark.postgres
def test_old_server(db, monkeypatch):
    monkeypatch.setattr(facts, "OLDEST_SERVER", 990_000)

    assert asked(facts.server_version).cause == "server_old"


def test_reference_data(db):
    assert asked(facts.reference_data).cause == "reference_missing"
    call_command("erp_setup_reference", stdout=StringIO())
    assert asked(facts.reference_data).result is Result.PASS

    for model in (Unit, Currency, TaxCode, PaymentTerm):
        with transaction.atomic():
            model.objects.update(is_active=False)
            assert asked(facts.reference_data).cause == "reference_missing"
            transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("hasher", "expected"),
    [("BCryptSHA256PasswordHasher", Result.PASS), ("MD5PasswordHasher", Result.FAIL)],
)
def test_hashing(settings, hasher, expected):
    settings.PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{hasher}"]

    assert asked(facts.hashing).result is expected


def test_objective(monkeypatch):
    assert asked(facts.objectives).result is Result.PASS

    real = facts.rules()
    monkeypatch.setattr(facts, "rules", lambda: replace(real, slo=replace(real.slo, target=0.99)))

    assert asked(facts.objectives).cause == "objective_low"


def drill(scenario, seconds, *, at=NOW, has_passed=True):
    DrillRun.objects.create(
        scenario=scenario,
        started_at=at - HOUR,
        finished_at=at,
        seconds=seconds,
        limit_seconds=1800,
        has_passed=has_passed,
    )


DRILLS = {
    "both": ([("outage", 100), ("corruption", 1000)], NOW, Result.PASS),
    "only one": ([("outage", 100)], NOW, Result.UNKNOWN),
    "outage at its limit": ([("outage", 900), ("corruption", 100)], NOW, Result.PASS),
    "outage too long": ([("outage", 901), ("corruption", 100)], NOW, Result.FAIL),
    "corruption too long": ([("outage", 1), ("corruption", 3601)], NOW, Result.FAIL),
    "long ago": ([("outage", 1), ("corruption", 1)], NOW + 91 * DAY, Result.UNKNOWN),
}


@pytest.mark.parametrize("name", DRILLS)
def test_drills(db, name):
    runs, now, expected = DRILLS[name]
    for scenario, seconds in runs:
        drill(scenario, seconds)

    assert asked(facts.drills, now).result is expected


def test_drill_that_failed(db):
    drill("corruption", 1)
    drill("outage", 1)
    drill("outage", 1, at=NOW + MINUTE, has_passed=False)

    assert asked(facts.drills).cause == "drill_failed"


FIGURES = {
    "application_measured": (names.PROBE_SUCCESS, names.PROBE_SECONDS),
    "database_measured": (
        *(names.DATABASE_UP, names.DATABASE_CONNECTIONS),
        names.DATABASE_BYTES,
    ),
    "host_measured": (names.HOST_CPU, names.HOST_MEMORY, names.HOST_DISK),
}


@pytest.mark.parametrize("name", FIGURES)
def test_figures_come_in(stored, name):
    question = getattr(facts, name)
    *first, last = FIGURES[name]
    for metric in first:
        stored(metric, NOW - MINUTE, 1.0)
    stored(last, NOW - 10 * MINUTE, 1.0)
    assert asked(question).cause == "not_measured"

    stored(last, NOW - MINUTE, 1.0, label="data" if last.by else "")

    assert asked(question).result is Result.PASS


@pytest.mark.parametrize(
    ("beat", "judged", "cause"),
    [
        (None, True, "monitor_silent"),
        (6 * MINUTE, True, "monitor_silent"),
        (MINUTE, False, "alerts_not_judged"),
        (MINUTE, True, ""),
    ],
)
def test_monitor(db, beat, judged, cause):
    lease = MonitorLease(pk=1, expires_at=NOW, beat_at=NOW - beat if beat else None)
    lease.save()
    for alert in list(facts.rules().alerts)[0 if judged else 1 :]:
        AlertState.objects.create(alert=alert, since=NOW, evaluated_at=NOW)

    assert asked(facts.monitor_beats).cause == cause


@pytest.mark.parametrize(("form", "cause"), [("json", ""), ("line", "log_not_json")])
def test_log(settings, form, cause):
    settings.OPERATING = replace(settings.OPERATING, log_format=form)

    assert asked(facts.log_lines).cause == cause


PAGES = ("guides", "workflow_guides", "runbooks", "every_page", "support_documents")


@pytest.mark.parametrize("name", PAGES)
def test_documents(name, settings, tmp_path):
    question = getattr(facts, name)
    assert asked(question).result is Result.PASS, asked(question).said

    settings.BASE_DIR = tmp_path

    assert asked(question).cause == "documents_differ"


def test_document_with_another_heading(settings, tmp_path):
    for language, text in (("en", "# A\n\n## B\n"), ("zh", "# A\n")):
        (tmp_path / "docs" / language).mkdir(parents=True)
        (tmp_path / "docs" / language / "page.md").write_text(text)
    settings.BASE_DIR = tmp_path

    assert facts.documents_agree("page.md").cause == "documents_differ"


def test_recordings(settings, tmp_path):
    assert asked(facts.recordings).result is Result.PASS

    settings.BASE_DIR = tmp_path

    assert asked(facts.recordings).cause == "recordings_missing"


def test_first_load(monkeypatch):
    assert asked(facts.first_load).result is Result.PASS

    monkeypatch.setattr(facts, "FIRST_LOAD_KB", 1)

    assert asked(facts.first_load).cause == "pages_heavy"


@pytest.fixture
def desk(db):
    """A help desk with a person behind every contact."""
    setting_up.set_up()
    SupportContact.objects.filter(follows_rota=False).update(
        external_name="Somebody", phone="+86 10 0000 0000"
    )


def unreachable():
    SupportContact.objects.update(phone="", email="", user=None)


PEOPLE = {
    "levels": (facts_people.levels, unreachable),
    "fewer levels": (facts_people.levels, lambda: SupportLevel.objects.filter(number=4).delete()),
    "contacts": (facts_people.contacts, unreachable),
    "no kinds of issues": (
        facts_people.contacts,
        lambda: IssueType.objects.update(is_active=False),
    ),
    "escalation": (
        facts_people.escalation,
        lambda: IssueType.objects.order_by("pk")[0].escalation_steps.all().delete(),
    ),
    "response times": (
        facts_people.response_times,
        lambda: IssueType.objects.update(is_active=False),
    ),
    "on call": (facts_people.on_call, unreachable),
    "no rota": (facts_people.on_call, lambda: Rota.objects.update(is_active=False)),
}


def test_help_desk(desk):
    """Set up once: it takes longer than all the questions."""
    for name, (question, spoil) in PEOPLE.items():
        assert asked(question, timezone.now()).result is Result.PASS, name
        with transaction.atomic():
            spoil()
            found = asked(question, timezone.now()).result
            transaction.set_rollback(True)
        assert found is Result.FAIL, name


def test_courses_and_who_passed_them(desk):
    now = timezone.now()
    assert asked(facts_people.courses, now).result is Result.PASS
    assert asked(facts_people.trained, now).cause == "nobody_trained"
    person = make_user("learned", "admin", is_staff=True)
    assert asked(facts_people.administrators_trained, now).cause == "administrators_untrained"

    for course in TrainingCourse.objects.all():
        TrainingRecord.objects.create(
            course=course, person=person, taken_at=now, correct=1, total=1, is_passed=True
        )

    assert asked(facts_people.trained, now).result is Result.PASS
    assert asked(facts_people.administrators_trained, now).result is Result.PASS
    TrainingRecord.objects.update(valid_until=timezone.localdate(now) - DAY)
    assert asked(facts_people.trained, now).cause == "nobody_trained"
    TrainingCourse.objects.filter(role="engineer").update(is_active=False)
    assert asked(facts_people.courses, now).cause == "courses_missing"


def test_next_lesson(db):
    assert asked(facts_people.training_dates).cause == "no_lesson"

    CalendarEntry.objects.create(
        name="Lesson", starts_at=NOW + DAY, ends_at=NOW + DAY + HOUR, kind="training"
    )

    assert asked(facts_people.training_dates).result is Result.PASS
    assert asked(facts_people.training_dates, NOW + 2 * DAY).cause == "no_lesson"
