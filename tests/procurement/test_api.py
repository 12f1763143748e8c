"""Purchase orders over the API: the whole job, its refusals, and what it costs."""

import json
from decimal import Decimal

import pytest
from django.test import Client

from apps.procurement import services
from apps.procurement.models import PurchaseOrder
from tests.factories import authorization
from tests.procurement import factories as make

pytestmark = pytest.mark.django_db
URL = "/api/v1/purchase-orders"
OPEN = "/api/v1/requisition-lines/open"


class Api:
    """Calls of one person."""

    def __init__(self, person):
        self.client = Client(headers={"Authorization": authorization(person)})

    def __call__(self, method, path, body=None, version=None, **headers):
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        content = json.dumps({} if body is None else body)
        return self.client.generic(method, path, content, "application/json", headers=headers)


@pytest.fixture
def api(buyer):
    return Api(buyer)


@pytest.fixture
def order(buyer, department):
    return make.make_order(buyer, department)


def one(order, *parts):
    return "/".join([URL, str(order.pk), *parts])


def wish(line, supplier, **more):
    return {
        "requisition_line": line.pk,
        "quantity": str(line.quantity),
        "supplier": supplier.code,
        **more,
    }


def test_the_whole_job(api, line, supplier, buyer):
    approver = make.make_user()
    make.make_order_rule(approver)

    (shown,) = api("GET", OPEN).json()["results"]
    assert (shown["id"], shown["open_quantity"]) == (line.pk, "10.000000")
    made = api("POST", f"{URL}/convert", {"lines": [wish(line, supplier, unit_price="4")]})
    assert made.status_code == 201, made.content
    (order,) = made.json()["purchase_orders"]
    assert (order["number"], order["status"], order["total"]) == (None, "draft", "40.0000")
    assert order["lines"][0]["sources"][0]["requisition_line"] == line.pk
    assert {"submit", "cancel", "edit"} <= set(order["allowed_actions"])
    path = f"{URL}/{order['id']}"
    pending = api("POST", f"{path}/submit", version=order["version"])
    assert pending.json()["status"] == "pending_approval"
    assert api("POST", f"{path}/approve", version=pending.json()["version"]).status_code == 403
    seen = Api(approver)("GET", path)
    assert seen.json()["allowed_actions"] == ["approve", "return", "reject"]
    approved = Api(approver)("POST", f"{path}/approve", version=seen.json()["version"])
    assert approved.json()["status"] == "approved"
    issued = api("POST", f"{path}/issue", version=approved.json()["version"])
    assert issued.json()["status"] == "issued"
    assert issued.json()["number"].startswith("PO-")
    assert issued["ETag"] == f'"{issued.json()["version"]}"'
    assert api("GET", OPEN).json()["results"] == []
    assert api("GET", f"{path}/history").status_code == 200


def test_written_by_hand_and_changed(api, department, supplier):
    unit = make.make_unit()
    body = {
        "supplier": supplier.code,
        "department": department.code,
        "currency": "CNY",
        "lines": [
            {"description": "Probe", "quantity": "2", "unit": unit.code, "unit_price": "3.5"},
            {
                "description": "Case",
                "quantity": "1",
                "unit": unit.code,
                "list_price": "10",
                "discount_percent": "10",
            },
        ],
    }

    created = api("POST", URL, body)

    assert created.status_code == 201, created.content
    order = created.json()
    assert (order["total"], order["supplier"], order["version"]) == ("16.0000", supplier.code, 1)
    lines = [{"id": order["lines"][0]["id"], "quantity": "4"}]
    changed = api("PATCH", f"{URL}/{order['id']}", {"lines": lines}, version=1)
    assert changed.status_code == 200, changed.content
    assert changed.json()["total"] == "14.0000"
    assert [line["status"] for line in changed.json()["lines"]] == ["open", "cancelled"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"quantity": "11"}, 409, "quantity_exceeds_open"),
        ({"quantity": "0"}, 400, "invalid_quantity"),
        ({"quantity": "1e40"}, 400, "invalid_input"),
        ({"quantity": None}, 400, "invalid_input"),
        ({"quantity": {}}, 400, "invalid_input"),
        ({"quantity": "1.0000001"}, 400, "invalid_input"),
        ({"supplier": "nobody"}, 400, "invalid_input"),
        ({"supplier": 5}, 400, "invalid_input"),
        ({"requisition_line": 10**9}, 400, "invalid_input"),
        ({"requisition_line": "x"}, 400, "invalid_input"),
        ({"unit_price": "-1"}, 400, "invalid_input"),
        ({"unit": "KGM"}, 400, "unit_not_convertible"),
        ({"status": "issued"}, 400, "invalid_input"),
    ],
)
def test_a_bad_wish_is_named_and_nothing_is_made(api, line, supplier, change, status, code):
    make.make_unit("KGM", dimension="mass")

    response = api("POST", f"{URL}/convert", {"lines": [{**wish(line, supplier), **change}]})

    assert response.status_code == status, response.content
    assert response.json()["code"] == code
    (path,) = response.json()["errors"]
    assert path == f"lines.0.{next(iter(change))}"
    assert not PurchaseOrder.objects.exists()


@pytest.mark.parametrize("body", [{}, {"lines": []}, {"lines": {}}, {"lines": ["x"]}, [], "x"])
def test_a_body_that_is_none(api, body):
    response = api("POST", f"{URL}/convert", body)

    assert response.status_code == 400
    assert not PurchaseOrder.objects.exists()


def test_a_warning_is_acknowledged(api, line):
    supplier = make.make_supplier(order_control="warn", warning="Pays late fees")
    body = {"lines": [wish(line, supplier)]}

    refused = api("POST", f"{URL}/convert", body)

    assert (refused.status_code, refused.json()["code"]) == (409, "warnings_not_acknowledged")
    assert refused.json()["errors"]["acknowledge_warnings"] == ["Pays late fees"]
    body["acknowledge_warnings"] = True
    assert api("POST", f"{URL}/convert", body).status_code == 201


def test_the_same_key_converts_once(api, line, supplier):
    body = {"lines": [wish(line, supplier, quantity="4")]}

    first = api("POST", f"{URL}/convert", body, **{"Idempotency-Key": "k1"})
    again = api("POST", f"{URL}/convert", body, **{"Idempotency-Key": "k1"})

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert PurchaseOrder.objects.count() == 1


def test_a_line_of_a_department_one_does_not_buy_for(base, api, supplier, buyer):
    hidden = make.make_open_line(make.make_department())
    own = make.make_open_line(make.make_department(), requester=buyer)

    not_seen = api("POST", f"{URL}/convert", {"lines": [wish(hidden, supplier)]})
    not_bought = api("POST", f"{URL}/convert", {"lines": [wish(own, supplier)]})

    assert (not_seen.status_code, not_bought.status_code) == (400, 403)
    assert not PurchaseOrder.objects.exists()


def test_orders_nobody_shows_do_not_exist(api, base):
    elsewhere = make.make_department()
    foreign = make.make_order(make.make_buyer(elsewhere), elsewhere)

    for method, path in (
        ("GET", one(foreign)),
        ("PATCH", one(foreign)),
        ("POST", one(foreign, "cancel")),
        ("GET", one(foreign, "history")),
    ):
        assert api(method, path, {"comment": "x"}, version=1).status_code == 404
    assert api("GET", URL).json()["results"] == []
    foreign.refresh_from_db()
    assert foreign.status == "draft"


def test_who_sees_but_does_not_buy_changes_nothing(order):
    auditor = Api(make.make_user("procurement.view_all_purchaseorders"))

    assert auditor("GET", one(order)).json()["allowed_actions"] == []
    for name in services.SERVICES:
        response = auditor("POST", one(order, name), {"comment": "x"}, version=1)
        assert response.status_code in {403, 409}, name
    assert auditor("PATCH", one(order), {"freight": "1"}, version=1).status_code == 403
    order.refresh_from_db()
    assert (order.status, order.version) == ("draft", 1)


@pytest.mark.parametrize(("version", "status"), [(None, 428), (7, 412)])
@pytest.mark.parametrize(("method", "path"), [("PATCH", ""), ("POST", "/cancel")])
def test_a_change_says_what_it_is_based_on(api, order, method, path, version, status):
    body = {"comment": "why"} if path else {"freight": "1"}

    response = api(method, one(order) + path, body, version=version)

    assert response.status_code == status
    order.refresh_from_db()
    assert (order.status, order.freight) == ("draft", 0)


@pytest.mark.parametrize(
    "field",
    [
        "status",
        "number",
        "total",
        "base_total",
        "exchange_rate",
        "supplier_name",
        "version",
        "created_by",
        "issued_at",
        "editors",
        "revision",
        "receipt_status",
    ],
)
def test_nothing_derived_can_be_set(api, order, field):
    response = api("PATCH", one(order), {field: "1"}, version=1)

    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


def test_a_wrong_state_is_a_conflict(api, order):
    response = api("POST", one(order, "issue"), version=1)

    assert (response.status_code, response.json()["code"]) == (409, "illegal_transition")


def test_a_reason_is_asked_for(api, order):
    response = api("POST", one(order, "cancel"), {"comment": " "}, version=1)

    assert response.status_code == 400
    assert "comment" in response.json()["errors"]


def test_hold_resume_and_closing(api, order):
    order = make.in_state(order, "issued")

    held = api("POST", one(order, "hold"), {"comment": "strike"}, version=1).json()
    assert (held["status"], held["reason"]) == ("on_hold", "strike")
    assert api("POST", one(order, "resume"), version=2).json()["status"] == "issued"
    line = order.lines.get()
    path = one(order, "lines", str(line.pk), "close")
    closed = api("POST", path, {"comment": "sold out"}, version=3).json()
    assert (closed["status"], closed["lines"][0]["status"]) == ("closed", "closed")


def test_a_line_of_another_order_is_not_closed(api, order, buyer, department):
    other = make.in_state(make.make_order(buyer, department), "issued")
    make.in_state(order, "issued")
    path = one(order, "lines", str(other.lines.get().pk), "close")

    assert api("POST", path, {"comment": "x"}, version=1).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=draft", 1),
        ("status=issued", 1),
        ("status=draft&status=issued", 2),
        ("overdue=true", 1),
        ("overdue=false", 1),
        ("currency=USD", 0),
        ("minimum_total=51", 0),
        ("search=Supplier", 2),
        ("ordering=-base_total", 2),
        ("page_size=1&count=true", 1),
    ],
)
def test_lists_are_narrowed(api, order, buyer, department, query, found):
    late = make.make_order(buyer, department, expected_date=make.in_days(-1))
    make.in_state(late, "issued")

    assert len(api("GET", f"{URL}?{query}").json()["results"]) == found


@pytest.mark.parametrize("query", ["state=draft", "status=nonsense", "ordering=buyer", "cursor=x"])
def test_a_filter_nobody_knows(api, query):
    assert api("GET", f"{URL}?{query}").status_code == 400


def test_open_lines_are_for_buyers(line):
    assert Api(make.make_user())("GET", OPEN).status_code == 403
    assert Api(make.make_user(is_superuser=True))("GET", OPEN).json()["results"] == []


def test_open_lines_propose(api, department, supplier):
    item = make.make_item()
    make.make_price(supplier, item, "3", agreement="A-1")
    line = make.make_open_line(department, item=item, needed_by=make.in_days(4))

    shown = api("GET", f"{OPEN}/{line.pk}").json()

    assert (shown["proposed_supplier"], shown["proposed_price"]) == (supplier.code, "3.000000")
    assert shown["proposed_currency"] == "CNY"
    assert "A-1" in shown["price_source"]
    assert (
        len(api("GET", f"{OPEN}?item={item.code}&department={department.code}").json()["results"])
        == 1
    )
    assert api("GET", f"{OPEN}?search=nothing").json()["results"] == []


@pytest.fixture
def count(django_assert_max_num_queries):
    """How many statements a call costs once everything is warm."""

    def counted(call, *, warm=True):
        if warm:
            call()
        with django_assert_max_num_queries(200) as found:
            response = call()
        assert response.status_code < 300, response.content
        return len(found)

    return counted


def test_lists_cost_the_same_for_one_and_for_many(api, order, line, buyer, department, count):
    make.make_order_rule(make.make_user())
    services.submit(order, by=buyer)
    orders, lines = (count(lambda url=url: api("GET", url)) for url in (URL, OPEN))
    for _number in range(4):
        services.submit(make.make_order(buyer, department), by=buyer)
        make.make_open_line(
            department, item=make.make_item(), preferred_supplier=make.make_supplier()
        )

    assert count(lambda: api("GET", URL)) == orders
    assert (
        count(lambda: api("GET", OPEN)) <= lines + 2
    )  # prices are asked only where there are items


def test_a_document_costs_the_same_for_one_line_and_for_many(
    api, department, supplier, buyer, count
):
    first = make.make_open_line(department)
    (single,) = services.convert([make.wish(first, supplier)], by=buyer)
    lines = [make.make_open_line(department) for _number in range(4)]
    (many,) = services.convert([make.wish(line, supplier) for line in lines], by=buyer)

    assert count(lambda: api("GET", one(many))) == count(lambda: api("GET", one(single)))


def test_what_writing_costs(api, department, supplier, buyer, count, record_property):
    unit = make.make_unit()
    line = {"description": "x", "quantity": "1", "unit": unit.code, "unit_price": "1"}
    body = {"supplier": supplier.code, "department": department.code, "currency": "CNY"}
    api("POST", URL, body | {"lines": [line]})

    five = count(lambda: api("POST", URL, body | {"lines": [line] * 5}), warm=False)
    fifty = count(lambda: api("POST", URL, body | {"lines": [line] * 50}), warm=False)

    record_property("create with 5 lines", five)
    assert five == fifty
    assert Decimal(api("GET", URL).json()["results"][0]["total"]) == 50
