"""The approvals API: inbox, one step, bulk decisions, questions, reassigning."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.approvals.models import ApprovalDecision, ApprovalStep
from tests.approvals import factories
from tests.approvals.factories import HEAD, OWNER, in_group, make_rule, make_user
from tests.factories import api_client

INBOX = "/api/v1/approvals"


@pytest.fixture
def step(requisition, submit):
    make_rule([HEAD])
    return submit(requisition)


def post(client, url, **body):
    return client.post(url, body, content_type="application/json")


def ids(response):
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]


def test_inbox_says_what_waits_and_why(company, step):
    row = api_client(company.lead).get(INBOX).json()["results"][0]

    assert row["id"] == step.pk
    assert row["kind"] == "requisition"
    assert row["requester"]["username"] == "engineer"
    assert (row["department"], row["department_name"]) == ("LAB", "LAB")
    assert (row["total"], row["currency"], row["base_total"]) == ("1000.0000", "CNY", "1000.0000")
    assert row["why"] == "head of LAB LAB"
    assert row["overdue"] is False
    assert len(row["content_hash"]) == 64


@pytest.mark.parametrize("who", ["engineer", "owner", "outsider", "manager"])
def test_inbox_of_others_is_empty(company, step, who):
    assert ids(api_client(getattr(company, who)).get(INBOX)) == []


def test_inbox_of_who_stands_in(company, step):
    factories.make_delegation(company.lead, company.outsider)

    row = api_client(company.outsider).get(INBOX).json()["results"][0]

    assert row["why"] == "standing in for Lead"


def test_inbox_filters(company, step):
    client = api_client(company.lead)

    assert ids(client.get(INBOX, {"kind": "requisition"})) == [step.pk]
    assert ids(client.get(INBOX, {"kind": "purchase_order"})) == []
    assert ids(client.get(INBOX, {"overdue": "true"})) == []
    assert ids(client.get(INBOX, {"overdue": "false"})) == [step.pk]
    ApprovalStep.objects.update(due_at=timezone.now() - dt.timedelta(minutes=1))
    assert ids(client.get(INBOX, {"overdue": "true"})) == [step.pk]
    assert client.get(INBOX, {"kind": "nonsense"}).status_code == 400
    assert client.get(INBOX, {"surprise": "1"}).status_code == 400


def test_the_same_number_of_statements_for_one_row_and_for_many(
    company, step, submit, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = api_client(company.lead)
    client.get(INBOX)
    with CaptureQueriesContext(connection) as one:
        client.get(INBOX)
    for _n in range(5):
        submit(factories.another(company))
    with CaptureQueriesContext(connection) as six:
        assert len(ids(client.get(INBOX))) == 6

    assert len(six) == len(one)


@pytest.mark.parametrize(
    ("who", "status", "actions"),
    [
        ("lead", 200, ["approve", "reject", "return", "clarify", "reassign"]),
        ("engineer", 200, []),
        ("outsider", 404, None),
        ("manager", 404, None),
    ],
)
def test_one_step(company, step, who, status, actions):
    response = api_client(getattr(company, who)).get(f"{INBOX}/{step.pk}")

    assert response.status_code == status
    if actions is not None:
        body = response.json()
        assert body["allowed_actions"] == actions
        assert [row["status"] for row in body["route"]] == ["active"]
        assert body["route"][0]["assignments"][0]["person"]["username"] == "lead"
        assert body["content"]["title"] == "Bench supplies"
        assert body["changes"] == []


def test_decide_gives_a_result_per_row(company, step, submit):
    other = submit(factories.another(company))
    rows = [
        {"id": step.pk, "decision": "approve", "content_hash": step.request.content_hash},
        {"id": other.pk, "decision": "approve", "content_hash": "0" * 64},
        {"id": 10**9, "decision": "reject", "comment": "no"},
    ]

    response = post(api_client(company.lead), f"{INBOX}/decide", decisions=rows)

    assert response.status_code == 200
    found = [(r["id"], r["ok"], r["code"], r["status"]) for r in response.json()["results"]]
    assert found == [
        (step.pk, True, "ok", "approved"),
        (other.pk, False, "stale_version", "pending"),
        (10**9, False, "not_found", ""),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"decisions": []},
        {"decisions": "all"},
        {"decisions": [{"id": 1}]},
        {"decisions": [{"id": 0, "decision": "approve"}]},
        {"decisions": [{"id": 2**70, "decision": "approve"}]},
        {"decisions": [{"id": 1, "decision": "maybe"}]},
        {"decisions": [{"id": 1, "decision": "approve", "surprise": 1}]},
        {"decisions": [{"id": 1, "decision": "approve", "comment": "x" * 4001}]},
        {"decisions": [{"id": 1, "decision": "approve", "comment": "a\x00b"}]},
        {"decisions": [{"id": 1, "decision": "approve"}] * 101},
        {"decisions": [{"id": 1, "decision": "approve"}], "surprise": 1},
    ],
)
def test_what_cannot_be_read_is_a_clear_400(company, step, body):
    response = post(api_client(company.lead), f"{INBOX}/decide", **body)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert not ApprovalDecision.objects.exists()


def test_question_and_answer(company, step):
    lead, engineer = api_client(company.lead), api_client(company.engineer)

    asked = post(lead, f"{INBOX}/{step.pk}/clarify", question="Why?")
    again = post(lead, f"{INBOX}/{step.pk}/clarify", question="Why?")
    own = post(lead, f"{INBOX}/{step.pk}/answer", answer="Because")
    answered = post(engineer, f"{INBOX}/{step.pk}/answer", answer="Because")
    late = post(engineer, f"{INBOX}/{step.pk}/answer", answer="Because")

    assert [r.status_code for r in (asked, again, own, answered, late)] == [200, 409, 403, 200, 409]
    question = answered.json()["route"][0]["clarifications"][0]
    assert (question["question"], question["answer"]) == ("Why?", "Because")
    assert question["answered_by"]["username"] == "engineer"


def test_reassign(company, step):
    lead = api_client(company.lead)

    for to, status in (("nobody", 400), ("engineer", 400), ("outsider", 200)):
        response = post(lead, f"{INBOX}/{step.pk}/reassign", to=to, comment="away")
        assert response.status_code == status, response.content

    assert ids(lead.get(INBOX)) == []
    assert ids(api_client(company.outsider).get(INBOX)) == [step.pk]


def test_who_may_give_away_several_names_one(company, requisition, submit):
    make_rule([HEAD, OWNER, in_group(company.buyers)])
    step = submit(requisition)
    client = api_client(make_user(is_superuser=True))
    url = f"{INBOX}/{step.pk}/reassign"
    group = step.assignments.get(group=company.buyers)

    open_question = post(client, url, to="outsider", comment="x")
    named = post(client, url, to="outsider", comment="x", assignment=group.pk)
    other = post(client, url, to="colleague", comment="x", assignment=10**6)

    assert open_question.json()["code"] == "assignment_required"
    assert (open_question.status_code, named.status_code, other.status_code) == (400, 200, 403)
    assert not step.assignments.filter(group=company.buyers, is_open=True).exists()


def test_nobody_comes_in_unknown(client, step):
    assert client.get(INBOX).status_code == 401
    assert post(client, f"{INBOX}/decide", decisions=[]).status_code == 401
