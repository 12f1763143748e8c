"""Approvals in the back office: rules in words, tried out; what runs is read, not written."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.approvals import services
from apps.approvals.models import ApprovalRule, ApprovalStep, Holiday
from apps.audit.models import Entry
from tests.approvals import factories
from tests.approvals.factories import HEAD, in_group, make_rule
from tests.factories import make_user

LISTS = ("approvalrule", "approvalrequest", "approvalstep", "approvaldecision", "holiday")


@pytest.fixture
def office(client, db):
    client.force_login(make_user("keeper", "admin"))
    return client


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


@pytest.fixture
def decided(company, requisition, submit):
    make_rule([HEAD], [in_group(company.buyers)], name_en="Small purchases")
    step = submit(requisition)
    services.decide(step, by=company.lead, verdict="approve", comment="fine by me")
    return step


@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_for_many_rows(office, company, decided, submit, name):
    Holiday.objects.create(date="2026-10-01", name_en="National day")
    url = f"/admin/approvals/{name}/"
    text(office.get(url))
    with CaptureQueriesContext(connection) as few:
        office.get(url)
    for number in range(4):
        make_rule([HEAD], [in_group(company.buyers)], priority=200 + number)
        step = submit(factories.another(company))
        services.decide(step, by=company.lead, verdict="approve")
        Holiday.objects.create(date=f"2026-10-0{number + 2}", name_en="Golden week")
    with CaptureQueriesContext(connection) as many:
        office.get(url)

    assert len(many) == len(few)


def test_pages_of_single_records(office, decided):
    request = decided.request
    page = text(office.get(f"/admin/approvals/approvalrequest/{request.pk}/change/"))

    for wanted in ("fine by me", "Thing 1", "asked for it", "Lead", request.content_hash):
        assert wanted in page
    text(office.get(f"/admin/approvals/approvalstep/{decided.pk}/change/"))
    text(office.get(f"/admin/approvals/approvaldecision/{decided.decisions.get().pk}/change/"))


@pytest.mark.parametrize("name", ["approvalrequest", "approvalstep", "approvaldecision"])
def test_what_runs_is_not_written_by_hand(office, decided, name):
    pk = {
        "approvalrequest": decided.request_id,
        "approvalstep": decided.pk,
        "approvaldecision": decided.decisions.get().pk,
    }[name]
    before = list(ApprovalStep.objects.values())

    assert office.get(f"/admin/approvals/{name}/add/").status_code == 403
    assert office.post(f"/admin/approvals/{name}/{pk}/change/", {"status": "x"}).status_code == 403
    assert office.post(f"/admin/approvals/{name}/{pk}/delete/", {"post": "yes"}).status_code == 403
    assert list(ApprovalStep.objects.values()) == before


def test_a_rule_is_said_in_words(office, company):
    step = {"approvers": [HEAD, in_group(company.buyers)], "mode": "number", "required_count": 2}
    rule = make_rule(
        step,
        minimum_amount=5000,
        maximum_amount=50000,
        department=company.engineering,
        supplier_condition="blocked",
    )

    page = text(office.get(f"/admin/approvals/approvalrule/{rule.pk}/change/"))

    assert (
        "Requisition, from 5,000 CNY, below 50,000 CNY, in ENG ENG or below it, "
        "with a blocked supplier: 2 people of: head of the department, a member of Procurement, "
        "within 24 business hours." in page.replace("&#x27;", "'")
    )


def test_a_rule_is_kept_and_its_history_too(office, company):
    data = {
        "name_en": "Large",
        "name_zh_hans": "大额",
        "document_kind": "requisition",
        "priority": "10",
        "is_active": "on",
        "minimum_amount": "50000",
        "maximum_amount": "",
        "supplier_condition": "any",
        "steps-TOTAL_FORMS": "1",
        "steps-INITIAL_FORMS": "0",
        "steps-0-sequence": "1",
        "steps-0-name_en": "Head",
        "steps-0-name_zh_hans": "负责人",
        "steps-0-mode": "any",
        "steps-0-required_count": "1",
        "steps-0-hours": "8",
    }

    assert office.post("/admin/approvals/approvalrule/add/", data).status_code == 302
    rule = ApprovalRule.objects.get(name_en="Large")
    step = rule.steps.get()
    approver = {
        "sequence": "1",
        "name_en": "Head",
        "name_zh_hans": "负责人",
        "mode": "any",
        "required_count": "1",
        "hours": "8",
        "approvers-TOTAL_FORMS": "1",
        "approvers-INITIAL_FORMS": "0",
        "approvers-0-kind": "group",
        "approvers-0-group": "",
    }
    url = f"/admin/approvals/approvalrulestep/{step.pk}/change/"
    assert "Name the group" in text(office.post(url, approver))
    approver["approvers-0-group"] = str(company.buyers.pk)
    assert office.post(url, approver).status_code == 302

    assert step.approvers.get().group == company.buyers
    assert rule.created_by.username == "keeper"
    assert Entry.objects.filter(object_repr="Large", channel="admin").exists()


@pytest.mark.parametrize(
    ("minimum", "maximum", "said"), [("10", "5", "greater"), ("-1", "", "not negative")]
)
def test_rules_that_cannot_be_are_refused(office, minimum, maximum, said):
    data = {
        "name_en": "x",
        "document_kind": "requisition",
        "priority": "1",
        "minimum_amount": minimum,
        "maximum_amount": maximum,
        "supplier_condition": "any",
        "steps-TOTAL_FORMS": "0",
        "steps-INITIAL_FORMS": "0",
    }

    assert said in text(office.post("/admin/approvals/approvalrule/add/", data))
    assert not ApprovalRule.objects.exists()


@pytest.mark.parametrize(
    ("total", "wanted"),
    [
        ("1000", "Lead"),
        ("9000", "Manager"),
        ("x", "Some of the values"),
        ("", "Some of the values"),
    ],
)
def test_rules_are_tried_out(office, company, total, wanted):
    make_rule([HEAD])
    query = {
        "document_kind": "requisition",
        "base_total": total,
        "requester": company.engineer.pk,
        "department": company.laboratory.pk,
    }

    page = text(office.get("/admin/approvals/approvalrule/try/", query))

    assert wanted in page


def test_trying_names_what_stands_in_the_way(office, company):
    text(office.get("/admin/approvals/approvalrule/try/"))
    query = {
        "document_kind": "requisition",
        "base_total": "1",
        "requester": company.engineer.pk,
        "department": company.laboratory.pk,
    }

    assert "No approval rule covers" in text(
        office.get("/admin/approvals/approvalrule/try/", query)
    )


def test_first_page_counts_what_waits_and_what_is_late(office, decided):
    ApprovalStep.objects.filter(status="active").update(due_at="2026-01-01T00:00:00Z")

    page = text(office.get("/admin/"))

    assert "Waiting for your decision" in page
    assert "Overdue approvals" in page
    assert "overdue=yes" in page
    listed = text(office.get("/admin/approvals/approvalstep/?overdue=yes"))
    assert "Procurement" in listed


def test_a_superuser_has_no_way_around_in_the_back_office(client, company, requisition, submit):
    make_rule([HEAD])
    step = submit(requisition)
    superuser = make_user("root", is_superuser=True, is_staff=True)
    client.force_login(superuser)

    url = f"/admin/approvals/approvalrequest/{step.request_id}/change/"
    assert client.post(url, {"status": "approved"}).status_code == 403

    step.refresh_from_db()
    assert step.status == "active"
