"""Orders written by hand: values, prices, totals, terms, who may."""

from decimal import Decimal

import pytest

from apps.catalog.models import Incoterm, PaymentTerm
from apps.common.errors import (
    InvalidInputError,
    NotPermittedError,
    StaleVersionError,
    TransitionError,
)
from apps.procurement import services
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from tests.procurement import factories as make

pytestmark = pytest.mark.django_db


def row(quantity="1", price=None, **more):
    line = {"description": "A thing", "unit": make.make_unit(), "quantity": Decimal(quantity)}
    if price is not None:
        line["unit_price"] = Decimal(price)
    return {**line, **more}


def create(buyer, department, lines, **data):
    supplier = data.pop("supplier", None) or make.make_supplier()
    data = {"supplier": supplier, "department": department, **data}
    return services.create(by=buyer, data=data, lines=lines)


def taxed(quantity, price, percent, **more):
    return row(quantity, price, tax_code=make.make_tax(f"T{percent}", percent), **more)


@pytest.mark.parametrize(
    ("lines", "percent", "header_discount", "total"),
    [
        ([("1", "707.02", "0"), ("1", "66.39", "0")], "19", "0", "920.36"),
        ([("16", "348.35", "4")], "22", "0", "6527.81"),
        ([("1", "115.98", "0"), ("1", "69.98", "0")], "24", "0", "230.59"),
        ([("4", "1.48", "0"), ("1", "1.52", "0"), ("1", "1.93", "0")], "21", "0", "11.34"),
        ([("10", "30.75", "0"), ("1", "70", "0")], "15", "5", "412.42"),
        ([("1", "1.001", "0")] * 100, "20", "0", "120.00"),
    ],
)
def test_totals_other_systems_got_wrong(buyer, lines, percent, header_discount, total):
    rows = [
        taxed(quantity, None, percent, list_price=Decimal(price), discount_percent=Decimal(less))
        for quantity, price, less in lines
    ]

    order = create(buyer, make.scope_of(buyer), rows, discount_percent=Decimal(header_discount))

    order = PurchaseOrder.objects.get(pk=order.pk)
    stored = order.lines.all()
    assert order.total == Decimal(total)
    assert sum(line.amount for line in stored) == order.net_total
    assert sum(line.tax_amount for line in stored) == order.tax_total


def test_freight_is_part_of_the_total_and_carries_no_tax(buyer, department):
    order = create(buyer, department, [taxed("1", "100", "13")], freight=Decimal("12.5"))

    assert (order.net_total, order.tax_total, order.total) == (
        Decimal("112.5"),
        13,
        Decimal("125.5"),
    )


@pytest.mark.parametrize(
    ("prices", "stored"),
    [
        ({"unit_price": "9"}, (None, "0", "9")),
        ({"unit_price": "0"}, (None, "0", "0")),
        ({"list_price": "10"}, ("10", "0", "10")),
        ({"list_price": "10", "discount_percent": "10"}, ("10", "10", "9")),
        ({"list_price": "10", "discount_percent": "10", "unit_price": "9"}, ("10", "10", "9")),
        ({"list_price": "0.01", "discount_percent": "33.3333"}, ("0.01", "33.3333", "0.006667")),
    ],
)
def test_prices(buyer, department, prices, stored):
    given = {name: Decimal(value) for name, value in prices.items()}

    line = create(buyer, department, [row(**given)]).lines.get()

    found = (line.list_price, line.discount_percent, line.unit_price)
    assert found == tuple(None if value is None else Decimal(value) for value in stored)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "unit_price"),
        ({"unit_price": Decimal(-1)}, "unit_price"),
        ({"unit_price": Decimal(5), "discount_percent": Decimal(5)}, "discount_percent"),
        ({"list_price": Decimal(10), "discount_percent": Decimal(101)}, "discount_percent"),
        ({"list_price": Decimal(10), "unit_price": Decimal(9)}, "unit_price"),
        ({"unit_price": Decimal("0.0000001")}, "unit_price"),
        ({"unit_price": Decimal(5), "quantity": Decimal(0)}, "quantity"),
        ({"unit_price": Decimal(5), "quantity": Decimal("1e20")}, "quantity"),
        ({"unit_price": Decimal(5), "quantity": Decimal("NaN")}, "quantity"),
        ({"unit_price": Decimal(5), "unit": None}, "unit"),
        ({"unit_price": Decimal(5), "description": "  \u200b"}, "description"),
        ({"unit_price": Decimal(5), "description": "x" * 501}, "description"),
        ({"unit_price": Decimal(5), "over_receipt_percent": Decimal(-1)}, "over_receipt_percent"),
        ({"unit_price": Decimal(5), "id": 999}, "id"),
    ],
)
def test_bad_lines_are_named(buyer, department, values, field):
    with pytest.raises(InvalidInputError) as caught:
        create(buyer, department, [row(price="1"), row(**values)])

    assert f"lines.1.{field}" in caught.value.errors
    assert not PurchaseOrder.objects.exists()


def test_amounts_beyond_all_sense_are_refused(buyer, department):
    with pytest.raises(InvalidInputError):
        create(buyer, department, [row("999999999999", "99999999999999")])

    assert not PurchaseOrder.objects.exists()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"supplier": None}, "supplier"),
        ({"department": None}, "department"),
        ({"discount_percent": Decimal(101)}, "discount_percent"),
        ({"freight": Decimal(-1)}, "freight"),
        ({"supplier_reference": "x" * 65}, "supplier_reference"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_bad_headers_are_named(buyer, department, data, field):
    whole = {"supplier": make.make_supplier(), "department": department, **data}

    with pytest.raises(InvalidInputError) as caught:
        services.create(by=buyer, data=whole, lines=[row(price="1")])

    assert field in caught.value.errors
    assert not PurchaseOrder.objects.exists()


def test_the_supplier_brings_its_terms(buyer, department):
    term = PaymentTerm.objects.create(code="N30", name="30 days")
    incoterm = Incoterm.objects.create(code="FCA", name="Free carrier")
    usd = make.make_currency("USD", rate="7")
    supplier = make.make_supplier(
        payment_term=term,
        incoterm=incoterm,
        currency=usd,
        language="zh-hans",
        address="1 Road",
        name_zh_hans="供应商",
    )

    order = create(buyer, department, [row(price="1")], supplier=supplier)

    assert (order.payment_term, order.incoterm, order.currency) == (term, incoterm, usd)
    assert (order.language, order.supplier_name, order.supplier_address) == (
        "zh-hans",
        "供应商",
        "1 Road",
    )
    other = make.make_supplier()
    order = services.update(order, by=buyer, data={"supplier": other})
    assert order.supplier_name == other.name


def test_an_item_fills_what_was_left_open(buyer, department):
    tax, category = make.make_tax(), make.make_category()
    box = make.make_unit("BX")
    item = make.make_item(
        purchase_unit=box, tax_code=tax, category=category, manufacturer_part_number="M1"
    )

    line = create(
        buyer, department, [{"item": item, "quantity": Decimal(2), "unit_price": Decimal(5)}]
    ).lines.get()

    assert (line.description, line.unit, line.category) == (item.name, box, category)
    assert (line.tax_percent, line.manufacturer_part_number) == (13, "M1")


@pytest.mark.parametrize("who", ["no right", "other department", "left", "superuser"])
def test_only_buyers_of_the_department_write_orders(buyer, department, who):
    order = make.make_order(buyer, department)
    person = {
        "no right": lambda: make.make_user("procurement.view_purchaseorder"),
        "other department": lambda: make.make_buyer(make.make_department()),
        "left": lambda: make.make_buyer(department, is_active=False),
        "superuser": lambda: make.make_user(is_superuser=True),
    }[who]()

    with pytest.raises((NotPermittedError, InvalidInputError)):
        create(person, department, [row(price="1")])
    with pytest.raises(NotPermittedError):
        services.update(order, by=person, data={"freight": Decimal(1)})

    order.refresh_from_db()
    assert (PurchaseOrder.objects.count(), order.freight) == (1, 0)


def test_the_order_cannot_be_given_to_somebody_who_does_not_buy_there(buyer, department):
    order = make.make_order(buyer, department)

    with pytest.raises(InvalidInputError) as caught:
        services.update(order, by=buyer, data={"buyer": make.make_user()})

    assert list(caught.value.errors) == ["buyer"]


@pytest.mark.parametrize(
    "status",
    ["pending_approval", "approved", "issued", "on_hold", "closed", "cancelled", "rejected"],
)
def test_what_is_decided_on_is_not_written(buyer, department, status):
    order = make.in_state(make.make_order(buyer, department), status)

    with pytest.raises(TransitionError):
        services.update(order, by=buyer, data={"freight": Decimal(1)})

    order.refresh_from_db()
    assert order.freight == 0


def test_two_tabs_do_not_overwrite_each_other(buyer, department):
    order = make.make_order(buyer, department)
    services.update(order, by=buyer, data={"freight": Decimal(1)}, expected_version=1)

    with pytest.raises(StaleVersionError):
        services.update(order, by=buyer, data={"freight": Decimal(2)}, expected_version=1)

    order.refresh_from_db()
    assert (order.freight, order.version) == (1, 2)


def test_lines_are_changed_added_and_taken_out(buyer, department):
    order = create(buyer, department, [row("1", "1"), row("2", "1"), row("3", "1")])
    first, second, third = order.lines.all()
    lines = [{"id": third.pk, "quantity": Decimal(5)}, row("7", "1"), {"id": first.pk}]

    order = services.update(order, by=buyer, data={}, lines=lines)

    found = list(order.lines.order_by("pk").values_list("line_no", "quantity", "status"))
    assert found == [(1, 1, "open"), (2, 2, "cancelled"), (3, 5, "open"), (4, 7, "open")]
    assert order.total == 13
    with pytest.raises(InvalidInputError):
        services.update(order, by=buyer, data={}, lines=[{"id": second.pk}])


def test_a_line_of_another_order_is_not_reached(buyer, department):
    order, other = (make.make_order(buyer, department) for _number in range(2))
    foreign = other.lines.get()

    with pytest.raises(InvalidInputError):
        services.update(order, by=buyer, data={}, lines=[{"id": foreign.pk, "quantity": 1}])

    foreign.refresh_from_db()
    assert (foreign.order, foreign.quantity) == (other, 10)


def test_the_unit_of_a_converted_line_stays(line, buyer, supplier):
    (order,) = services.convert([make.wish(line, supplier)], by=buyer)
    converted = order.lines.get()
    lines = [{"id": converted.pk, "unit": make.make_unit("KGM")}]

    with pytest.raises(InvalidInputError) as caught:
        services.update(order, by=buyer, data={}, lines=lines)

    assert list(caught.value.errors) == ["lines.0.unit"]


def test_a_thousand_lines_cost_no_more_statements_than_ten(
    buyer, department, django_assert_max_num_queries
):
    data = {"supplier": make.make_supplier(), "department": department}
    lines = [row("1", "1")] * 1000

    with django_assert_max_num_queries(25):
        services.create(by=buyer, data=data, lines=lines)

    assert PurchaseOrderLine.objects.count() == 1000
    with pytest.raises(InvalidInputError) as caught:
        create(buyer, department, [row("1", "1") for _number in range(1001)])
    assert caught.value.code == "too_many_lines"
