"""The help centre: what it shows in both languages, and that nothing typed is lost."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.support import services
from apps.support.models import (
    CalendarEntry,
    Feedback,
    IssueType,
    Rota,
    SupportIssue,
    SurveyRound,
    TrainingCourse,
    TrainingRecord,
)
from tests.factories import make_user
from tests.support.factories import report
from tests.support.test_voices_and_training import right

pytestmark = pytest.mark.django_db
LOST = "what was typed is gone"


@pytest.fixture
def web(client, reporter):
    client.force_login(reporter)
    return client


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def test_start_page_says_who_to_ask(web):
    page = text(web.get("/help"))

    wanted = ["System outage", "15 minutes", "Chief technology officer", "Level 4: Executive team"]
    wanted += ["2 hours", "#production-alerts", "On call now", "4 hours"]
    assert [words for words in wanted if words not in page] == []
    assert "/help/runbooks" not in page


def test_start_page_in_chinese(web, reporter):
    web.cookies["django_language"] = "zh-hans"
    page = text(web.get("/help"))

    for words in ("系统中断", "首席技术官", "运维值班", "紧急问题"):
        assert words in page


def test_start_page_before_set_up(web):
    IssueType.objects.update(is_active=False)
    Rota.objects.update(is_active=False)
    page = text(web.get("/help"))
    assert "erp_setup_support" in page
    assert "No rota is in force" in page


def test_help_is_in_the_navigation(web):
    assert re.search(r'href="/help"[^>]*>', text(web.get("/")))


def test_error_page_leads_to_the_form_with_its_number(web):
    with override_settings(DEBUG=False):
        page = text(web.get("/nothing/here&there", headers={"X-Request-ID": "abc-9"}), 404)
    address = re.search(r'href="(/help/report[^"]+)"', page).group(1).replace("&amp;", "&")

    form = text(web.get(address))
    assert 'value="abc-9"' in form
    assert 'value="/nothing/here&amp;there"' in form


@pytest.mark.parametrize("query", ["request=%00x", "page=%0a", f"page={'x' * 600}", "request=<b>"])
def test_address_nobody_wrote_is_harmless(web, query):
    assert "<b>" not in text(web.get(f"/help/report?{query}"))


def data(**more):
    kind = IssueType.objects.get(code="bug").pk
    given = {"issue_type": kind, "severity": "high", "title": "It fails", "description": "Always."}
    return given | more


def test_report(web, reporter):
    response = web.post("/help/report", data(request_id="abc-1"), follow=True)

    page = text(response)
    issue = SupportIssue.objects.get()
    assert (issue.reporter, issue.request_id, issue.severity) == (reporter, "abc-1", "high")
    assert issue.number in page
    assert "solution in" in page or "answer in" in page


@pytest.mark.parametrize("broken", ["title", "description", "issue_type", "severity"])
def test_what_was_typed_is_never_lost(web, broken):
    typed = data(page="/somewhere", request_id="abc-7") | {broken: ""}
    page = text(web.post("/help/report", typed), 422)

    for name in {"title", "description", "page", "request_id"} - {broken}:
        assert typed[name] in page, LOST
    assert "has-errors" in page
    assert not SupportIssue.objects.exists()


def test_detail_with_times_and_timeline(web, reporter, keeper):
    issue = report(reporter, "bug", title="<b>bold</b>")
    services.acknowledge(issue, by=keeper)
    page = text(web.get(f"/help/issues/{issue.pk}"))

    assert "&lt;b&gt;bold" in page
    for words in ("Acknowledged", "Reported", "Keeper", "First answer"):
        assert words.lower() in page.lower()


def test_moves_and_refusals_on_the_page(web, reporter, keeper):
    issue = report(reporter)
    refused = web.post(f"/help/issues/{issue.pk}/move/acknowledge")
    assert refused.status_code == 403
    office = Client()
    office.force_login(keeper)
    kept = text(office.post(f"/help/issues/{issue.pk}/move/resolve", {"comment": " "}), 422)
    assert "Give a reason." in kept
    stale = office.post(
        f"/help/issues/{issue.pk}/move/resolve", {"comment": "my words", "version": "9"}
    )
    assert "my words" in text(stale, 409), LOST
    office.post(f"/help/issues/{issue.pk}/move/resolve", {"comment": "Restarted."})
    assert "Restarted." in text(web.get(f"/help/issues/{issue.pk}"))
    web.post(f"/help/issues/{issue.pk}/move/close")
    issue.refresh_from_db()
    assert issue.status == "closed"
    assert web.post(f"/help/issues/{issue.pk}/move/frobnicate").status_code == 404


def test_comment_and_person_stay_when_refused(web, reporter, keeper):
    issue = report(reporter)
    long = "x" * 4001
    assert long in text(web.post(f"/help/issues/{issue.pk}/comments", {"text": long}), 422), LOST
    office = Client()
    office.force_login(keeper)
    page = text(office.post(f"/help/issues/{issue.pk}/assign", {"person": "no.body"}), 422)
    assert 'value="no.body"' in page, LOST
    assert office.post(f"/help/issues/{issue.pk}/assign", {"person": "cto"}).status_code == 302


def test_others_do_not_see_it(client, reporter):
    issue = report(reporter)
    client.force_login(make_user("stranger", "engineer"))

    assert client.get(f"/help/issues/{issue.pk}").status_code == 404
    assert issue.number not in text(client.get("/help/issues?tab=all"))


def test_list_costs_the_same_for_many_rows(keeper, reporter):
    office = Client()
    office.force_login(keeper)
    report(reporter)
    address = "/help/issues?tab=all"
    text(office.get(address))
    with CaptureQueriesContext(connection) as one:
        office.get(address)
    for _n in range(5):
        report(reporter)
    with CaptureQueriesContext(connection) as six:
        page = text(office.get(address))
    assert len(six) == len(one)
    assert page.count("SI-") == 6
    assert "No issue matches" in text(office.get("/help/issues?tab=all&q=zzz"))
    assert page.count("/help/issues/") == text(office.get("/help/issues?tab=open&q=SI-")).count(
        "/help/issues/"
    )


def test_feedback(web):
    page = text(web.post("/help/feedback", {"rating": "", "text": "my remark"}), 422)
    assert "my remark" in page, LOST
    web.post("/help/feedback", {"rating": "4", "text": "my remark", "page": "/"})
    assert Feedback.objects.get().text == "my remark"


def test_survey(web, reporter, keeper):
    today = timezone.localdate()
    day = dt.timedelta(days=1)  # somewhere it is tomorrow already
    survey = SurveyRound.objects.create(
        name_en="Autumn", opens_on=today - day, closes_on=today + day
    )
    assert "Autumn" in text(web.get("/help"))
    kept = text(web.post("/help/survey", {"round": survey.pk, "comment": "my words"}), 422)
    assert "my words" in kept, LOST
    assert web.post("/help/survey", {"round": survey.pk, "score": "5"}).status_code == 302
    again = text(
        web.post("/help/survey", {"round": survey.pk, "score": "1", "comment": "more"}), 409
    )
    assert "more" in again, LOST
    assert "No survey waits" in text(web.get("/help/survey"))
    assert web.post("/help/survey", {"round": "x", "score": "1"}).status_code == 404
    office = Client()
    office.force_login(keeper)
    page = text(office.get(f"/help/surveys/{survey.pk}/result"))
    assert "100 %" in page
    assert reporter.display_name not in page.split("<main")[1]
    assert web.get(f"/help/surveys/{survey.pk}/result").status_code == 403


def test_training(web, reporter):
    course = TrainingCourse.objects.get(code="engineer")
    starts = timezone.now()
    CalendarEntry.objects.create(
        name_en="First lesson", starts_at=starts, ends_at=starts + dt.timedelta(hours=1)
    )
    page = text(web.get("/help/training"))
    assert "First lesson" in page
    assert "for your role" in page
    answers = {f"question_{key}": value for key, value in right(course).items()}
    name = next(iter(answers))
    left_out = {key: value for key, value in answers.items() if key != name}
    kept = text(web.post(f"/help/training/{course.pk}", left_out), 422)
    assert kept.count("checked") == len(left_out), LOST
    assert not TrainingRecord.objects.exists()
    done = text(web.post(f"/help/training/{course.pk}", answers, follow=True))
    assert "Passed: 3 of 3" in done
    assert TrainingRecord.objects.get().person == reporter
    TrainingCourse.objects.update(is_active=False)
    assert web.get(f"/help/training/{course.pk}").status_code == 404


@pytest.mark.parametrize(
    "path", ["help", "help/report", "help/issues", "help/feedback", "help/survey", "help/training"]
)
def test_log_in_comes_first(client, path):
    assert client.get(f"/{path}").status_code == 302
