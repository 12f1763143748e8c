"""The first page: what is listed for whom, found, and turned over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.requisitions import services
from apps.requisitions.models import Requisition
from apps.requisitions.states import Status
from tests.requisitions.factories import Company
from tests.requisitions.pages import browser_of, statements


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    page = client.get(reverse("requisitions:list"))

    assert page.status_code == 200
    assert b"You have not asked for anything yet" in page.content


@pytest.mark.parametrize("status", list(Status))
def test_the_list_shows_every_state(company: Company, client: Client, status: Status) -> None:
    requisition = company.in_state(status)

    page = client.get(reverse("requisitions:list")).content.decode()

    assert requisition.title in page
    assert str(status.label).capitalize() in page
    assert (company.head.display_name in page) == (status == Status.PENDING_APPROVAL)


def test_tabs_show_mine_the_departments_and_the_watched(company: Company) -> None:
    company.requisition(title="draft of mine")
    submitted = company.in_state(Status.PENDING_APPROVAL, title="submitted of mine")
    services.watch(submitted, by=company.head)

    def titles(person: Any, tab: str) -> set[str]:
        page = browser_of(person).get(reverse("requisitions:list"), {"tab": tab})
        return {row.requisition.title for row in page.context["rows"]}

    assert titles(company.requester, "mine") == {"draft of mine", "submitted of mine"}
    assert titles(company.buyer, "department") == {"submitted of mine"}
    assert titles(company.colleague, "department") == set()
    assert titles(company.head, "watching") == {"submitted of mine"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "probe"}, 2),
        ({"q": "PR-"}, 1),
        ({"q": "nothing like it"}, 0),
        ({"status": "draft"}, 1),
        ({"status": "pending"}, 1),
        ({"status": "nonsense"}, 2),
        ({"q": "%00\x00"}, 2),
        ({"after": "nonsense"}, 2),
        ({"after": "9999-99-99T00:00:00Z~1"}, 2),
        ({"before": "2026-01-01T00:00:00+00:00~99999999999999999999"}, 2),
        ({"tab": "nonsense"}, 2),
    ],
)
def test_filters_and_search(
    company: Company, client: Client, query: dict[str, str], found: int
) -> None:
    company.requisition(title="Draft")
    company.in_state(Status.PENDING_APPROVAL, title="Sent")
    if query.get("q", "").startswith("%"):
        query = {"q": "\x00"}

    page = client.get(reverse("requisitions:list"), query)

    assert page.status_code == 200
    assert len(page.context["rows"]) == found


def test_pages_follow_each_other_without_gaps(company: Company, client: Client) -> None:
    moment = timezone.now()
    for index in range(60):
        row = company.requisition(title=f"number {index}", count=1)
        Requisition.objects.filter(pk=row.pk).update(
            created_at=moment - timedelta(seconds=index // 3)
        )
    seen: list[int] = []
    address = reverse("requisitions:list")
    pages = [client.get(address)]
    while pages[-1].context["page"].next_url:
        pages.append(client.get(address + pages[-1].context["page"].next_url))
    for page in pages:
        seen += [row.requisition.pk for row in page.context["rows"]]

    assert len(seen) == len(set(seen)) == 60
    assert [len(page.context["rows"]) for page in pages] == [25, 25, 10]
    back = client.get(address + pages[2].context["page"].previous_url)
    assert [row.requisition.pk for row in back.context["rows"]] == seen[25:50]


def test_the_list_costs_the_same_for_one_and_for_many(company: Company, client: Client) -> None:
    address = reverse("requisitions:list")
    company.in_state(Status.PENDING_APPROVAL)
    company.in_state(Status.APPROVED)
    one = statements(client, address)
    for _number in range(5):
        company.in_state(Status.PENDING_APPROVAL)
        company.in_state(Status.APPROVED)

    assert statements(client, address) == one
