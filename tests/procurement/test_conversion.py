"""Requisition lines become orders: how much, from whom, at which price, and never twice."""

from decimal import Decimal

import pytest
from django.utils import timezone

from apps.common.errors import ConflictError, InvalidInputError
from apps.common.models import Attachment
from apps.common.services import attachments
from apps.procurement import services
from apps.procurement.models import Allocation, PurchaseOrder, PurchaseOrderLine
from apps.requisitions.models import Requisition
from tests.procurement import factories as make

pytestmark = pytest.mark.django_db


def nothing_happened():
    return not PurchaseOrder.objects.exists() and not Allocation.objects.exists()


def refused(wishes, buyer, kind, code, **options):
    with pytest.raises(kind) as caught:
        services.convert(wishes, by=buyer, **options)
    assert caught.value.code == code
    return caught.value


def ordered(line):
    line.refresh_from_db()
    return line.ordered_quantity


def test_a_line_becomes_an_order(line, buyer, supplier):
    (order,) = services.convert([make.wish(line, supplier)], by=buyer)

    order = PurchaseOrder.objects.get(pk=order.pk)
    (row,) = order.lines.all()
    assert (order.status, order.number, order.buyer) == ("draft", None, buyer)
    assert (row.quantity, row.unit_price, row.amount) == (10, 5, 50)
    assert order.total == order.base_total == 50
    assert order.supplier_name == supplier.name
    allocation = Allocation.objects.get()
    assert (allocation.requisition_line, allocation.order_line) == (line, row)
    assert ordered(line) == 10
    assert Requisition.objects.get(pk=line.requisition_id).order_status == "full"
    assert services.verify_ledger() == []


def test_four_then_seven_of_ten_is_refused_at_the_last_digit(line, buyer, supplier):
    services.convert([make.wish(line, supplier, "4")], by=buyer)

    error = refused([make.wish(line, supplier, "7")], buyer, ConflictError, "quantity_exceeds_open")

    assert list(error.errors) == ["lines.0.quantity"]
    assert "6" in str(error)
    assert PurchaseOrder.objects.count() == 1
    assert ordered(line) == 4
    refused([make.wish(line, supplier, "6.000001")], buyer, ConflictError, "quantity_exceeds_open")
    services.convert([make.wish(line, supplier, "6")], by=buyer)
    assert ordered(line) == 10


def test_wishes_for_one_line_are_counted_together(line, buyer, supplier):
    other = make.make_supplier()

    error = refused(
        [make.wish(line, supplier, "6"), make.wish(line, other, "5")],
        buyer,
        ConflictError,
        "quantity_exceeds_open",
    )

    assert list(error.errors) == ["lines.1.quantity"]
    assert nothing_happened()


def test_one_line_is_split_over_two_suppliers(line, buyer, supplier):
    other = make.make_supplier()

    orders = services.convert(
        [make.wish(line, supplier, "6"), make.wish(line, other, "4")], by=buyer
    )

    assert [order.supplier for order in orders] == [supplier, other]
    assert [order.total for order in orders] == [30, 20]
    assert sorted(a.quantity for a in line.allocations.all()) == [4, 6]


def test_lines_of_several_requisitions_share_an_order_line_and_stay_traceable(
    department, buyer, supplier
):
    item, centre = make.make_item(), make.make_cost_centre(department)
    make.make_price(supplier, item, "3")
    shared = {"item": item, "cost_centre": centre, "needed_by": make.in_days(9)}
    lines = [make.make_open_line(department, quantity, **shared) for quantity in ("4", "6")]

    (order,) = services.convert([make.wish(line, supplier) for line in lines], by=buyer)

    (row,) = order.lines.all()
    assert (row.quantity, row.unit_price) == (10, 3)
    trace = [(a.requisition_line, a.quantity) for a in row.allocations.order_by("pk")]
    assert trace == [(lines[0], 4), (lines[1], 6)]
    assert order.expected_date == make.in_days(9)


@pytest.mark.parametrize(
    "differing",
    [
        {"needed_by": timezone.localdate()},
        {"description": "another colour"},
        {"specification": "more exactly"},
        {"cost_centre": None},
    ],
)
def test_what_differs_is_not_merged(department, buyer, supplier, differing):
    item, centre = make.make_item(), make.make_cost_centre(department)
    make.make_price(supplier, item)
    first = make.make_open_line(department, item=item, cost_centre=centre)
    if "cost_centre" in differing:
        differing = {"cost_centre": make.make_cost_centre(department)}
    second = make.make_open_line(department, item=item, **{"cost_centre": centre, **differing})

    (order,) = services.convert([make.wish(first, supplier), make.wish(second, supplier)], by=buyer)

    assert order.lines.count() == 2


def test_orders_are_grouped_by_supplier_currency_and_address(department, buyer, supplier):
    make.make_currency("USD", rate="7")
    usd = make.make_currency("USD")
    lines = [
        make.make_open_line(department, delivery_address="Gate 1"),
        make.make_open_line(department, delivery_address="Gate 2"),
        make.make_open_line(department, delivery_address="Gate 1", currency=usd),
        make.make_open_line(department, delivery_address=" Gate 1 "),
    ]

    orders = services.convert([make.wish(line, supplier) for line in lines], by=buyer)

    found = [(o.currency.code, o.delivery_address, o.lines.count()) for o in orders]
    assert found == [("CNY", "Gate 1", 2), ("CNY", "Gate 2", 1), ("USD", "Gate 1", 1)]
    assert orders[2].base_total == 350


@pytest.mark.parametrize(
    ("given", "quoted", "expected"),
    [
        ("7", "3", (7, "buyer")),
        ("0", "3", (0, "buyer")),
        (None, "3", (3, "price:2020-01-01")),
        (None, None, (5, "estimate")),
    ],
)
def test_where_the_price_comes_from(buyer, supplier, given, quoted, expected):
    item = make.make_item()
    if quoted:
        make.make_price(supplier, item, quoted)
    department = make.scope_of(buyer)
    line = make.make_open_line(department, item=item, estimated_price=Decimal(5))
    unit_price = None if given is None else Decimal(given)

    (order,) = services.convert([make.wish(line, supplier, unit_price=unit_price)], by=buyer)

    row = order.lines.get()
    assert (row.unit_price, row.price_source) == expected


@pytest.mark.parametrize("estimate", [None, Decimal(0)])
def test_a_price_is_never_zero_by_default(department, buyer, supplier, estimate):
    line = make.make_open_line(department, estimated_price=estimate, description="Oscilloscope")

    error = refused([make.wish(line, supplier)], buyer, InvalidInputError, "no_price")

    assert list(error.errors) == ["lines.0.unit_price"]
    assert "Oscilloscope" in str(error)
    assert nothing_happened()


def test_the_order_is_in_the_unit_it_is_bought_in_and_rounds_up(department, buyer, supplier):
    box = make.make_unit("BX", step=Decimal(1))
    item = make.make_item(purchase_unit=box, purchase_factor=Decimal(12))
    make.make_price(supplier, item, "60", unit=box)
    line = make.make_open_line(department, "30", item=item)

    plan = services.plan([make.wish(line, supplier)], by=buyer)
    (order,) = services.convert([make.wish(line, supplier)], by=buyer)

    row = order.lines.get()
    assert (row.unit, row.quantity, row.unit_factor, row.unit_price) == (box, 3, 12, 60)
    assert row.allocations.get().quantity == 30
    assert [notice.code for notice in plan.notices] == ["rounded_up"]
    assert "6" in plan.notices[0].message


@pytest.mark.parametrize(
    ("quantity", "factor", "step", "boxes"),
    [("9", "3", "1", "3"), ("2", "6", "1", "1"), ("12", "6", "1", "2"), ("1", "3", "0.01", "0.34")],
)
def test_conversion_of_units_has_no_rounding_slack(buyer, quantity, factor, step, boxes):
    box, supplier = make.make_unit("BX", step=Decimal(step)), make.make_supplier()
    item = make.make_item(purchase_unit=box, purchase_factor=Decimal(factor))
    line = make.make_open_line(make.scope_of(buyer), quantity, item=item)

    (order,) = services.convert([make.wish(line, supplier)], by=buyer)

    row = order.lines.get()
    assert row.quantity == Decimal(boxes)
    assert row.unit_price == 5 * Decimal(factor)


def test_minimum_and_multiple_are_told_and_stop_nobody(department, buyer, supplier):
    item = make.make_item(minimum_quantity=Decimal(50), multiple_quantity=Decimal(20))
    line = make.make_open_line(department, "10", item=item)

    plan = services.plan([make.wish(line, supplier)], by=buyer)

    assert [(n.code, n.is_blocking) for n in plan.notices] == [("minimum_quantity", False)]
    assert "60" in plan.notices[0].message
    assert services.convert([make.wish(line, supplier)], by=buyer)


def test_everything_is_carried_over(department, buyer, supplier):
    tax, category, project = make.make_tax(), make.make_category(), make.make_project()
    item = make.make_item(tax_code=tax)
    line = make.make_open_line(
        department,
        item=item,
        category=category,
        project=project,
        specification="500 MHz",
        manufacturer_part_number="MPN-1",
        supplier_part_number="SPN-1",
        notes="handle with care",
        needed_by=make.in_days(5),
    )
    requisition = line.requisition
    Requisition.objects.filter(pk=requisition.pk).update(notes_internal="ask Li first")
    Attachment.objects.create(
        document=requisition,
        file="attachments/aa/bb",
        name="drawing.pdf",
        media_type="application/pdf",
        size=3,
        sha256="c" * 64,
        created_by=requisition.requester,
    )
    make.approve(requisition)

    (order,) = services.convert([make.wish(line, supplier)], by=buyer)

    row = order.lines.get()
    assert (row.category, row.project, row.cost_centre) == (
        category,
        project,
        requisition.cost_centre,
    )
    assert (row.specification, row.notes, row.needed_by) == (
        "500 MHz",
        "handle with care",
        make.in_days(5),
    )
    assert (row.manufacturer_part_number, row.supplier_part_number) == ("MPN-1", "SPN-1")
    assert (row.tax_code, row.tax_percent, row.tax_amount, order.total) == (
        tax,
        13,
        Decimal("6.50"),
        Decimal("56.50"),
    )
    assert order.notes_internal == f"{requisition.number}: ask Li first"
    assert [a.file.name for a in attachments.of(order)] == ["attachments/aa/bb"]


def test_orders_for_several_departments_stay_in_the_buyers_scope(supplier, base):
    root = make.make_department()
    left, right = make.make_department(root), make.make_department(root)
    narrow, wide = make.make_buyer(left, right), make.make_buyer(root)
    lines = [make.make_open_line(left), make.make_open_line(right)]
    half = [make.wish(line, supplier, "5") for line in lines]

    (of_narrow,) = services.convert(half, by=narrow)
    (of_wide,) = services.convert(half, by=wide)

    assert (of_narrow.department, of_wide.department) == (left, root)


def test_the_preview_writes_nothing_and_shows_what_will_be_made(line, buyer, supplier):
    plan = services.plan([make.wish(line, supplier)], by=buyer)

    assert nothing_happened()
    (planned,) = plan.orders
    assert planned.order.total == 50
    (order,) = services.convert([make.wish(line, supplier)], by=buyer)
    assert order.total == planned.order.total


def test_order_lines_are_stored_once_per_bundle(line, buyer, supplier):
    """The same wish twice, in halves, is one order line with one allocation."""
    halves = [make.wish(line, supplier, "5"), make.wish(line, supplier, "5")]

    services.convert(halves, by=buyer)

    assert PurchaseOrderLine.objects.get().quantity == 10
    assert Allocation.objects.get().quantity == 10
