"""Feedback, surveys with one answer each, and quizzes that count."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.common.errors import ConflictError, InvalidInputError, NotPermittedError
from apps.common.templatetags.times import duration
from apps.support import services
from apps.support.models import (
    EscalationStep,
    Feedback,
    IssueType,
    QuizOption,
    RotaWeek,
    SupportContact,
    SurveyAnswer,
    SurveyRound,
    TrainingCourse,
    TrainingRecord,
)
from apps.support.services import setting_up
from apps.support.services.training import expiry
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rating", [0, 6, -1, 70_000])
def test_rating_out_of_range(reporter, rating):
    with pytest.raises(InvalidInputError) as caught:
        services.give_feedback(by=reporter, rating=rating, text="x")
    assert "rating" in caught.value.errors
    assert not Feedback.objects.exists()


def test_feedback_is_kept(reporter):
    given = services.give_feedback(by=reporter, rating=5, text="\u200bGood  work ", page="/")
    assert (given.text, given.person) == ("Good work", reporter)


@pytest.fixture
def survey(desk):
    today = timezone.localdate()
    return SurveyRound.objects.create(name_en="Autumn", opens_on=today, closes_on=today)


def test_one_answer_per_person(survey, reporter):
    assert services.round_to_answer(reporter) == survey
    services.answer_survey(survey, by=reporter, score=4)

    with pytest.raises(ConflictError, match="already"):
        services.answer_survey(survey, by=reporter, score=1)
    assert [row.score for row in SurveyAnswer.objects.all()] == [4]
    assert services.round_to_answer(reporter) is None


@pytest.mark.parametrize(
    ("opens", "closes", "is_open"), [(-1, 0, True), (0, 1, True), (1, 2, False), (-2, -1, False)]
)
def test_round_is_open_on_its_days_only(survey, reporter, opens, closes, is_open):
    today = timezone.localdate()
    survey.opens_on, survey.closes_on = (today + dt.timedelta(days=d) for d in (opens, closes))
    survey.save()
    if is_open:
        services.answer_survey(survey, by=reporter, score=3)
    else:
        with pytest.raises(ConflictError):
            services.answer_survey(survey, by=reporter, score=3)
    assert SurveyAnswer.objects.exists() is is_open


def test_result_by_hand(survey):
    assert services.result(survey).csat is None
    for score in (5, 4, 4, 3, 1):
        services.answer_survey(survey, by=make_user(), score=score)

    found = services.result(survey)
    assert (found.answers, found.mean, found.csat) == (5, 3.4, 60)
    assert found.distribution == [(5, 1), (4, 2), (3, 1), (2, 0), (1, 1)]
    assert found.response_percent == round(500 / found.asked)


def right(course):
    options = QuizOption.objects.filter(question__course=course, is_correct=True)
    return {option.question_id: option.pk for option in options}


@pytest.mark.parametrize(("wrong", "is_passed"), [(0, True), (1, False), (3, False)])
def test_quiz(reporter, clock, wrong, is_passed):
    course = TrainingCourse.objects.get(code="engineer")
    answers = right(course)
    for question in list(answers)[:wrong]:
        answers[question] = (
            QuizOption.objects.filter(question=question, is_correct=False).first().pk
        )

    record = services.take_quiz(course, by=reporter, answers=answers)

    assert (record.correct, record.total, record.is_passed) == (3 - wrong, 3, is_passed)
    assert record.valid_until == (dt.date(2027, 3, 10) if is_passed else None)


@pytest.mark.parametrize("chosen", [None, 0, 10**9])
def test_answer_that_is_none_is_named(reporter, chosen):
    course = TrainingCourse.objects.get(code="engineer")
    answers = right(course)
    question = next(iter(answers))
    answers[question] = chosen

    with pytest.raises(InvalidInputError) as caught:
        services.take_quiz(course, by=reporter, answers=answers)
    assert list(caught.value.errors) == [f"question_{question}"]
    assert not TrainingRecord.objects.exists()


def test_pass_mark_is_reached_exactly(reporter):
    course = TrainingCourse.objects.get(code="engineer")
    answers = right(course)
    first = next(iter(answers))
    answers[first] = QuizOption.objects.filter(question=first, is_correct=False).first().pk
    TrainingCourse.objects.filter(pk=course.pk).update(pass_percent=67)
    course.refresh_from_db()
    assert not services.take_quiz(course, by=reporter, answers=answers).is_passed
    course.pass_percent = 66
    assert services.take_quiz(course, by=reporter, answers=answers).is_passed


def test_strangers_take_no_quiz(desk):
    course = TrainingCourse.objects.get(code="engineer")
    with pytest.raises(NotPermittedError):
        services.take_quiz(course, by=make_user(is_active=False), answers=right(course))


def test_standings(reporter, clock):
    course = TrainingCourse.objects.get(code="engineer")
    assert [row.status for row in services.standings(reporter)] == ["not_started"] * 3
    services.take_quiz(course, by=reporter, answers=right(course))
    first = services.standings(reporter)[0]
    assert (first.course, first.is_for_me, first.status) == (course, True, "done")
    clock.forward(days=365)
    assert services.standings(reporter)[0].status == "done"  # the last day counts
    clock.forward(days=1)
    assert services.standings(reporter)[0].status == "expired"


@pytest.mark.parametrize(
    ("on", "months", "until"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-12-15", 12, "2027-12-15"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-01-31", 3, "2026-04-30"),
    ],
)
def test_expiry(on, months, until):
    course = TrainingCourse(validity_months=months)
    assert expiry(course, dt.date.fromisoformat(on)) == dt.date.fromisoformat(until)
    assert expiry(TrainingCourse(validity_months=0), dt.date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(15, "15 minutes"), (60, "1 hour"), (240, "4 hours"), (1440, "1 day"), (90, "90 minutes")],
)
def test_duration(minutes, words):
    assert duration(minutes) == words


def counts():
    models = (SupportContact, IssueType, EscalationStep, RotaWeek, TrainingCourse, QuizOption)
    return [model.objects.count() for model in models]


def test_set_up_three_times_changes_nothing(desk):
    before = counts()
    SupportContact.objects.filter(code="cto").update(phone="+49 1", is_active=False)
    IssueType.objects.filter(code="bug").update(response_minutes=60)
    for _time in range(2):
        outcomes = setting_up.set_up()

    assert counts() == before == [19, 6, 6, 4, 3, 27]
    assert not any(outcome.created for outcome in outcomes.values())
    assert outcomes["issue_types"].kept == ["bug"]
    assert SupportContact.objects.get(code="cto").phone == "+49 1"


def test_the_matrix_is_the_documents(desk):
    found = {
        row.code: (row.primary_contact.code, row.response_minutes, row.escalation[0].code)
        for row in IssueType.objects.all()
    }
    assert found == {
        "outage": ("devops-on-call", 15, "cto"),
        "database": ("database-admin", 30, "devops-lead"),
        "security": ("security-team", 15, "ciso"),
        "bug": ("development-lead", 240, "engineering-manager"),
        "training": ("product-manager", 1440, "customer-success"),
        "performance": ("platform-engineer", 120, "devops-lead"),
    }


def test_command_says_what_is_next(desk):
    said = StringIO()
    call_command("erp_setup_support", stdout=said)
    assert "levels: 0 created, 4 unchanged" in said.getvalue()
    assert "Next:" in said.getvalue()
