"""How many statements the work costs, audit and log-in included: printed, and held to a limit."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.approvals.models import ApprovalRule, ApprovalRuleApprover, ApprovalRuleStep
from apps.requisitions.states import Status
from tests.factories import make_user
from tests.requisitions.calls import Api, body, data_statements, line
from tests.requisitions.factories import Company


@pytest.fixture
def api(company: Company) -> Api:
    return Api(company.requester)


def report(capsys: Any, text: str) -> None:
    """Say it past pytest's capture."""
    with capsys.disabled():
        sys.stdout.write(f"\n[budget] {text}\n")


def test_create_with_five_lines_costs_at_most_fifteen_statements(
    company: Company, api: Api, capsys: Any
) -> None:
    payload = body(company)
    api("POST", body=payload)  # content types and the like are read once per process

    with CaptureQueriesContext(connection) as found:
        answer = api("POST", body=payload)

    statements = data_statements(found)
    report(capsys, f"create with 5 lines: {len(statements)} data statements (at most 15)")
    assert answer.status_code == 201
    assert len(statements) <= 15, "\n".join(statements)


def test_create_costs_the_same_for_many_lines(company: Company, api: Api) -> None:
    api("POST", body=body(company))
    counts = []
    for number in (1, 30):
        payload = body(company, lines=[line(company) for _number in range(number)])
        with CaptureQueriesContext(connection) as found:
            assert api("POST", body=payload).status_code == 201
        counts.append(len(found))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("who", ["requester", "buyer", "head"])
def test_a_list_costs_at_most_six_statements(company: Company, capsys: Any, who: str) -> None:
    call = Api(getattr(company, who))
    company.in_state(Status.PENDING_APPROVAL)
    call("GET")
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as found:
            answer = call("GET")
        counts.append(len(data_statements(found)))
        for _number in range(6):
            company.in_state(Status.PENDING_APPROVAL)

    report(capsys, f"list as {who}: {counts[0]} data statements (at most 6)")
    assert answer.status_code == 200
    assert counts[0] == counts[1] <= 6


def test_detail_costs_the_same_for_one_line_and_for_many(company: Company, api: Api) -> None:
    small, large = company.requisition(count=1), company.requisition(count=40)
    counts = []
    for requisition in (small, small, large):
        with CaptureQueriesContext(connection) as found:
            assert api("GET", f"/{requisition.pk}").status_code == 200
        counts.append(len(found))

    assert counts[1] == counts[2]


def test_approve_over_the_api_is_within_its_budget(company: Company, capsys: Any) -> None:
    call = Api(company.head)
    first, second = (company.in_state(Status.PENDING_APPROVAL) for _number in range(2))
    call("POST", f"/{first.pk}/approve", version=first.version)

    with CaptureQueriesContext(connection) as found:
        answer = call("POST", f"/{second.pk}/approve", version=second.version)

    statements = data_statements(found)
    report(capsys, f"approve: {len(statements)} data statements (at most 12)")
    assert answer.status_code == 200
    assert answer.json()["status"] == "approved"
    assert len(statements) <= 12, "\n".join(statements)


def test_handing_over_to_the_next_step_is_within_the_same_budget(
    company: Company, capsys: Any
) -> None:
    second = ApprovalRuleStep.objects.create(
        rule=ApprovalRule.objects.get(), sequence=2, name="Cost centre"
    )
    ApprovalRuleApprover.objects.create(step=second, kind="user", user=make_user("boss"))
    call = Api(company.head)
    first, other = (company.in_state(Status.PENDING_APPROVAL) for _number in range(2))
    call("POST", f"/{first.pk}/approve", version=first.version)

    with CaptureQueriesContext(connection) as found:
        answer = call("POST", f"/{other.pk}/approve", version=other.version)

    statements = data_statements(found)
    report(capsys, f"approve, a next step follows: {len(statements)} data statements (at most 12)")
    assert answer.json()["status"] == "pending_approval"
    assert len(statements) <= 12, "\n".join(statements)
