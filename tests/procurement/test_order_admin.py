"""Purchase orders in the back office: the list, the form, the moves, closing a line."""

import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.common.services import attachments
from apps.procurement import services
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from tests.procurement import factories as make

pytestmark = pytest.mark.django_db
LIST = "admin:procurement_purchaseorder_changelist"
ADD = "admin:procurement_purchaseorder_add"
CHANGE = "admin:procurement_purchaseorder_change"


@pytest.fixture
def office(client, buyer):
    """The buyer at the back office."""
    type(buyer).objects.filter(pk=buyer.pk).update(is_staff=True)
    client.force_login(type(buyer).objects.get(pk=buyer.pk))
    return client


@pytest.fixture
def order(buyer, department):
    return make.make_order(buyer, department)


def change(order):
    return reverse(CHANGE, args=[order.pk])


def text(response):
    return response.content.decode()


def form(order=None, lines=(), **header):
    """What the browser sends: the header as shown, and rows of lines."""
    data = {
        "language": "en",
        "discount_percent": "0",
        "freight": "0",
        "lines-TOTAL_FORMS": len(lines),
        "lines-INITIAL_FORMS": sum("id" in line for line in lines),
    }
    if order is not None:
        data |= {
            "supplier": order.supplier_id,
            "department": order.department_id,
            "buyer": order.buyer_id,
            "currency": order.currency_id,
            "expected_version": order.version,
        }
    for index, line in enumerate(lines):
        data |= {f"lines-{index}-order": order.pk if order else "", f"lines-{index}-id": ""}
        data |= {f"lines-{index}-{name}": value for name, value in line.items()}
    return data | header


def shown(line, **changes):
    return {
        "id": line.pk,
        "description": line.description,
        "quantity": line.quantity,
        "unit": line.unit_id,
        "unit_price": line.unit_price,
        "discount_percent": "0",
        **changes,
    }


def test_the_list(office, order, department, buyer):
    make.in_state(make.make_order(buyer, department, expected_date=make.in_days(-2)), "issued")

    page = text(office.get(reverse(LIST)))

    assert order.supplier_name in page
    assert "50.00 CNY" in page
    assert "overdue" in page


@pytest.mark.parametrize(
    "query",
    [
        "status__exact=draft",
        "delivery=overdue",
        "delivery=open",
        "q=Supplier",
        "receipt_status=none",
    ],
)
def test_filters_and_search(office, order, query):
    assert office.get(f"{reverse(LIST)}?{query}", follow=True).status_code == 200


def test_only_visible_orders_are_listed_and_opened(office, base):
    elsewhere = make.make_department()
    foreign = make.make_order(make.make_buyer(elsewhere), elsewhere)

    assert foreign.supplier_name not in text(office.get(reverse(LIST)))
    assert office.get(change(foreign)).status_code == 302
    assert foreign.supplier_name not in text(office.get(change(foreign), follow=True))


def test_the_page_of_a_converted_order_links_back(office, line, buyer, supplier):
    (order,) = services.convert([make.wish(line, supplier, "4")], by=buyer)

    page = text(office.get(change(order)))

    assert line.requisition.number in page
    assert "4 C62" in page
    assert "20.00 CNY" in page
    assert 'name="status"' not in page


def test_a_draft_is_written(office, order):
    line = order.lines.get()
    data = form(
        order,
        [
            shown(line, quantity="3"),
            {
                "description": "Another",
                "quantity": "2",
                "unit": line.unit_id,
                "unit_price": "1.5",
            },
        ],
        freight="4",
        notes_supplier="ring twice",
    )

    response = office.post(change(order), data)

    assert response.status_code == 302
    order.refresh_from_db()
    assert (order.total, order.freight, order.version) == (22, 4, 2)
    assert order.notes_supplier == "ring twice"
    assert order.lines.count() == 2


def test_an_order_is_made_by_hand(office, department, buyer, supplier):
    unit = make.make_unit()
    line = {
        "description": "By hand",
        "quantity": "2",
        "unit": unit.pk,
        "list_price": "10",
        "discount_percent": "10",
    }
    data = form(
        None,
        [line],
        supplier=supplier.pk,
        department=department.pk,
        buyer=buyer.pk,
        currency=make.make_currency().pk,
    )

    response = office.post(reverse(ADD), data)

    order = PurchaseOrder.objects.get()
    assert response.status_code == 302
    assert (order.total, order.created_by, order.supplier_name) == (18, buyer, supplier.name)


def test_a_stale_page_overwrites_nothing_and_loses_nothing(office, order, buyer):
    data = form(order, [shown(order.lines.get(), quantity="7")], notes_supplier="typed here")
    services.update(order, by=buyer, data={"freight": Decimal(1)})

    response = office.post(change(order), data)

    page = text(response)
    assert response.status_code == 200
    assert "Somebody changed this document meanwhile" in page
    assert "typed here" in page
    assert re.search(r'name="lines-0-quantity" value="7"', page)
    order.refresh_from_db()
    assert (order.freight, order.total, order.notes_supplier) == (1, 51, "")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"unit_price": ""}, "Give a price"),
        ({"quantity": "0"}, "greater than zero"),
        ({"quantity": "1e30"}, "digits"),
        ({"quantity": "zzz"}, "Enter a number"),
        ({"unit": ""}, "required"),
        ({"description": ""}, "required"),
        ({"list_price": "10", "unit_price": "7"}, "leave one of them out"),
    ],
)
def test_what_the_service_refuses_is_said_beside_its_field(office, order, line, message):
    fresh = {"description": "New", "quantity": "1", "unit": make.make_unit().pk, "unit_price": "1"}
    data = form(order, [shown(order.lines.get()), {**fresh, **line}], notes_supplier="kept")

    response = office.post(change(order), data)

    page = text(response)
    assert response.status_code == 200
    assert message in page
    assert "kept" in page
    order.refresh_from_db()
    assert (order.lines.count(), order.version) == (1, 1)


def test_a_prevented_supplier_is_refused_in_the_form(office, order):
    blocked = make.make_supplier(status="blocked")
    data = form(order, [shown(order.lines.get())], supplier=blocked.pk)

    response = office.post(change(order), data)

    assert response.status_code == 200
    order.refresh_from_db()
    assert order.supplier_id != blocked.pk


@pytest.mark.parametrize("status", ["pending_approval", "issued", "closed"])
def test_what_is_decided_on_is_only_shown(office, order, status):
    make.in_state(order, status)

    page = text(office.get(change(order)))
    response = office.post(change(order), form(order, [], freight="9"))

    assert 'name="freight"' not in page
    assert "Add a file" not in page
    assert "50.00 CNY" in page
    assert response.status_code == 403
    order.refresh_from_db()
    assert order.freight == 0


def press(office, order, name, **data):
    return office.post(
        change(order),
        {
            "CHANGE_FORM-action": f"move_{name}",
            "_selected_action": order.pk,
            "_version": order.version,
            **data,
        },
        follow=True,
    )


def test_moves_are_buttons_of_the_page(office, order, buyer):
    make.make_order_rule(make.make_user())
    page = text(office.get(change(order)))
    assert 'value="move_submit"' in page
    assert 'value="move_issue"' not in page
    assert 'value="move_approve"' not in page

    press(office, order, "submit")

    order.refresh_from_db()
    assert order.status == "pending_approval"


def test_a_button_that_is_not_offered_does_nothing(office, order):
    make.in_state(order, "approved")
    order.refresh_from_db()

    press(office, order, "approve")
    press(office, order, "resume")

    order.refresh_from_db()
    assert order.status == "approved"


def test_cancelling_asks_why(office, order):
    asked = press(office, order, "cancel")
    assert "Reason" in text(asked)
    order.refresh_from_db()
    assert order.status == "draft"

    press(office, order, "cancel", move_confirmed="1", comment="no longer needed")

    order.refresh_from_db()
    assert (order.status, order.reason) == ("cancelled", "no longer needed")


def test_a_line_is_closed_short_on_its_page(office, order):
    make.in_state(order, "issued")
    line = order.lines.get()
    address = reverse("admin:procurement_purchaseorder_close_line", args=[order.pk, line.pk])
    assert address in text(office.get(change(order)))

    empty = office.post(address, {"comment": " "})
    assert empty.status_code == 200
    assert PurchaseOrderLine.objects.get().status == "open"

    office.post(address, {"comment": "sold out"})

    assert PurchaseOrderLine.objects.get().status == "closed"


def test_a_line_of_an_order_elsewhere_is_not_found(office, base):
    elsewhere = make.make_department()
    foreign = make.in_state(make.make_order(make.make_buyer(elsewhere), elsewhere), "issued")
    address = reverse(
        "admin:procurement_purchaseorder_close_line", args=[foreign.pk, foreign.lines.get().pk]
    )

    assert office.post(address, {"comment": "mine now"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.status == "issued"


def test_the_ledger_is_shown_and_never_written(office, line, buyer, supplier):
    (order,) = services.convert([make.wish(line, supplier)], by=buyer)
    address = reverse("admin:procurement_allocation_changelist")

    page = text(office.get(address))

    assert line.requisition.number in page
    assert change(order) in page
    assert office.get(reverse("admin:procurement_allocation_add")).status_code == 403


def test_the_first_page_counts_the_work(office, line, buyer, department):
    late = make.make_order(buyer, department, expected_date=make.in_days(-1))
    make.in_state(late, "issued")
    PurchaseOrder.objects.filter(pk=late.pk).update(
        issued_at=make.now(), order_date=make.in_days(0)
    )

    page = text(office.get(reverse("admin:index")))

    for words in ("Lines to order", "Overdue deliveries", "Purchase orders by state"):
        assert words in page
    assert "Spend by supplier" in page
    assert "Orders issued per week" in page


@pytest.fixture
def count(django_assert_max_num_queries):
    """How many statements a page costs once everything is warm."""

    def counted(call):
        call()
        with django_assert_max_num_queries(200) as found:
            assert call().status_code == 200
        return len(found)

    return counted


def test_the_list_costs_the_same_for_one_order_and_for_many(
    office, order, buyer, department, count
):
    one = count(lambda: office.get(reverse(LIST)))
    for _number in range(5):
        make.make_order(buyer, department)

    assert count(lambda: office.get(reverse(LIST))) == one


@pytest.mark.parametrize("status", ["draft", "issued"])
def test_the_page_costs_the_same_for_one_line_and_for_many(
    office, department, buyer, supplier, count, status
):
    first = make.make_open_line(department)
    (order,) = services.convert([make.wish(first, supplier)], by=buyer)
    make.in_state(order, status)
    one = count(lambda: office.get(change(order)))
    make.in_state(order, "draft")
    lines = [make.make_open_line(department) for _number in range(5)]
    (many,) = services.convert([make.wish(line, supplier) for line in lines], by=buyer)
    make.in_state(many, status)

    assert count(lambda: office.get(change(many))) == one


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [("offer.pdf", PDF, ["offer.pdf"]), ("offer.pdf", b"<html>", []), ("empty.pdf", b" ", [])],
)
def test_a_file_is_added_with_the_rest_or_nothing_is(office, order, name, content, kept):
    upload = SimpleUploadedFile(name, content)
    data = form(order, [shown(order.lines.get())], freight="3", upload=upload)

    response = office.post(change(order), data)

    order.refresh_from_db()
    assert [a.name for a in attachments.of(order)] == kept
    assert order.freight == (3 if kept else 0)
    assert response.status_code == (302 if kept else 200)
    if kept:
        assert "offer.pdf" in text(office.get(change(order)))
