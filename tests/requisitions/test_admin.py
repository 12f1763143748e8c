"""Requisitions in the back office: who sees what, moves as buttons, nothing written by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.requisitions.models import Requisition
from apps.requisitions.states import Status
from tests.factories import make_user
from tests.requisitions.factories import Company

LIST = "admin:requisitions_requisition_changelist"
CHANGE = "admin:requisitions_requisition_change"


@pytest.fixture
def office(company: Company) -> Client:
    """A browser in which the buyer is logged in."""
    return browser_of(company.buyer)


def browser_of(person: Any) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def page(browser: Client, requisition: Requisition) -> Any:
    return browser.get(reverse(CHANGE, args=[requisition.pk]))


def test_the_list_shows_what_is_visible(company: Company, office: Client) -> None:
    company.requisition(title="A private draft")
    company.in_state(Status.PENDING_APPROVAL, title="Something submitted")

    content = office.get(reverse(LIST)).content.decode()

    assert "Something submitted" in content
    assert "A private draft" not in content


@pytest.mark.parametrize(
    "query",
    ["?q=probe", "?q=%00", "?status__exact=approved", "?order_status__exact=none", "?o=-3.1"],
)
def test_search_and_filters(company: Company, office: Client, query: str) -> None:
    company.in_state(Status.APPROVED)

    answer = office.get(reverse(LIST) + query)

    assert answer.status_code == 200
    assert "1 requisition" in answer.content.decode()


@pytest.mark.parametrize("status", [s for s in Status if s != Status.DRAFT])
def test_every_state_is_shown_read_only(company: Company, office: Client, status: Status) -> None:
    requisition = company.in_state(status)

    answer = page(office, requisition)

    content = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="title"' not in content
    assert 'name="status"' not in content
    assert "Oscilloscope probe" in content


def test_a_forged_change_is_refused(company: Company, office: Client) -> None:
    requisition = company.in_state(Status.APPROVED)

    answer = office.post(
        reverse(CHANGE, args=[requisition.pk]), {"title": "Forged", "status": "closed"}
    )

    requisition.refresh_from_db()
    assert answer.status_code == 403
    assert (requisition.title, requisition.status) == ("Lab bench supplies", "approved")


def moves(answer: Any) -> set[str]:
    """The moves offered as buttons."""
    form = answer.context.get("action_form")
    choices = form.fields["action"].choices if form else []
    return {name.removeprefix("move_") for name, _label in choices if name.startswith("move_")}


def test_the_buttons_are_the_moves_one_may_make(company: Company, office: Client) -> None:
    approved = company.in_state(Status.APPROVED)
    pending = company.in_state(Status.PENDING_APPROVAL)

    assert moves(page(office, approved)) == {"close", "cancel"}
    assert moves(page(office, pending)) == set()


def test_a_move_is_made_with_its_reason(company: Company, office: Client) -> None:
    requisition = company.in_state(Status.APPROVED)
    data = {
        "CHANGE_FORM-action": "move_close",
        "CHANGE_FORM-_selected_action": str(requisition.pk),
        "_selected_action": str(requisition.pk),
        "_version": str(requisition.version),
    }
    address = reverse(CHANGE, args=[requisition.pk])

    asked = office.post(address, data)
    requisition.refresh_from_db()
    assert requisition.status == Status.APPROVED
    assert 'name="comment"' in asked.content.decode()

    office.post(address, {**data, "move_confirmed": "1", "comment": "not needed"}, follow=True)
    requisition.refresh_from_db()
    assert requisition.status == Status.CLOSED
    assert requisition.reason == "not needed"


@pytest.mark.parametrize(("who", "status"), [("head", "approved"), ("buyer", "pending_approval")])
def test_several_are_approved_at_once_by_who_may(company: Company, who: str, status: str) -> None:
    person = getattr(company, who)
    person.is_staff = True
    person.save()
    from django.contrib.auth.models import Group

    person.groups.add(Group.objects.get(name="procurement"))
    rows = [company.in_state(Status.PENDING_APPROVAL) for _number in range(2)]
    data = {"action": "move_approve", "_selected_action": [str(row.pk) for row in rows]}

    answer = browser_of(person).post(reverse(LIST), data, follow=True)

    assert answer.status_code == 200
    assert set(Requisition.objects.values_list("status", flat=True)) == {status}


def test_writing_leads_to_the_workspace(company: Company, office: Client) -> None:
    answer = office.get(reverse("admin:requisitions_requisition_add"))

    assert answer.url == reverse("requisitions:create")


@pytest.mark.parametrize("role", ["auditor", "admin", "finance"])
def test_who_reads_everything_reads_here(company: Company, role: str) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)
    reader = make_user(None, role)

    assert page(browser_of(reader), requisition).status_code == 200
    assert browser_of(reader).get(reverse(LIST)).status_code == 200


def test_engineers_do_not_come_in(company: Company) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)

    assert page(browser_of(company.colleague), requisition).status_code == 302


def statements(browser: Client, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as found:
        assert browser.get(address).status_code == 200
    return len(found)


def test_list_and_page_cost_the_same_for_one_and_for_many(company: Company, office: Client) -> None:
    small = company.in_state(Status.APPROVED, count=1)
    one = statements(office, reverse(LIST))
    one_line = statements(office, reverse(CHANGE, args=[small.pk]))
    for _number in range(5):
        large = company.in_state(Status.APPROVED, count=20)

    assert statements(office, reverse(LIST)) == one
    assert statements(office, reverse(CHANGE, args=[large.pk])) == one_line


def test_the_dashboard_counts_what_waits(company: Company, office: Client) -> None:
    company.in_state(Status.PENDING_APPROVAL)
    company.in_state(Status.APPROVED)

    content = office.get(reverse("admin:index")).content.decode()

    assert "Requisitions in approval" in content
    assert "Approved, not ordered" in content
