"""The page of a requisition: where it stands and what can be done."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.common.models import Comment, Mention
from apps.requisitions import services
from apps.requisitions.models import Requisition
from apps.requisitions.states import Status
from tests.catalog.factories import make_category
from tests.requisitions.factories import Company
from tests.requisitions.pages import browser_of, statements


@pytest.mark.parametrize("status", list(Status))
def test_every_state_has_its_page(company: Company, client: Client, status: Status) -> None:
    requisition = company.in_state(status)

    page = client.get(reverse("requisitions:detail", args=[requisition.pk]))

    assert page.status_code == 200
    assert re.search(r'class="pill tone-\w+"', page.content.decode())
    assert "style=" not in page.content.decode()


def test_submitting_and_clicking_twice(company: Company, client: Client) -> None:
    requisition = company.requisition()
    address = reverse("requisitions:action", args=[requisition.pk, "submit"])

    first = client.post(address, {"version": "1"})
    second = client.post(address, {"version": "1"})

    requisition.refresh_from_db()
    assert first.status_code == 302
    assert second.status_code == 409
    assert requisition.status == Status.PENDING_APPROVAL
    assert len(second.content) > 1000


def test_a_move_without_its_reason_keeps_the_page_open(company: Company, client: Client) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)
    address = reverse("requisitions:action", args=[requisition.pk, "cancel"])

    page = client.post(address, {"comment": "", "version": str(requisition.version)})

    requisition.refresh_from_db()
    assert page.status_code == 422
    assert requisition.status == Status.PENDING_APPROVAL
    assert b"Give a reason." in page.content


def test_the_reason_typed_survives_a_stale_version(company: Company, client: Client) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)
    address = reverse("requisitions:action", args=[requisition.pk, "cancel"])

    page = client.post(address, {"comment": "no longer needed at all", "version": "1"})

    assert page.status_code == 409
    assert b"no longer needed at all" in page.content


@pytest.mark.parametrize(
    ("move", "who", "status"),
    [
        ("approve", "head", Status.APPROVED),
        ("return", "head", Status.RETURNED),
        ("reject", "head", Status.REJECTED),
        ("withdraw", "requester", Status.DRAFT),
        ("cancel", "requester", Status.CANCELLED),
    ],
)
def test_moves_from_the_page(company: Company, move: str, who: str, status: Status) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)

    answer = browser_of(getattr(company, who)).post(
        reverse("requisitions:action", args=[requisition.pk, move]), {"comment": "because"}
    )

    requisition.refresh_from_db()
    assert answer.status_code == 302
    assert requisition.status == status


def test_nobody_approves_their_own_from_the_page(company: Company, client: Client) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)

    page = client.post(reverse("requisitions:action", args=[requisition.pk, "approve"]))

    requisition.refresh_from_db()
    assert page.status_code == 403
    assert requisition.status == Status.PENDING_APPROVAL


def test_a_move_nobody_knows(company: Company, client: Client) -> None:
    requisition = company.requisition()

    assert client.post(f"/requisitions/{requisition.pk}/move/promote").status_code == 404


@pytest.mark.parametrize("name", ["copy", "delete", "watch", "share", "comment", "attach"])
def test_a_get_changes_nothing(company: Company, client: Client, name: str) -> None:
    requisition = company.requisition()

    assert client.get(reverse(f"requisitions:{name}", args=[requisition.pk])).status_code == 405
    assert Requisition.objects.count() == 1


def test_blockers_are_shown_and_submit_is_off(company: Company, client: Client) -> None:
    requisition = company.requisition(lines=[company.line(estimated_price=None)])

    page = client.get(reverse("requisitions:detail", args=[requisition.pk])).content.decode()

    assert "Line 1: The line has no estimated price" in page
    assert "disabled" in page


def test_what_changed_since_it_was_returned(company: Company, client: Client) -> None:
    requisition = company.in_state(Status.RETURNED)
    first = requisition.lines.first()
    assert first is not None
    lines = [{"id": first.pk, "quantity": Decimal(7)}]
    services.update(requisition, by=company.requester, data={}, lines=lines)

    page = client.get(reverse("requisitions:detail", args=[requisition.pk])).content.decode()

    assert "Changed since the version decided before" in page
    assert "<ins>7</ins>" in page


def test_copy_delete_share_and_watch(company: Company, client: Client) -> None:
    requisition = company.requisition()
    pk = requisition.pk

    client.post(reverse("requisitions:copy", args=[pk]))
    client.post(reverse("requisitions:share", args=[pk]), {"person": company.colleague.username})
    client.post(reverse("requisitions:watch", args=[pk]), {"on": "1"})

    assert Requisition.objects.count() == 2
    assert set(requisition.watchers.all()) == {company.colleague, company.requester}
    seen = browser_of(company.colleague).get(reverse("requisitions:detail", args=[pk]))
    assert seen.status_code == 200
    client.post(reverse("requisitions:delete", args=[pk]), {"version": "1"})
    assert Requisition.objects.count() == 1


def test_comments_tell_those_who_may_see_it(company: Company, client: Client) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)
    text = f"@{company.head.username} please; @{company.colleague.username} cannot see this"

    client.post(reverse("requisitions:comment", args=[requisition.pk]), {"text": text})

    assert Comment.objects.get().text == text
    assert [mention.user for mention in Mention.objects.all()] == [company.head]
    page = client.get(reverse("requisitions:detail", args=[requisition.pk]))
    assert text.encode() in page.content


def test_an_empty_comment_is_refused_and_a_long_one_kept(company: Company, client: Client) -> None:
    requisition = company.requisition()
    address = reverse("requisitions:comment", args=[requisition.pk])

    assert client.post(address, {"text": " \u200b "}).status_code == 422
    page = client.post(address, {"text": "x" * 4001})
    assert page.status_code == 422
    assert b"x" * 4001 in page.content


@pytest.mark.parametrize(
    "nasty", ["<script>alert(1)</script>", "{{ 7*7 }}", "{% if %}", "%(x)s", "'\"><img src=x>"]
)
def test_text_is_shown_as_it_is(company: Company, client: Client, nasty: str) -> None:
    requisition = company.requisition(
        title=nasty, justification=nasty, lines=[company.line(description=nasty, notes=nasty)]
    )
    for name in ("detail", "edit"):
        page = client.get(reverse(f"requisitions:{name}", args=[requisition.pk])).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x>" not in page
        assert "49" not in re.sub(r"\d{3,}", "", page) or nasty != "{{ 7*7 }}" or "7*7" in page


def test_lookups(company: Company, client: Client) -> None:
    make_category("41111500")
    found = {
        "items": company.item.code,
        "suppliers": company.supplier.code,
        "categories": "41111500",
        "people": company.head.username,
    }
    for name, code in found.items():
        address = reverse(f"requisitions:lookup_{name}")
        results = client.get(address, {"q": code}).json()["results"]
        assert code in [row["code"] for row in results]
        assert client.get(address).json() == {"results": []}
        assert client.get(address, {"q": "\x00"}).json() == {"results": []}
        assert Client().get(address, {"q": code}).status_code == 302


def test_a_thousand_lines_are_shown_and_edited(company: Company, client: Client) -> None:
    requisition = company.requisition(count=1000)

    assert client.get(reverse("requisitions:edit", args=[requisition.pk])).status_code == 200
    assert client.get(reverse("requisitions:detail", args=[requisition.pk])).status_code == 200


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_speak_the_readers_language(company: Company, client: Client, language: str) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)
    company.requester.language = language
    company.requester.save()
    for address in (
        reverse("requisitions:list"),
        reverse("requisitions:create"),
        reverse("requisitions:detail", args=[requisition.pk]),
    ):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("status", [Status.DRAFT, Status.PENDING_APPROVAL, Status.APPROVED])
def test_the_page_costs_the_same_for_one_line_and_for_many(
    company: Company, client: Client, status: Status
) -> None:
    item_line = {
        "item": company.item,
        "quantity": Decimal(1),
        "preferred_supplier": company.supplier,
    }
    small = company.in_state(status, lines=[item_line])
    large = company.in_state(status, lines=[item_line] * 40)

    one = statements(client, reverse("requisitions:detail", args=[small.pk]))
    many = statements(client, reverse("requisitions:detail", args=[large.pk]))
    assert one == many
    if status == Status.DRAFT:
        one = statements(client, reverse("requisitions:edit", args=[small.pk]))
        assert statements(client, reverse("requisitions:edit", args=[large.pk])) == one
