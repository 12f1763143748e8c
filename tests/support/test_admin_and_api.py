"""The help desk in the back office and over the API."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.audit.models import Entry
from apps.support import services
from apps.support.models import (
    IssueType,
    QuizQuestion,
    Rota,
    SupportContact,
    SupportIssue,
    SurveyRound,
)
from tests.factories import api_client, make_user
from tests.support.factories import report

pytestmark = pytest.mark.django_db
MODELS = sorted(model._meta.model_name for model in apps.get_app_config("support").get_models())
INLINE_ONLY = {"rotaweek", "quizoption"}
READ = {"supportissue", "feedback", "surveyanswer", "trainingrecord"}


@pytest.fixture
def office(client, keeper):
    client.force_login(keeper)
    return client


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


@pytest.mark.parametrize("name", [name for name in MODELS if name not in INLINE_ONLY])
def test_every_model_has_its_pages(office, reporter, name):
    report(reporter)
    services.give_feedback(by=reporter, rating=4)
    today = timezone.localdate()
    SurveyRound.objects.create(name_en="S", opens_on=today, closes_on=today)
    model = apps.get_model("support", name)
    text(office.get(f"/admin/support/{name}/"))
    assert office.get(f"/admin/support/{name}/add/").status_code == (403 if name in READ else 200)
    row = model.objects.first()
    if row is not None:
        text(office.get(f"/admin/support/{name}/{row.pk}/change/"))
        text(office.get(f"/admin/support/{name}/{row.pk}/history/"))


@pytest.mark.parametrize("name", ["supportissue", "issuetype", "supportcontact"])
def test_lists_cost_the_same_for_many_rows(office, reporter, name):
    report(reporter)
    address = f"/admin/support/{name}/"
    text(office.get(address))
    with CaptureQueriesContext(connection) as few:
        office.get(address)
    for number in range(4):
        report(reporter)
        contact = SupportContact.objects.create(
            code=f"c{number}", name_en="C", user=make_user(), sequence=1
        )
        IssueType.objects.create(
            code=f"t{number}",
            name_en="T",
            primary_contact=contact,
            response_minutes=1,
            resolution_minutes=2,
        )
    with CaptureQueriesContext(connection) as many:
        office.get(address)
    assert len(many) == len(few)


def test_group_and_moves(office, reporter):
    issue = report(reporter)
    page = text(office.get(f"/admin/support/supportissue/{issue.pk}/change/"))
    assert "Acknowledge" in page
    assert "Support" in {
        str(group["label"]) for group in office.get("/admin/").context["nav_groups"]
    }
    office.post(
        "/admin/support/supportissue/",
        {"action": "move_acknowledge", "_selected_action": [issue.pk]},
    )
    issue.refresh_from_db()
    assert issue.status == "acknowledged"


def test_changes_of_the_desk_are_recorded(office, keeper):
    level = services.levels()[1]
    given = {
        "number": 2,
        "name_en": "Team lead",
        "name_zh_hans": "团队负责人",
        "response_minutes": 25,
    }
    response = office.post(f"/admin/support/supportlevel/{level.pk}/change/", given)

    assert response.status_code == 302, response.content.decode()[:3000]
    assert services.levels()[1].response_minutes == 25
    entry = Entry.objects.filter(content_type__model="supportlevel").latest("pk")
    assert (entry.actor_id, entry.changes["response_minutes"]) == (keeper.pk, [30, 25])


@pytest.mark.parametrize(("correct", "status"), [(0, 200), (1, 302), (2, 200)])
def test_a_question_has_one_correct_answer(office, correct, status):
    question = QuizQuestion.objects.first()
    data = {
        "course": question.course_id,
        "sequence": 10,
        "name_en": "Why?",
        "options-TOTAL_FORMS": 3,
        "options-INITIAL_FORMS": 3,
    }
    for index, option in enumerate(question.options.all()):
        data[f"options-{index}-id"] = option.pk
        data[f"options-{index}-question"] = question.pk
        data[f"options-{index}-name_en"] = f"Because {index}"
        if index < correct:
            data[f"options-{index}-is_correct"] = "on"
    response = office.post(f"/admin/support/quizquestion/{question.pk}/change/", data)
    assert response.status_code == status, response.content.decode()[:3000]


def test_operators_look_after_it_and_auditors_look_on(desk, client):
    client.force_login(make_user("operator", "ops"))
    rota = Rota.objects.first()
    text(client.get(f"/admin/support/rota/{rota.pk}/change/"))
    text(client.get("/admin/support/rotaoverride/add/"))
    assert client.get("/admin/catalog/item/").status_code == 403
    client.force_login(make_user("watcher", "auditor"))
    text(client.get("/admin/support/supportissue/"))
    assert client.get("/admin/support/rota/add/").status_code == 403


BODY = {"issue_type": "bug", "title": "It fails", "description": "Always.", "severity": "high"}


def test_api_report_is_safe_to_repeat(reporter):
    api = api_client(reporter)
    key = {"Idempotency-Key": "k1"}
    first = api.post("/api/v1/support-issues", BODY, "application/json", headers=key)
    again = api.post("/api/v1/support-issues", BODY, "application/json", headers=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["number"] == again.json()["number"]
    assert first.headers["ETag"] == '"1"'
    assert first.json()["allowed_actions"] == []
    assert SupportIssue.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"issue_type": "none"}, "issue_type"),
        ({"title": ""}, "title"),
        ({"severity": "x"}, "severity"),
        ({"status": "closed"}, "status"),
        ({"level": 4}, "level"),
    ],
)
def test_api_refuses_by_field(reporter, change, field):
    response = api_client(reporter).post(
        "/api/v1/support-issues", BODY | change, "application/json"
    )
    assert response.status_code == 400
    assert field in response.json()["errors"]
    assert not SupportIssue.objects.exists()


@pytest.mark.parametrize(
    ("headers", "status"), [({}, 428), ({"If-Match": '"9"'}, 412), ({"If-Match": '"1"'}, 200)]
)
def test_api_moves_need_the_version(reporter, keeper, headers, status):
    issue = report(reporter)
    address = f"/api/v1/support-issues/{issue.pk}/acknowledge"
    response = api_client(keeper).post(address, {}, "application/json", headers=headers)
    issue.refresh_from_db()

    assert response.status_code == status
    assert issue.status == ("acknowledged" if status == 200 else "new")


def test_api_list_is_narrowed_and_costs_the_same(reporter, keeper):
    api = api_client(keeper)
    report(reporter)
    api.get("/api/v1/support-issues")
    with CaptureQueriesContext(connection) as one:
        api.get("/api/v1/support-issues")
    for _n in range(5):
        report(reporter, "bug")
    with CaptureQueriesContext(connection) as six:
        rows = api.get("/api/v1/support-issues").json()["results"]
    assert len(six) == len(one)
    assert len(rows) == 6
    narrowed = api.get("/api/v1/support-issues?issue_type=outage&search=SI-&ordering=number")
    assert len(narrowed.json()["results"]) == 1
    assert api.get("/api/v1/support-issues?nonsense=1").status_code == 400
    assert "assign" in rows[0]["allowed_actions"]


def test_api_assign_and_refusals(reporter, keeper):
    issue = report(reporter)
    address = f"/api/v1/support-issues/{issue.pk}/assign"
    headers = {"If-Match": '"1"'}
    refused = api_client(keeper).post(address, {"to": "asker"}, "application/json", headers=headers)
    assert refused.status_code == 400
    done = api_client(keeper).post(address, {"to": "cto"}, "application/json", headers=headers)
    assert done.json()["assignee"] == "cto"
    own = api_client(reporter).post(
        f"/api/v1/support-issues/{issue.pk}/resolve",
        {"comment": "x"},
        "application/json",
        headers={"If-Match": '"2"'},
    )
    assert own.status_code == 403


@pytest.mark.parametrize(
    ("at", "status"),
    [("2026-01-05T01:00:00Z", 200), ("", 200), ("yesterday", 400), ("2026-01-05T09:00:00", 400)],
)
def test_api_on_call(reporter, at, status):
    response = api_client(reporter).get(f"/api/v1/on-call?at={at}")
    assert response.status_code == status
    if status == 200:
        found = response.json()
        assert {found["primary"]["code"], found["secondary"]["code"]} <= set(
            SupportContact.objects.values_list("code", flat=True)
        )
        assert dt.datetime.fromisoformat(found["until"]).tzinfo is not None


def test_api_on_call_without_a_rota(reporter):
    Rota.objects.update(is_active=False)
    assert api_client(reporter).get("/api/v1/on-call").status_code == 404
