"""The buyer's worklist and the page that makes orders of it."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.procurement.models import PurchaseOrder
from tests.procurement import factories as make

pytestmark = pytest.mark.django_db
LIST = "admin:procurement_openline_changelist"
CONVERT = "admin:procurement_openline_convert"


@pytest.fixture
def office(client, buyer):
    """The buyer at the back office."""
    type(buyer).objects.filter(pk=buyer.pk).update(is_staff=True)
    buyer.is_staff = True
    client.force_login(buyer)
    return client


def form(*rows, **more):
    data = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": 0}
    for index, (line, quantity, supplier, *rest) in enumerate(rows):
        data |= {
            f"form-{index}-line": line.pk,
            f"form-{index}-quantity": quantity,
            f"form-{index}-supplier": getattr(supplier, "pk", supplier),
            f"form-{index}-unit_price": rest[0] if rest else "",
            f"form-{index}-currency": rest[1].pk if len(rest) > 1 else "",
        }
    return data | more


def text(response):
    return response.content.decode()


def test_the_list_shows_what_is_left_and_what_is_proposed(office, department, supplier):
    item = make.make_item()
    make.make_price(supplier, item, "3.5", agreement="A-7")
    make.make_open_line(
        department, "10", item=item, description="Probe", needed_by=make.in_days(-1)
    )
    make.make_open_line(make.make_department(), description="Foreign")
    make.make_line(make.make_requisition(department, status="draft"), description="Unapproved")

    page = text(office.get(reverse(LIST)))

    assert "Probe" in page
    assert "3.50 CNY" in page
    assert "A-7" in page
    assert supplier.name in page
    assert "overdue" in page
    assert "Foreign" not in page
    assert "Unapproved" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("needed=overdue", {"late"}),
        ("needed=7", {"soon"}),
        ("needed=30", {"soon", "later"}),
        ("needed=none", {"whenever"}),
        ("q=soon", {"soon"}),
    ],
)
def test_filters(office, department, query, found):
    days = {"late": -1, "soon": 3, "later": 20, "whenever": None}
    for name, number in days.items():
        needed_by = None if number is None else make.in_days(number)
        make.make_open_line(department, description=name, needed_by=needed_by)

    page = text(office.get(f"{reverse(LIST)}?{query}"))

    assert {name for name in days if f">{name}<" in page} == found


@pytest.mark.parametrize("url", [LIST, CONVERT])
def test_people_who_do_not_buy_are_not_let_in(client, url, line):
    person = make.make_user("procurement.view_purchaseorder", is_staff=True)
    client.force_login(person)

    assert client.get(reverse(url)).status_code == 403


def test_the_action_leads_to_the_page(office, line):
    response = office.post(reverse(LIST), {"action": "convert", "_selected_action": [line.pk]})

    assert response.status_code == 302
    assert response.url == f"{reverse(CONVERT)}?lines={line.pk}"


def test_the_page_proposes_and_previews(office, department, supplier):
    line = make.make_open_line(department, "10", preferred_supplier=supplier)

    response = office.get(f"{reverse(CONVERT)}?lines={line.pk},999,x")

    page = text(response)
    assert 'value="10"' in page
    assert f'<option value="{supplier.pk}" selected' in page
    assert "50.00 CNY" in page
    assert not PurchaseOrder.objects.exists()


def test_lines_become_orders(office, department, supplier):
    lines = [make.make_open_line(department), make.make_open_line(department)]
    other = make.make_supplier()

    response = office.post(
        reverse(CONVERT),
        form(
            (lines[0], "10", supplier),
            (lines[1], "4", supplier, "7", make.make_currency()),
            (lines[1], "6", other),
            _convert="1",
        ),
        follow=True,
    )

    orders = PurchaseOrder.objects.order_by("pk")
    assert [(o.supplier, o.total) for o in orders] == [(supplier, 78), (other, 30)]
    page = text(response)
    for order in orders:
        assert reverse("admin:procurement_purchaseorder_change", args=[order.pk]) in page


def test_previewing_orders_nothing(office, line, supplier):
    response = office.post(reverse(CONVERT), form((line, "4", supplier), _preview="1"))

    assert "20.00 CNY" in text(response)
    assert not PurchaseOrder.objects.exists()


@pytest.mark.parametrize("button", ["_preview", "_convert"])
@pytest.mark.parametrize(
    ("quantity", "price", "message"),
    [
        ("11", "", "10 C62 left to order"),
        ("abc", "", "Enter a number"),
        ("", "", "This field is required"),
        ("-1", "", "greater than or equal"),
        ("1", "-5", "greater than or equal"),
        ("1e400", "", "digits"),
    ],
)
def test_a_refusal_keeps_what_was_typed(office, line, button, quantity, price, message):
    chosen = make.make_supplier()
    data = form((line, quantity, chosen, price)) | {button: "1"}

    response = office.post(reverse(CONVERT), data)

    page = text(response)
    assert response.status_code == 200
    assert message in page
    assert f'value="{quantity}"' in page or not quantity
    assert f'<option value="{chosen.pk}" selected' in page
    assert not PurchaseOrder.objects.exists()


@pytest.mark.parametrize("supplier_value", ["", "0", "x", "99999999999999999999"])
def test_a_supplier_that_is_none(office, line, supplier_value):
    response = office.post(reverse(CONVERT), form((line, "1", supplier_value), _convert="1"))

    assert response.status_code == 200
    assert not PurchaseOrder.objects.exists()


def test_a_line_without_a_price_says_so_beside_its_price(office, department, supplier):
    line = make.make_open_line(department, estimated_price=None)

    response = office.post(reverse(CONVERT), form((line, "1", supplier), _convert="1"))

    assert "give a price" in text(response)
    assert not PurchaseOrder.objects.exists()


def test_a_warning_is_acknowledged_on_the_page(office, line):
    supplier = make.make_supplier(order_control="warn", warning="Pays late fees")
    data = form((line, "1", supplier), _convert="1")

    first = office.post(reverse(CONVERT), data)

    assert "Pays late fees" in text(first)
    assert 'name="acknowledge_warnings"' in text(first)
    assert not PurchaseOrder.objects.exists()
    office.post(reverse(CONVERT), data | {"acknowledge_warnings": "on"})
    assert PurchaseOrder.objects.count() == 1


def test_a_line_of_another_department_cannot_be_smuggled_in(office, supplier, base):
    foreign = make.make_open_line(make.make_department())

    response = office.post(reverse(CONVERT), form((foreign, "1", supplier), _convert="1"))

    assert response.status_code == 200
    assert not PurchaseOrder.objects.exists()


def test_rows_are_split_and_left_out(office, department, supplier):
    lines = [make.make_open_line(department), make.make_open_line(department)]
    data = form((lines[0], "10", supplier), (lines[1], "3", supplier))

    split = text(office.post(reverse(CONVERT), data | {"_double-0": "1"}))
    dropped = text(office.post(reverse(CONVERT), data | {"_drop-0": "1"}))

    assert 'name="form-TOTAL_FORMS" value="3"' in split
    assert split.count(f'value="{lines[0].pk}"') >= 2
    assert 'name="form-TOTAL_FORMS" value="1"' in dropped
    assert 'value="3"' in dropped


def test_nothing_left_to_order(office, department):
    response = office.get(f"{reverse(CONVERT)}?lines=12345", follow=True)

    assert "None of these lines" in text(response)


@pytest.fixture
def count(django_assert_max_num_queries):
    """How many statements a page costs once everything is warm."""

    def counted(call):
        call()
        with django_assert_max_num_queries(200) as found:
            assert call().status_code == 200
        return len(found)

    return counted


def test_the_list_costs_the_same_for_one_line_and_for_many(office, department, count):
    make_priced(department)
    one = count(lambda: office.get(reverse(LIST)))
    for _number in range(6):
        make_priced(department)

    assert count(lambda: office.get(reverse(LIST))) == one


def test_the_page_costs_the_same_for_one_line_and_for_many(office, department, count):
    lines = [make_priced(department)]
    one = count(lambda: office.get(address(lines)))
    # What follows is one requisition: each one's approval is checked by itself.
    requisition = lines[0].requisition
    for _number in range(6):
        supplier = make.make_supplier()
        lines.append(make.make_line(requisition, preferred_supplier=supplier))
    make.approve(requisition)

    assert count(lambda: office.get(address(lines))) == one


def address(lines):
    return f"{reverse(CONVERT)}?lines={','.join(str(line.pk) for line in lines)}"


def make_priced(department):
    item, supplier = make.make_item(), make.make_supplier()
    make.make_price(supplier, item, "3")
    return make.make_open_line(
        department, item=item, preferred_supplier=supplier, estimated_price=Decimal(4)
    )


def test_the_page_costs_the_same_for_one_requisition_and_for_many(office, department, supplier):
    counts = []
    for number in (1, 1, 6):
        lines = [make.make_open_line(department, "10") for _n in range(number)]
        rows = form(*((line, "2", supplier, "1.00") for line in lines))
        with CaptureQueriesContext(connection) as found:
            assert office.post(reverse(CONVERT), rows | {"_preview": "1"}).status_code == 200
        counts.append(len(found))

    assert counts[1] == counts[2]
