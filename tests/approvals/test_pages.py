"""The inbox and the page of a decision, without scripts and with htmx."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.approvals import services
from apps.approvals.models import ApprovalDecision
from tests.approvals import factories
from tests.approvals.factories import HEAD, OWNER, in_group, make_rule, make_user


@pytest.fixture
def step(requisition, submit):
    make_rule([HEAD], [in_group(factories.make_group("procurement"))])
    return submit(requisition)


@pytest.fixture
def lead(client, company):
    client.force_login(company.lead)
    return client


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def test_inbox_shows_what_waits(lead, step):
    page = text(lead.get("/approvals"))

    assert str(step.request) in page
    assert "1,000.00" in page
    assert "head of LAB" in page


def test_empty_inbox_says_so(client, company):
    client.force_login(company.outsider)

    assert "Nothing waits for you" in text(client.get("/approvals"))
    assert "Nothing found" in text(client.get("/approvals?kind=purchase_order"))


@pytest.mark.parametrize("query", ["kind=x", "overdue=maybe", "kind=%00", "overdue=true&kind="])
def test_filters_nobody_offered_are_harmless(lead, step, query):
    text(lead.get(f"/approvals?{query}"))


def test_pages_speak_chinese(lead, step):
    lead.cookies["django_language"] = "zh-hans"

    assert 'lang="zh-hans"' in text(lead.get("/approvals"))
    assert 'lang="zh-hans"' in text(lead.get(f"/approvals/{step.pk}"))


def test_the_same_number_of_statements_for_one_row_and_for_many(company, lead, step, submit):
    lead.get("/approvals")
    with CaptureQueriesContext(connection) as one:
        lead.get("/approvals")
    for _n in range(5):
        submit(factories.another(company))
    with CaptureQueriesContext(connection) as six:
        lead.get("/approvals")

    assert len(six) == len(one)


def test_in_bulk_with_a_result_per_row(company, lead, step, submit):
    other = submit(factories.another(company))
    data = {
        "step": [step.pk, other.pk, 10**9],
        f"seen-{step.pk}": step.request.content_hash,
        f"seen-{other.pk}": "0" * 64,
        "decision": "approve",
        "comment": "fine",
    }

    page = text(lead.post("/approvals/decide", data, headers={"HX-Request": "true"}))

    assert "<html" not in page
    assert page.count("data-result=") == 3
    assert 'data-result="ok"' in page
    assert 'data-result="stale_version"' in page
    assert 'data-result="not_found"' in page
    assert "fine" in page  # what was typed is kept while something is left to do
    assert ApprovalDecision.objects.get().step == step


@pytest.mark.parametrize("ticked", [[], ["x"], ["1" * 30], ["-1"]])
def test_in_bulk_without_anything_ticked(lead, step, ticked):
    page = text(lead.post("/approvals/decide", {"step": ticked, "decision": "approve"}))

    assert "Tick the documents" in page
    assert not ApprovalDecision.objects.exists()


def test_opening_decides_nothing_and_only_posts_decide(lead, step):
    before = step.status
    text(lead.get(f"/approvals/{step.pk}"))

    for url in (f"/approvals/{step.pk}/decide", "/approvals/decide", f"/approvals/{step.pk}/ask"):
        assert lead.get(f"{url}?decision=approve").status_code == 405

    step.refresh_from_db()
    assert step.status == before


def test_page_shows_content_route_and_what_changed(company, lead, requisition, step):
    services.decide(step, by=company.lead, verdict="return", comment="two are enough")
    requisition.lines.filter(line_no=1).update(quantity=7)
    request = services.open_request(requisition, by=company.engineer)
    fresh = request.steps.get(sequence=1)

    page = text(lead.get(f"/approvals/{fresh.pk}"))

    for wanted in ("Thing 1", "<del>1</del>", "<ins>7</ins>", "head of LAB", "Your decision"):
        assert wanted in page


@pytest.mark.parametrize(
    ("who", "status", "decides", "answers"),
    [
        ("lead", 200, True, False),
        ("engineer", 200, False, True),
        ("buyer", 200, False, False),
        ("outsider", 404, False, False),
    ],
)
def test_who_sees_what_on_the_page(client, company, step, who, status, decides, answers):
    company.buyers.user_set.add(company.buyer)
    services.ask(step, by=company.lead, question="Why?")
    client.force_login(getattr(company, who))

    page = text(client.get(f"/approvals/{step.pk}"), status)

    assert ("Your decision" in page) is decides
    assert ('name="answer"' in page) is answers


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        ({"decision": "reject", "comment": ""}, 422, "Give a reason."),
        ({"decision": "maybe", "comment": "typed"}, 422, "typed"),
        ({"decision": "approve", "rejected_lines": "9", "comment": "typed"}, 422, "typed"),
        ({"decision": "approve", "rejected_lines": ["1", "2"], "comment": "typed"}, 422, "typed"),
        ({"decision": "approve", "comment": "x" * 5000}, 422, "xxx"),
        ({"decision": "approve", "content_hash": "0" * 64, "comment": "typed"}, 409, "typed"),
    ],
)
def test_what_is_refused_keeps_what_was_typed(lead, step, data, status, said):
    data = {"content_hash": step.request.content_hash, **data}

    page = text(lead.post(f"/approvals/{step.pk}/decide", data), status)

    assert said in page
    assert not ApprovalDecision.objects.exists()


def test_lines_are_rejected_on_the_page(lead, step, requisition):
    data = {
        "decision": "approve",
        "rejected_lines": "2",
        "comment": "not this one",
        "content_hash": step.request.content_hash,
    }

    response = lead.post(f"/approvals/{step.pk}/decide", data)

    assert response.status_code == 302
    assert dict(requisition.lines.values_list("line_no", "status")) == {1: "open", 2: "rejected"}


def test_who_is_kept_apart_is_refused(client, company, step):
    client.force_login(company.engineer)
    data = {"decision": "approve", "content_hash": step.request.content_hash}

    text(client.post(f"/approvals/{step.pk}/decide", data), 403)

    assert not ApprovalDecision.objects.exists()


def test_ask_answer_and_give_away(client, company, step):
    client.force_login(company.lead)
    assert client.post(f"/approvals/{step.pk}/ask", {"question": " "}).status_code == 422
    assert client.post(f"/approvals/{step.pk}/ask", {"question": "Why?"}).status_code == 302
    assert client.post(f"/approvals/{step.pk}/ask", {"question": "Why?"}).status_code == 409
    question = step.clarifications.get()
    url = f"/approvals/questions/{question.pk}/answer"
    assert client.post(url, {"answer": "Because"}).status_code == 403
    client.force_login(company.engineer)
    assert client.post(url, {"answer": ""}).status_code == 422
    assert client.post(url, {"answer": "Because"}).status_code == 302
    client.force_login(company.outsider)
    assert client.post(url, {"answer": "Because"}).status_code == 404
    client.force_login(company.lead)
    row = step.assignments.get()
    url = f"/approvals/{step.pk}/reassign"
    for to, status in (("nobody", 422), ("engineer", 422), ("outsider", 302)):
        data = {"assignment": row.pk, "to": to, "comment": "away"}
        assert client.post(url, data).status_code == status
    assert [str(a) for a in step.assignments.filter(is_open=True)] == ["Outsider"]


def test_who_looks_after_approvals_chooses_whose_to_give_away(client, company, requisition, submit):
    make_rule([HEAD, OWNER])
    step = submit(requisition)
    client.force_login(make_user(is_superuser=True))

    page = text(client.get(f"/approvals/{step.pk}"))

    assert page.count("<option value=") >= 2
    assert "Your decision" not in page


def test_colleagues_are_suggested(lead, company):
    assert "outsider" in text(lead.get("/approvals/colleagues?to=outs"))
    assert "outsider" not in text(lead.get("/approvals/colleagues?to="))


def test_pages_need_a_log_in(client, step):
    for url in ("/approvals", f"/approvals/{step.pk}", "/approvals/colleagues"):
        assert client.get(url).status_code == 302
