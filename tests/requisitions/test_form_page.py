"""The form and its grid: what was typed is never lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.requisitions.models import Requisition
from apps.requisitions.states import Status
from tests.factories import make_user
from tests.requisitions.factories import Company
from tests.requisitions.pages import browser_of, form, typed


def test_the_form_opens_with_what_is_likely(company: Company, client: Client) -> None:
    page = client.get(reverse("requisitions:create"))

    assert page.status_code == 200
    initial = page.context["form"].initial
    assert initial["department"] == company.department.pk
    assert initial["cost_centre"] == company.cost_centre.pk
    assert "on_behalf_of" not in page.context["form"].fields


def test_saving_makes_a_draft_and_says_what_to_forget(company: Company, client: Client) -> None:
    answer = client.post(reverse("requisitions:create"), form(company))

    requisition = Requisition.objects.get()
    key = f"requisition-{company.requester.pk}-new"
    assert answer.status_code == 302
    assert answer.url == f"{reverse('requisitions:edit', args=[requisition.pk])}?saved={key}"
    assert requisition.estimated_total == Decimal(1780)


def test_review_leads_to_the_route(company: Company, client: Client) -> None:
    page = client.post(reverse("requisitions:create"), form(company, op="review"), follow=True)

    assert page.status_code == 200
    assert "Who will decide" in page.content.decode()
    assert company.head.display_name in page.content.decode()


def test_blank_rows_are_no_lines(company: Company, client: Client) -> None:
    rows = [{}, typed(company), {"unit": "C62"}, {"notes": "  "}]

    client.post(reverse("requisitions:create"), form(company, rows))

    assert Requisition.objects.get().lines.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity", "two"),
        ("quantity", "1,5"),
        ("quantity", "-3"),
        ("quantity", "0"),
        ("quantity", ""),
        ("quantity", "1e9999"),
        ("quantity", "9" * 400),
        ("estimated_price", "12,345"),
        ("estimated_price", "NaN"),
        ("needed_by", "03/04/2027"),
        ("needed_by", "soon"),
        ("unit", "XYZ"),
        ("item", "NO-SUCH-ITEM"),
        ("preferred_supplier", "nobody"),
        ("category", "nothing"),
        ("description", "x" * 501),
        ("description", "圆\u200b珠笔"),
        ("manufacturer_part_number", "A\u202eB"),
        ("id", "99999"),
    ],
)
def test_what_cannot_be_read_is_marked_and_kept(
    company: Company, client: Client, field: str, value: str
) -> None:
    rows = [typed(company), {}, typed(company, **{field: value})]

    page = client.post(reverse("requisitions:create"), form(company, rows, title="Kept title"))

    assert page.status_code == 422
    assert not Requisition.objects.exists()
    row = page.context["grid"].rows[2]
    assert list(row.errors) == [field]
    assert row.values[field] == value
    content = page.content.decode()
    assert "Kept title" in content
    assert f"line-3-{field}" in content


def test_a_hidden_character_is_named_and_what_was_typed_stays(
    company: Company, client: Client
) -> None:
    data = form(company, title="Invoice\u202efdp.exe", justification="For the lab")

    page = client.post(reverse("requisitions:create"), data)

    assert page.status_code == 422
    assert not Requisition.objects.exists()
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in page.context["form"].errors["title"][0]
    assert "For the lab" in page.content.decode()


def test_header_and_line_errors_come_together(company: Company, client: Client) -> None:
    rows = [typed(company, quantity="two")]

    page = client.post(reverse("requisitions:create"), form(company, rows, title=""))

    assert page.status_code == 422
    assert page.context["form"].errors["title"]
    assert page.context["grid"].rows[0].errors["quantity"]


def test_rows_that_cannot_be_told_apart_are_refused(company: Company, client: Client) -> None:
    data = form(company)
    data["line-quantity"] = ["1", "2", "3"]

    page = client.post(reverse("requisitions:create"), data)

    assert page.status_code == 422
    assert not Requisition.objects.exists()


def test_more_lines_than_a_requisition_takes(company: Company, client: Client) -> None:
    rows = [typed(company)] * 1200

    page = client.post(reverse("requisitions:create"), form(company, rows))

    assert page.status_code == 422
    assert "at most 1000 lines" in page.content.decode()
    assert not Requisition.objects.exists()


def test_ten_thousand_lines_are_refused_clearly(company: Company, client: Client) -> None:
    page = client.post(reverse("requisitions:create"), form(company, [typed(company)] * 10_000))

    assert page.status_code == 400
    said = page.content.decode()
    assert "at most 20,000 fields" in said
    assert "at most 1,000 lines" in said
    assert not Requisition.objects.exists()


@pytest.mark.parametrize(
    ("operation", "titles"),
    [
        ("add", ["A", "B", "", "", "", "", ""]),
        ("remove:0", ["B"]),
        ("copy:0", ["A", "A", "B"]),
        ("remove:77", ["A", "B"]),
        ("copy:", ["A", "B"]),
        ("nonsense", ["A", "B"]),
    ],
)
def test_rows_change_without_javascript(
    company: Company, client: Client, operation: str, titles: list[str]
) -> None:
    rows = [typed(company, description="A", quantity="two"), typed(company, description="B")]

    page = client.post(
        reverse("requisitions:create"), form(company, rows, op=operation, title="As typed")
    )

    assert page.status_code == 200
    assert [row.values["description"] for row in page.context["grid"].rows] == titles
    assert 'value="As typed"' in page.content.decode()
    assert not Requisition.objects.exists()


def test_pasted_rows_are_added_and_unreadable_cells_marked(
    company: Company, client: Client
) -> None:
    pasted = (
        f"{company.item.code}\t\t12\tC62\n"
        '\t"Cable, 3 m\nwith ""gold"" plugs"\t1,234.50\tpcs\t9.90\t2027年1月5日\r\n'
        "\tHub\tone and a half\tC62\t4.50\t03/04/2027\n"
    )

    page = client.post(
        reverse("requisitions:create"), form(company, [{}], op="paste", pasted=pasted)
    )

    first, second, third, _blank = page.context["grid"].rows
    assert first.values["item"] == company.item.code
    assert second.values["description"] == 'Cable, 3 m with "gold" plugs'
    assert not first.errors
    assert not second.errors
    assert third.values["quantity"] == "one and a half"
    assert set(third.errors) == {"quantity", "needed_by"}


def test_pasted_column_names_are_understood(company: Company, client: Client) -> None:
    pasted = "数量\t品名\t单位\n3\t圆珠笔\tpcs\n"

    page = client.post(
        reverse("requisitions:create"), form(company, [{}], op="paste", pasted=pasted)
    )

    row = page.context["grid"].rows[0]
    assert (row.values["quantity"], row.values["description"]) == ("3", "圆珠笔")


def test_a_form_sent_twice_makes_one_draft(company: Company, client: Client) -> None:
    token = client.get(reverse("requisitions:create")).context["form_token"]
    data = form(company, form_token=token)

    first = client.post(reverse("requisitions:create"), data)
    second = client.post(reverse("requisitions:create"), data)

    assert first.url == second.url
    assert Requisition.objects.count() == 1


def test_editing_keeps_lines_and_order(company: Company, client: Client) -> None:
    requisition = company.requisition(count=2)
    first, second = requisition.lines.all()
    rows = [
        typed(company, id=str(second.pk), description="second is first now"),
        typed(company, description="new"),
        typed(company, id=str(first.pk)),
    ]

    answer = client.post(
        reverse("requisitions:edit", args=[requisition.pk]), form(company, rows, version="1")
    )

    assert answer.status_code == 302
    found = list(requisition.lines.order_by("line_no"))
    assert [line.pk for line in found][::2] == [second.pk, first.pk]
    assert found[0].description == "second is first now"


def test_two_tabs(company: Company, client: Client) -> None:
    requisition = company.requisition()
    address = reverse("requisitions:edit", args=[requisition.pk])
    client.post(address, form(company, title="From the first tab", version="1"))

    stale = client.post(address, form(company, title="From the second tab", version="1"))

    requisition.refresh_from_db()
    assert stale.status_code == 409
    assert requisition.title == "From the first tab"
    content = stale.content.decode()
    assert 'value="From the second tab"' in content
    assert "Save mine over it" in content

    data = form(company, title="From the second tab", version="1", current_version="2")
    client.post(address, data | {"op": "overwrite"})
    requisition.refresh_from_db()
    assert requisition.title == "From the second tab"


def test_a_version_nobody_sent_overwrites_nothing(company: Company, client: Client) -> None:
    requisition = company.requisition()

    page = client.post(
        reverse("requisitions:edit", args=[requisition.pk]), form(company, title="Other")
    )

    requisition.refresh_from_db()
    assert page.status_code == 409
    assert requisition.title == "Lab bench supplies"


def test_logged_out_in_the_middle(company: Company) -> None:
    answer = Client().post(reverse("requisitions:create"), form(company))

    assert answer.status_code == 302
    assert reverse("login") in answer.url
    assert reverse("requisitions:create") in answer.url
    assert not Requisition.objects.exists()


def test_the_form_without_its_token_is_refused(company: Company) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(company.requester)

    assert browser.post(reverse("requisitions:create"), form(company)).status_code == 403
    assert not Requisition.objects.exists()


def test_others_do_not_find_a_draft(company: Company) -> None:
    requisition = company.requisition()
    for name in ("detail", "edit"):
        address = reverse(f"requisitions:{name}", args=[requisition.pk])
        assert browser_of(company.colleague).get(address).status_code == 404


def test_who_sees_but_may_not_edit_is_told_so(company: Company) -> None:
    requisition = company.in_state(Status.RETURNED)

    address = reverse("requisitions:edit", args=[requisition.pk])

    assert browser_of(company.buyer).get(address).status_code == 403
    assert browser_of(company.buyer).post(address, form(company)).status_code == 403


def test_what_is_submitted_is_shown_not_edited(company: Company, client: Client) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)

    answer = client.get(reverse("requisitions:edit", args=[requisition.pk]))

    assert answer.url == reverse("requisitions:detail", args=[requisition.pk])


def test_an_auditor_asks_for_nothing(company: Company) -> None:
    auditor = make_user(None, "auditor")

    assert browser_of(auditor).get(reverse("requisitions:create")).status_code == 403
    page = browser_of(auditor).get(reverse("requisitions:list"))
    assert reverse("requisitions:create") not in page.context["rows"]
