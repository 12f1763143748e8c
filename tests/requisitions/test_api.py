"""Requisitions over the API, with real tokens: shapes, codes, versions, moves, refusals."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.requisitions import services
from apps.requisitions.models import Requisition
from apps.requisitions.states import Status
from tests.catalog.factories import make_currency
from tests.factories import make_user
from tests.requisitions.calls import Api, body, line
from tests.requisitions.factories import Company


@pytest.fixture
def api(company: Company) -> Api:
    return Api(company.requester)


# ---------------------------------------------------------------- create, read, change, delete
def test_create_answers_with_the_whole_document(company: Company, api: Api) -> None:
    lines = [
        {"item": company.item.code, "quantity": "10", "unit": "C62", "estimated_price": "1.50"}
    ]

    answer = api("POST", body=body(company, lines=[*lines, line(company)]))

    assert answer.status_code == 201, answer.content
    document = answer.json()
    assert document["number"] is None
    assert (document["status"], document["version"]) == ("draft", 1)
    assert answer["ETag"] == '"1"'
    assert document["department"] == company.department.code
    assert document["department_id"] == company.department.pk
    assert document["department_name"] == company.department.name
    assert document["requester"] == company.requester.username
    assert document["estimated_total"] == document["base_total"] == "1795.0000"
    first, second = document["lines"]
    assert (first["line_no"], first["item"], first["amount"]) == (1, company.item.code, "15.0000")
    assert (second["ordered_quantity"], second["received_quantity"]) == ("0.000000", "0.000000")
    assert second["preferred_supplier_name"] == company.supplier.name
    assert set(document["allowed_actions"]) == {"submit", "cancel", "edit", "delete", "copy"}
    read = api("GET", f"/{document['id']}")
    assert read.json() == document


def test_patch_changes_what_is_named(company: Company, api: Api) -> None:
    requisition = company.requisition(count=2)
    kept = requisition.lines.first()
    assert kept is not None

    answer = api(
        "PATCH",
        f"/{requisition.pk}",
        {"title": "Other", "lines": [{"id": kept.pk, "quantity": "3"}]},
        version=1,
    )

    assert answer.status_code == 200, answer.content
    assert answer["ETag"] == '"2"'
    document = answer.json()
    assert document["title"] == "Other"
    assert [row["quantity"] for row in document["lines"]] == ["3.000000"]
    assert document["lines"][0]["description"] == kept.description


@pytest.mark.parametrize(("version", "status"), [(None, 428), (7, 412)], ids=["missing", "stale"])
@pytest.mark.parametrize("call", ["PATCH", "DELETE", "submit", "cancel"])
def test_a_change_names_its_version(
    company: Company, api: Api, call: str, version: int | None, status: int
) -> None:
    requisition = company.requisition()
    method, path = ("POST", f"/{call}") if call.islower() else (call, "")

    answer = api(method, f"/{requisition.pk}{path}", {"comment": "x"} if path else {}, version)

    assert answer.status_code == status
    requisition.refresh_from_db()
    assert (requisition.status, requisition.version) == ("draft", 1)


def test_drafts_can_be_deleted_and_others_not(company: Company, api: Api) -> None:
    draft, sent = company.requisition(), company.in_state(Status.PENDING_APPROVAL)

    assert api("DELETE", f"/{draft.pk}", version=1).status_code == 204
    assert api("DELETE", f"/{sent.pk}", version=sent.version).status_code == 409
    assert Requisition.objects.get() == sent


def test_the_same_key_gives_the_same_answer(company: Company, api: Api) -> None:
    key = {"Idempotency-Key": "one-key"}

    first = api("POST", body=body(company), **key)
    again = api("POST", body=body(company), **key)
    other = api("POST", body=body(company, title="Other"), **key)

    assert first.json() == again.json()
    assert other.status_code == 422
    assert Requisition.objects.count() == 1


# ---------------------------------------------------------------- bad input
@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"status": "approved"}, "status"),
        ({"number": "PR-1"}, "number"),
        ({"requester": "admin"}, "requester"),
        ({"estimated_total": "1"}, "estimated_total"),
        ({"nonsense": 1}, "nonsense"),
        ({"title": ""}, "title"),
        ({"title": None}, "title"),
        ({"title": {}}, "title"),
        ({"title": ["x"]}, "title"),
        ({"title": "x" * 1_000_000}, "title"),
        ({"title": "\u200b\u202e"}, "title"),
        ({"department": 5}, "department"),
        ({"department": {"code": "X"}}, "department"),
        ({"department": "NO-SUCH"}, "department"),
        ({"cost_centre": "NO-SUCH"}, "cost_centre"),
        ({"cost_centre": None}, "cost_centre"),
        ({"currency": "XXX"}, "currency"),
        ({"needed_by": "31.12.2026"}, "needed_by"),
        ({"needed_by": {}}, "needed_by"),
        ({"priority": "whenever"}, "priority"),
        ({"language": "xx"}, "language"),
        ({"on_behalf_of": "nobody-here"}, "on_behalf_of"),
        ({"lines": "x"}, "lines"),
        ({"lines": {}}, "lines"),
        ({"lines": [1]}, "lines.0"),
    ],
)
def test_a_bad_header_is_a_400_naming_the_key(
    company: Company, api: Api, change: dict[str, Any], path: str
) -> None:
    answer = api("POST", body=body(company, **change))

    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert path in "".join(answer.json()["errors"])
    assert not Requisition.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "NaN"}, "quantity"),
        ({"quantity": "Infinity"}, "quantity"),
        ({"quantity": "1e400"}, "quantity"),
        ({"quantity": "9" * 5000}, "quantity"),
        ({"quantity": {}}, "quantity"),
        ({"quantity": []}, "quantity"),
        ({"quantity": True}, "quantity"),
        ({"quantity": None}, "quantity"),
        ({"quantity": "1.5"}, "quantity"),
        ({"quantity": "999999999999", "estimated_price": "99999999999"}, "quantity"),
        ({"estimated_price": "-1"}, "estimated_price"),
        ({"unit": "NOPE"}, "unit"),
        ({"unit": 7}, "unit"),
        ({"item": "NOPE"}, "item"),
        ({"category": "NOPE"}, "category"),
        ({"preferred_supplier": "NOPE"}, "preferred_supplier"),
        ({"description": ""}, "description"),
        ({"description": {"a": 1}}, "description"),
        ({"description": "x" * 501}, "description"),
        ({"needed_by": 5}, "needed_by"),
        ({"amount": "5"}, "amount"),
        ({"ordered_quantity": "5"}, "ordered_quantity"),
        ({"id": 999}, "id"),
        ({"id": "x"}, "id"),
    ],
)
def test_a_bad_line_is_a_400_naming_line_and_field(
    company: Company, api: Api, change: dict[str, Any], field: str
) -> None:
    lines = [line(company), line(company), line(company, **change)]

    answer = api("POST", body=body(company, lines=lines))

    assert answer.status_code == 400, answer.content
    assert list(answer.json()["errors"]) == [f"lines.2.{field}"]
    assert not Requisition.objects.exists()


@pytest.mark.parametrize("text", ["", "[]", "null", "5", '"x"', "{", '{"title": "\\ud800"}'])
def test_a_body_that_is_no_document(company: Company, api: Api, text: str) -> None:
    answer = api("POST", body=text)

    assert answer.status_code == 400
    assert not Requisition.objects.exists()


def test_ten_thousand_lines_are_refused(company: Company, api: Api) -> None:
    answer = api("POST", body=body(company, lines=[line(company)] * 10_000))

    assert answer.status_code == 400
    assert "lines" in answer.json()["errors"]
    assert not Requisition.objects.exists()


def test_a_thousand_lines_are_taken(company: Company, api: Api) -> None:
    answer = api("POST", body=body(company, lines=[line(company)] * 1000))

    assert answer.status_code == 201
    assert len(answer.json()["lines"]) == 1000


@pytest.mark.parametrize(
    "query",
    ["nonsense=1", "status=nonsense", "requester__password=x", "ordering=title", "page_size=x"],
)
def test_unknown_filters_are_refused(company: Company, api: Api, query: str) -> None:
    assert api("GET", f"?{query}").status_code == 400


def test_filters_search_and_pages(company: Company, api: Api) -> None:
    company.requisition(title="One")
    company.in_state(Status.PENDING_APPROVAL, title="Two")
    company.in_state(Status.APPROVED, title="Three")

    def titles(query: str) -> list[str]:
        return [row["title"] for row in api("GET", query).json()["results"]]

    assert titles("") == ["Three", "Two", "One"]
    assert titles("?status=draft&status=approved") == ["Three", "One"]
    assert titles("?search=two") == ["Two"]
    assert titles(f"?department={company.department.code}&currency=CNY") == ["Three", "Two", "One"]
    assert titles("?minimum_total=999999") == []
    assert api("GET", "?page_size=2&count=true").json()["count"] == 3
    assert api("GET", "?page_size=2").json()["next"]


# ---------------------------------------------------------------- moves
def test_the_whole_way_over_the_api(company: Company, api: Api) -> None:
    document = api("POST", body=body(company)).json()
    pk = document["id"]

    preview = api("GET", f"/{pk}/preview").json()
    assert [a["label"] for a in preview["steps"][0]["approvers"]] == [company.head.display_name]
    assert preview["blockers"] == []
    sent = api("POST", f"/{pk}/submit", version=1)
    assert sent.status_code == 200, sent.content
    assert sent.json()["status"] == "pending_approval"
    assert sent.json()["number"].startswith("PR-")
    assert sent.json()["allowed_actions"] == ["withdraw", "cancel", "copy"]
    head = Api(company.head)
    seen = head("GET", f"/{pk}").json()
    assert {"approve", "return", "reject"} <= set(seen["allowed_actions"])
    approved = head("POST", f"/{pk}/approve", {"comment": "fine"}, version=seen["version"])
    assert approved.status_code == 200, approved.content
    assert approved.json()["status"] == "approved"
    events = [row["event"] for row in api("GET", f"/{pk}/history").json()]
    assert events[-1] == "requisition.created"
    assert {"requisition.submit", "requisition.approve"} <= set(events)
    assert len(api("GET", f"/{pk}/lines").json()) == 5
    closed = api("POST", f"/{pk}/close", {"comment": "enough"}, approved.json()["version"])
    assert closed.json()["status"] == "closed"
    reopened = api("POST", f"/{pk}/reopen", {"comment": "more"}, closed.json()["version"])
    assert reopened.json()["status"] == "approved"
    copied = api("POST", f"/{pk}/copy")
    assert copied.status_code == 201
    assert copied.json()["copied_from"] == pk


def test_returned_with_a_reason(company: Company) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)
    head = Api(company.head)

    silent = head("POST", f"/{requisition.pk}/return", {}, requisition.version)
    said = head("POST", f"/{requisition.pk}/return", {"comment": "why?"}, requisition.version)

    assert silent.status_code == 400
    assert said.json()["status"] == "returned"


def test_blockers_are_named_in_the_refusal(company: Company, api: Api) -> None:
    make_currency("XTS")
    document = api("POST", body=body(company, currency="XTS")).json()

    preview = api("GET", f"/{document['id']}/preview").json()
    answer = api("POST", f"/{document['id']}/submit", version=1)

    assert document["base_total"] is None
    assert [b["code"] for b in preview["blockers"]] == ["no_exchange_rate"]
    assert answer.status_code == 409
    assert [b["code"] for b in answer.json()["blockers"]] == ["no_exchange_rate"]


def test_wrong_state_is_409_and_not_allowed_is_403(company: Company, api: Api) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)

    assert api("POST", f"/{requisition.pk}/submit", version=requisition.version).status_code == 409
    assert api("POST", f"/{requisition.pk}/approve", version=requisition.version).status_code == 403
    unknown = api("POST", f"/{requisition.pk}/approve", {"verdict": "x"}, requisition.version)
    assert unknown.status_code == 400


@pytest.mark.parametrize("path", ["", "/preview", "/history", "/lines"])
def test_what_one_may_not_see_is_not_there(company: Company, path: str) -> None:
    requisition = company.requisition()

    assert Api(company.colleague)("GET", f"/{requisition.pk}{path}").status_code == 404
    assert Api(None)("GET", f"/{requisition.pk}{path}").status_code == 401
    assert Api(company.requester)("GET", f"/{requisition.pk}{path}").status_code == 200


def test_every_list_is_what_is_visible(company: Company) -> None:
    company.requisition()
    company.in_state(Status.PENDING_APPROVAL)
    people = (company.requester, company.head, company.colleague, company.buyer)
    for person in (*people, make_user(None, "auditor"), make_user(None, "ops")):
        listed = {row["id"] for row in Api(person)("GET").json()["results"]}
        visible = Requisition.objects.visible_to(person).values_list("pk", flat=True)
        assert listed == set(visible)


def test_an_auditor_writes_nothing(company: Company) -> None:
    auditor = Api(make_user(None, "auditor"))
    requisition = company.requisition()

    assert auditor("POST", body=body(company)).status_code == 403
    assert auditor("PATCH", f"/{requisition.pk}", {"title": "x"}, 1).status_code == 403
    assert auditor("POST", f"/{requisition.pk}/copy").status_code == 403
    assert auditor("POST", f"/{requisition.pk}/submit", version=1).status_code == 403
    assert Requisition.objects.count() == 1


def test_rejected_lines_over_the_api(company: Company) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)
    payload = {"comment": "not the second", "rejected_lines": [2]}

    answer = Api(company.head)(
        "POST", f"/{requisition.pk}/approve", payload, requisition.version
    ).json()

    assert [row["status"] for row in answer["lines"]] == ["open", "rejected"]
    assert answer["estimated_total"] == "1780.0000"


def test_allowed_actions_are_the_same_in_list_and_detail(company: Company) -> None:
    for status in Status:
        company.in_state(status)
    for person in (company.requester, company.head, company.buyer):
        call = Api(person)
        for row in call("GET").json()["results"]:
            detail = call("GET", f"/{row['id']}").json()
            assert row["allowed_actions"] == detail["allowed_actions"]
            requisition = Requisition.objects.get(pk=row["id"])
            expected = services.allowed_actions(person, [requisition])[requisition.pk]
            assert row["allowed_actions"] == expected


def test_list_by_state_sorts_no_more_than_a_page(company: Company, api: Api) -> None:
    """DISTINCT would make the database sort every requisition there is for the first page."""
    company.in_state("approved")
    company.requisition()

    with CaptureQueriesContext(connection) as asked:
        answer = api("GET", "?status=approved&status=closed&priority=normal")

    assert [row["status"] for row in answer.json()["results"]] == ["approved"]
    assert not any("DISTINCT" in query["sql"] for query in asked.captured_queries)
