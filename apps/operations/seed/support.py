"""The help desk of the demonstration: people behind the contacts, issues, voices, training."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.models import User
from apps.operations.seed.clock import at
from apps.support import services
from apps.support.models import (
    CalendarEntry,
    IssueType,
    SupportContact,
    SupportIssue,
    SurveyRound,
    TrainingCourse,
)


def make() -> dict[str, int]:
    """Tell the story once; contacts somebody named already stay as they are."""
    call_command("erp_setup_support", verbosity=0)
    said = _plan()
    people = {person.username: person for person in User.objects.filter(is_active=True)}
    for code, username in said["contacts"].items():
        contact = SupportContact.objects.get(code=code)
        if contact.user is None and not contact.external_name:
            contact.user = people[username]
            contact.full_clean()
            contact.save()
    if not SupportIssue.objects.exists():
        _calendar(said)
        _issues(said, people)
        _voices(said, people)
        _training(said, people)
    return {"support_issues": SupportIssue.objects.count()}


def _plan() -> dict[str, Any]:
    path = settings.BASE_DIR / "fixtures" / "demo" / "support.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _issues(said: dict[str, Any], people: dict[str, User]) -> None:
    """Each as far as the file says, so that every state is there to be seen."""
    now = timezone.now()
    types = {row.code: row for row in IssueType.objects.all()}
    for row in said["issues"]:
        moment = now - timedelta(hours=row["hours_ago"])
        data = {
            "issue_type": types[row["type"]],
            "severity": row["severity"],
            "title": row["title"],
            "description": row["description"],
            "page": row.get("page", ""),
        }
        with at(moment):
            issue = services.report_issue(by=people[row["reporter"]], data=data)
        for step in row.get("moves", ()):
            moment += timedelta(minutes=step["minutes"])
            actor = people[step["by"]]
            with at(min(moment, now)):
                move = services.SERVICES[step["move"]]
                issue = move(issue, by=actor, comment=step.get("comment", ""))
    services.escalate_due()


def _voices(said: dict[str, Any], people: dict[str, User]) -> None:
    now, day = timezone.now(), timedelta(days=1)
    for row in said["feedback"]:
        with at(now - row["days_ago"] * day):
            services.give_feedback(
                by=people[row["person"]], rating=row["rating"], text=row["text"], page=row["page"]
            )
    today = timezone.localdate()
    survey = SurveyRound(opens_on=today - 10 * day, closes_on=today + 20 * day, **said["survey"])
    survey.full_clean()
    survey.save()
    for row in said["answers"]:
        with at(now - row["days_ago"] * day):
            services.answer_survey(
                survey, by=people[row["person"]], score=row["score"], comment=row.get("comment", "")
            )


def _training(said: dict[str, Any], people: dict[str, User]) -> None:
    now = timezone.now()
    courses = {row.code: row for row in TrainingCourse.objects.all()}
    for row in said["training"]:
        course = courses[row["course"]]
        answers = {}
        for number, question in enumerate(services.questions_of(course)):
            options = list(question.options.all())
            wanted = number >= row.get("wrong", 0)
            answers[question.pk] = next(o.pk for o in options if o.is_correct is wanted)
        with at(now - timedelta(days=row["days_ago"])):
            services.take_quiz(course, by=people[row["person"]], answers=answers)


def _calendar(said: dict[str, Any]) -> None:
    courses = {row.code: row for row in TrainingCourse.objects.all()}
    contacts = {row.code: row for row in SupportContact.objects.all()}
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    for row in said["calendar"]:
        starts = hour + timedelta(days=row["in_days"])
        entry = CalendarEntry(
            kind=row["kind"],
            name_en=row["name_en"],
            name_zh_hans=row["name_zh_hans"],
            starts_at=starts,
            ends_at=starts + timedelta(minutes=row["minutes"]),
            place=row["place"],
            course=courses.get(row.get("course", "")),
            contact=contacts[row["contact"]],
        )
        entry.full_clean()
        entry.save()
