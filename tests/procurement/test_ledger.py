"""What is given back can be ordered again: cancel, reject, close short, change; and the proof."""

from decimal import Decimal

import pytest

from apps.common.errors import (
    ConflictError,
    InvalidInputError,
    NotPermittedError,
    TransitionError,
)
from apps.common.guards import Guard, Trigger
from apps.procurement import services, triggers
from apps.procurement.models import Allocation, PurchaseOrder, PurchaseOrderLine
from apps.procurement.services import ledger
from apps.requisitions.models import Requisition, RequisitionLine
from tests.procurement import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(line, buyer, supplier):
    (order,) = services.convert([make.wish(line, supplier)], by=buyer)
    return order


def state(line):
    """What is ordered of the line, and how far its requisition is."""
    line.refresh_from_db()
    return line.ordered_quantity, Requisition.objects.get(pk=line.requisition_id).order_status


def test_cancelling_opens_the_requisition_lines_again(order, line, buyer, supplier):
    services.cancel(order, by=buyer, comment="found cheaper")

    assert state(line) == (0, "none")
    allocation = Allocation.objects.get()
    assert (allocation.released_quantity, allocation.release_reason) == (10, "found cheaper")
    assert order.lines.get().status == "cancelled"
    assert services.convert([make.wish(line, supplier)], by=buyer)
    assert services.verify_ledger() == []


def test_a_rejected_order_holds_nothing(order, line, buyer):
    approver = make.make_user()
    make.make_order_rule(approver)
    services.submit(order, by=buyer)

    services.reject(order, by=approver, comment="too dear")

    assert state(line) == (0, "none")


def test_a_returned_order_keeps_what_it_holds(order, line, buyer):
    approver = make.make_user()
    make.make_order_rule(approver)
    services.submit(order, by=buyer)

    services.return_(order, by=approver, comment="ask for a discount")

    assert state(line) == (10, "full")


def test_what_was_received_is_not_cancelled(order, line, buyer):
    make.in_state(order, "issued")
    PurchaseOrderLine.objects.update(received_quantity=Decimal("0.000001"))

    with pytest.raises(ConflictError) as caught:
        services.cancel(order, by=buyer, comment="too late")

    assert caught.value.code == "already_received"
    assert PurchaseOrder.objects.get().status == "issued"
    assert state(line) == (10, "full")


def test_closing_short_gives_back_only_what_did_not_come(order, line, buyer):
    make.in_state(order, "issued")
    PurchaseOrderLine.objects.update(received_quantity=Decimal("6.5"))

    services.close(order, by=buyer, comment="sold out")

    assert state(line) == (Decimal("6.5"), "partial")
    assert order.lines.get().status == "closed"


def test_packs_are_given_back_in_the_requisitions_unit(department, buyer, supplier):
    box = make.make_unit("BX", step=Decimal(1))
    item = make.make_item(purchase_unit=box, purchase_factor=Decimal(12))
    first = make.make_open_line(department, "20", item=item)
    centre = first.requisition.cost_centre
    second = make.make_open_line(department, "10", item=item, cost_centre=centre)
    (order,) = services.convert([make.wish(first, supplier), make.wish(second, supplier)], by=buyer)
    make.in_state(order, "issued")
    assert order.lines.get().quantity == 3
    PurchaseOrderLine.objects.update(received_quantity=2)

    services.close(order, by=buyer, comment="the rest broke")

    assert [state(line) for line in (first, second)] == [(20, "full"), (4, "partial")]


@pytest.fixture
def two_lines(department, buyer, supplier):
    lines = [make.make_open_line(department, "4"), make.make_open_line(department, "6")]
    (order,) = services.convert([make.wish(line, supplier) for line in lines], by=buyer)
    make.in_state(order, "issued")
    return order, lines


def test_a_line_is_closed_short_and_the_order_goes_on(two_lines, buyer):
    order, lines = two_lines
    first, second = order.lines.all()

    order = services.close_line(first, by=buyer, comment="no longer made")

    assert order.status == "issued"
    assert [state(line)[0] for line in lines] == [0, 6]
    order = services.close_line(second, by=buyer, comment="neither")
    assert (order.status, order.reason) == ("closed", "neither")
    assert [state(line)[0] for line in lines] == [0, 0]


@pytest.mark.parametrize(
    ("status", "who", "reason", "error"),
    [
        ("issued", "stranger", "why", NotPermittedError),
        ("issued", "buyer", " ", InvalidInputError),
        ("approved", "buyer", "why", TransitionError),
        ("closed", "buyer", "why", TransitionError),
    ],
)
def test_closing_a_line_is_refused(two_lines, buyer, status, who, reason, error):
    order, lines = two_lines
    make.in_state(order, status)
    by = buyer if who == "buyer" else make.make_buyer(make.make_department())

    with pytest.raises(error):
        services.close_line(order.lines.first(), by=by, comment=reason)

    assert [state(line)[0] for line in lines] == [4, 6]


@pytest.mark.parametrize(
    ("quantities", "held"),
    [(["7"], "7"), (["12"], "10"), (["7", "9"], "9"), (["7", "12"], "10"), ([None], "0")],
)
def test_the_draft_holds_what_it_orders(order, line, buyer, quantities, held):
    row = order.lines.get()
    for quantity in quantities:
        lines = [] if quantity is None else [{"id": row.pk, "quantity": Decimal(quantity)}]
        services.update(order, by=buyer, data={}, lines=lines)

    assert state(line)[0] == Decimal(held)
    assert services.verify_ledger() == []


def test_what_was_given_back_and_ordered_elsewhere_is_not_taken_back(order, line, buyer, supplier):
    row = order.lines.get()
    services.update(order, by=buyer, data={}, lines=[{"id": row.pk, "quantity": Decimal(7)}])
    services.convert([make.wish(line, supplier, "2")], by=buyer)

    services.update(order, by=buyer, data={}, lines=[{"id": row.pk, "quantity": Decimal(10)}])

    assert [a.quantity - a.released_quantity for a in Allocation.objects.order_by("pk")] == [8, 2]
    assert state(line) == (10, "full")


def test_the_triggers_word_becomes_a_clear_conflict(line, order, buyer):
    """As when somebody allocated between the look and the write."""
    extra = Allocation(
        requisition_line=line,
        order_line=order.lines.create(
            line_no=2, description="x", quantity=1, unit=line.unit, unit_price=1
        ),
        quantity=Decimal("0.000001"),
        created_by=buyer,
    )

    with pytest.raises(ConflictError) as caught:
        ledger.record([extra], by=buyer)

    assert caught.value.code == "quantity_taken"


def test_the_check_finds_what_does_not_agree(order, line, monkeypatch):
    assert services.verify_ledger() == []
    RequisitionLine.objects.update(ordered_quantity=Decimal(9))
    lost = Trigger("some_guard", "procurement_allocation", "")
    monkeypatch.setattr(triggers, "GUARD", Guard((lost,), (lost,), {}))

    found = services.verify_ledger()

    assert [(d.kind, d.found, d.expected) for d in found] == [
        ("missing_guard", "", "trigger"),
        ("ordered_quantity", "9.000000", "10.000000"),
    ]
    assert f"requisition {line.requisition_id} line 1" in found[1].where
