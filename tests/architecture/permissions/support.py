"""Who may do what at the help desk: the engineer reported, admin and ops answer, audit looks on."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from apps.support import services
from apps.support.models import (
    CalendarEntry,
    EscalationStep,
    Feedback,
    IssueType,
    QuizOption,
    QuizQuestion,
    Rota,
    RotaOverride,
    SupportChannel,
    SupportContact,
    SupportIssue,
    SupportLevel,
    SurveyAnswer,
    SurveyRound,
    TrainingCourse,
    TrainingRecord,
)
from tests.architecture.permission_table import EVERYBODY, World, model_admin, route, to

KEEPERS = to("admin", "ops")
READERS = to("admin", "ops", "auditor")
APART = "procurement manager"  # they reported nothing and help nobody
SEEN = to("engineer", "admin", "auditor", "ops", hidden=APART)
WORKS = to("admin", "ops", hidden=APART)
TAKES_PART = to("engineer", "admin", "ops", hidden=APART)
REPORT = {"title": "x", "description": "y", "issue_type": "bug"}
PAGE = ("GET", "POST")
ISSUE = {"of": "supportissue"}

ROWS = [
    route("support:home", GET=EVERYBODY),
    route("support:search", GET=EVERYBODY),
    route("support:article", arguments=lambda world: {"slug": "engineer"}, GET=EVERYBODY),
    route("support:report", GET=EVERYBODY, POST=EVERYBODY),
    route("support:issues", GET=EVERYBODY),
    route("support:issue", **ISSUE, GET=SEEN),
    route(
        "support:move",
        arguments=lambda world: {"pk": world.objects["supportissue"].pk, "name": "acknowledge"},
        POST=WORKS,
    ),
    route("support:assign", **ISSUE, body={"person": "ops"}, POST=WORKS),
    route("support:comment", **ISSUE, body={"text": "x"}, POST=TAKES_PART),
    route("support:attach", **ISSUE, POST=TAKES_PART),
    route("support:feedback", GET=EVERYBODY, POST=EVERYBODY, body={"rating": "4"}),
    route("support:survey", GET=EVERYBODY),
    route("support:survey_result", of="surveyround", GET=READERS),
    route("support:training", GET=EVERYBODY),
    route("support:quiz", of="trainingcourse", GET=EVERYBODY, POST=EVERYBODY),
    route("support:runbooks", GET=KEEPERS),
    route("support:runbook", arguments=lambda world: {"slug": "slow"}, GET=KEEPERS),
    route("support-issue-list", body=REPORT, GET=EVERYBODY, POST=EVERYBODY),
    route("support-issue-detail", **ISSUE, GET=SEEN),
    *(
        route(f"support-issue-{move}", **ISSUE, body={"comment": "x"}, POST=WORKS)
        for move in ("acknowledge", "start", "resolve")
    ),
    route("support-issue-assign", **ISSUE, body={"to": "ops"}, POST=WORKS),
    *(
        route(f"support-issue-{move}", of="solved", body={"comment": "x"}, POST=TAKES_PART)
        for move in ("close", "reopen")
    ),
    route("on-call", GET=EVERYBODY),
    *(
        row
        for name in (
            *("supportchannel", "supportcontact", "supportlevel", "issuetype", "rota"),
            *("surveyround", "trainingcourse"),
        )
        for row in model_admin(
            f"support.{name}", of=name, view=READERS, add=KEEPERS, change=KEEPERS
        )
    ),
    *(
        row
        for name in ("escalationstep", "rotaoverride", "quizquestion", "calendarentry")
        for row in model_admin(
            f"support.{name}", of=name, view=READERS, add=KEEPERS, change=KEEPERS, delete=KEEPERS
        )
    ),
    *(
        row
        for name in ("supportissue", "feedback", "surveyanswer", "trainingrecord")
        for row in model_admin(f"support.{name}", of=name, view=READERS)
    ),
]


def populate(world: World) -> None:
    """One of everything, and two issues of the engineer: a new one and a solved one."""
    now, today, people = timezone.now(), timezone.localdate(), world.people
    made = world.objects
    later = now + dt.timedelta(hours=1)
    channel = SupportChannel.objects.create(code="general", name_en="General")
    helper = SupportContact.objects.create(code="helper", name_en="Helper")
    second = SupportContact.objects.create(code="second", name_en="Second")
    level = SupportLevel.objects.create(number=2, name_en="Lead", response_minutes=30)
    kind = IssueType.objects.create(
        code="bug",
        name_en="Bug",
        primary_contact=helper,
        response_minutes=15,
        resolution_minutes=60,
    )
    rota = Rota.objects.create(name_en="Rota", time_zone="UTC", starts_on=dt.date(2026, 1, 5))
    rota.weeks.create(week=1, primary=helper, secondary=second)
    course = TrainingCourse.objects.create(code="c", name_en="Course", role="engineer")
    question = QuizQuestion.objects.create(course=course, name_en="Why?")
    QuizOption.objects.create(question=question, name_en="Because", is_correct=True)
    survey = SurveyRound.objects.create(name_en="Survey", opens_on=today, closes_on=today)
    data = {"issue_type": kind, "title": "It fails", "description": "Always."}
    issue = services.report_issue(by=people["engineer"], data=data)
    solved = services.report_issue(by=people["engineer"], data=data)
    made |= {
        "supportchannel": channel,
        "supportcontact": helper,
        "supportlevel": level,
        "issuetype": kind,
        "escalationstep": EscalationStep.objects.create(
            issue_type=kind, level=level, contact=second
        ),
        "rota": rota,
        "rotaoverride": RotaOverride.objects.create(
            rota=rota, starts_at=now, ends_at=later, primary=second
        ),
        "trainingcourse": course,
        "quizquestion": question,
        "trainingrecord": TrainingRecord.objects.create(
            course=course,
            person=people["engineer"],
            taken_at=now,
            correct=1,
            total=1,
            is_passed=True,
        ),
        "calendarentry": CalendarEntry.objects.create(
            name_en="Lesson", starts_at=now, ends_at=later
        ),
        "surveyround": survey,
        "surveyanswer": SurveyAnswer.objects.create(
            round=survey, person=people["engineer"], score=4
        ),
        "feedback": Feedback.objects.create(person=people["engineer"], rating=5),
        "supportissue": issue,
        "solved": services.resolve(solved, by=people["admin"], comment="Done."),
    }
    SupportIssue.objects.filter(pk=solved.pk).update(version=1)  # what the rows' calls say
