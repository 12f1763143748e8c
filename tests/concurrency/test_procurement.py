"""Many buyers at once: nothing is ordered twice, no number is doubled or left out.

Rounds: TEST_RACE_ROUNDS (4 by default; `make soak` runs 200). Each race has its negative control:
the same race without the lock goes wrong, so a round that goes right means something.
"""

from __future__ import annotations

from decimal import Decimal
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from apps.approvals import hashing
from apps.approvals.models import ApprovalRequest
from apps.common.models import NumberSequence
from apps.procurement import services
from apps.procurement.models import Allocation, PurchaseOrder, PurchaseOrderLine
from apps.procurement.services import ledger
from apps.requisitions import services as requisitions
from apps.requisitions.models import Requisition, RequisitionLine
from tests.concurrency.racing import ROUNDS, THREADS, race, unexpected, winners
from tests.procurement import factories as make

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def department():
    make.make_currency("CNY")
    return make.make_department()


@pytest.fixture
def buyers(department):
    return [make.make_buyer(department) for _number in range(THREADS)]


@pytest.fixture
def supplier(department):
    return make.make_supplier()


def converting(line, supplier, quantity, buyer):
    """A buyer who read the line a while ago."""
    return lambda: services.convert([make.wish(line, supplier, quantity)], by=buyer)


def held(line):
    """The ledger's sum."""
    return ledger.allocated([line.pk])[line.pk]


@pytest.mark.parametrize(("quantity", "fitting"), [("10", 1), ("3", 3), ("1.25", 8)])
def test_convert_against_convert(department, buyers, supplier, quantity, fitting):
    for _round in range(ROUNDS):
        line = make.make_open_line(department, "10")

        results = race([converting(line, supplier, quantity, buyer) for buyer in buyers])

        assert unexpected(results) == []
        assert len(winners(results)) == fitting
        assert held(line) == fitting * Decimal(quantity)
        line.refresh_from_db()
        assert line.ordered_quantity == held(line)
    assert services.verify_ledger() == []
    assert PurchaseOrder.objects.count() == ROUNDS * fitting


def test_convert_of_lines_in_different_order_does_not_lock_up(department, buyers, supplier):
    for _round in range(ROUNDS):
        lines = [make.make_open_line(department, "8") for _number in range(4)]

        def work(number, lines=lines):
            mixed = lines[number % 4 :] + lines[: number % 4]
            wishes = [make.wish(line, supplier, "1") for line in mixed]
            return lambda: services.convert(wishes, by=buyers[number])

        results = race([work(number) for number in range(THREADS)])

        assert [r for r in results if isinstance(r, Exception)] == []
        assert [held(line) for line in lines] == [8, 8, 8, 8]


def test_convert_against_cancel_of_the_requisition(department, buyers, supplier):
    for _round in range(ROUNDS):
        line = make.make_open_line(department, "10")
        requisition = line.requisition

        def cancel(requisition=requisition):
            return requisitions.cancel(requisition, by=requisition.requester, comment="no need")

        converts = [converting(line, supplier, "1", buyer) for buyer in buyers[:4]]
        results = race([*converts, *[cancel] * 4])

        assert unexpected(results) == []
        requisition = Requisition.objects.get(pk=requisition.pk)
        converted, cancelled = len(winners(results[:4])), len(winners(results[4:]))
        assert (converted, cancelled) in {(4, 0), (0, 1)}
        assert held(line) == converted
        assert (requisition.status == "cancelled") is (cancelled == 1)
    assert services.verify_ledger() == []


def test_convert_against_cancel_of_the_order(department, buyers, supplier):
    """While one order gives its quantity back, others reach for it."""
    for _round in range(ROUNDS):
        line = make.make_open_line(department, "10")
        (order,) = services.convert([make.wish(line, supplier)], by=buyers[0])

        def cancel(order=order):
            return services.cancel(order, by=buyers[0], comment="found cheaper")

        converts = [converting(line, supplier, "10", buyer) for buyer in buyers[1:]]
        results = race([cancel, *converts])

        assert unexpected(results) == []
        assert not isinstance(results[0], Exception)
        assert len(winners(results[1:])) <= 1
        assert held(line) == 10 * len(winners(results[1:]))
    assert services.verify_ledger() == []


def test_issue_against_cancel_hold_and_withdraw(department, buyers, supplier):
    """One move wins; what it leaves is a state the others' moves start from, or a refusal."""
    for _round in range(ROUNDS):
        order = approved(buyers[0], department)
        moves = ["issue", "cancel", "withdraw", "issue", "cancel", "withdraw", "hold", "close"]

        results = race(
            [
                lambda name=name, order=order: services.SERVICES[name](
                    order, by=buyers[0], comment="why", expected_version=order.version
                )
                for name in moves
            ]
        )

        assert unexpected(results) == []
        assert len(winners(results)) == 1
        order.refresh_from_db()
        assert (order.number is not None) is (order.status == "issued")


def approved(buyer, department):
    """An order as if it had been approved, with the approval that belongs to it."""
    order = make.in_state(make.make_order(buyer, department), "approved")
    said = services.content(order)
    ApprovalRequest.objects.create(
        document_kind="purchase_order",
        document_id=order.pk,
        document_label="x",
        status="approved",
        content=hashing.canonical(said),
        content_hash=hashing.content_hash(said),
        base_total=1,
        total=1,
        currency="CNY",
        department=department,
        requester=buyer,
        submitted_by=buyer,
    )
    return order


def test_numbers_have_neither_gaps_nor_doubles(department, buyers):
    """Eight orders issued at once; every third try is taken back after it had its number."""
    for _round in range(ROUNDS):
        orders = [approved(buyer, department) for buyer in buyers]

        def issue(number, orders=orders):
            with transaction.atomic():
                services.issue(orders[number], by=buyers[number])
                if number % 3 == 2:
                    raise LookupError("taken back")

        results = race([lambda number=number: issue(number) for number in range(THREADS)])

        assert {type(r) for r in unexpected(results)} == {LookupError}
        assert len(winners(results)) == THREADS - 2
    numbers = sorted(PurchaseOrder.objects.exclude(number=None).values_list("number", flat=True))
    assert [int(number[-5:]) for number in numbers] == list(range(1, 6 * ROUNDS + 1))


def test_the_database_alone_holds_the_sum(department, buyers):
    """Past every service and lock: the trigger's own row lock decides."""
    for _round in range(ROUNDS):
        line, order_lines = unguarded(department, buyers)

        results = race([inserting(line, order_line, "3") for order_line in order_lines])

        assert {type(r) for r in unexpected(results)} == {IntegrityError}
        assert len(winners(results)) == 3
        assert held(line) == 9


# ---------------------------------------------------------------- negative controls


def unguarded(department, buyers):
    """A line, and an order line for each buyer to tie to it."""
    line = make.make_open_line(department, "10")
    order = make.make_order(buyers[0], department)
    order_lines = [
        PurchaseOrderLine.objects.create(
            order=order, line_no=number, description="x", quantity=1, unit=line.unit, unit_price=1
        )
        for number in range(10, 10 + THREADS)
    ]
    return line, order_lines


def inserting(line, order_line, quantity, look=None):
    def insert():
        with transaction.atomic():
            left = line.quantity - held(line)
            if look is not None:
                look.wait()
                if left < Decimal(quantity):
                    return
            Allocation.objects.create(
                requisition_line=line,
                order_line=order_line,
                quantity=Decimal(quantity),
                created_by=order_line.order.buyer,
            )

    return insert


@pytest.fixture
def no_triggers():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE procurement_allocation DISABLE TRIGGER USER")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE procurement_allocation ENABLE TRIGGER USER")


def test_control_looking_without_a_lock_orders_too_much(department, buyers, no_triggers):
    line, order_lines = unguarded(department, buyers)
    look = Barrier(THREADS)

    results = race([inserting(line, order_line, "10", look) for order_line in order_lines])

    assert unexpected(results) == []
    assert held(line) > 10


def test_control_numbers_without_a_lock_are_doubled(department):
    row = NumberSequence.objects.create(kind="purchase_order", prefix="PO", year=2026)
    look = Barrier(THREADS)

    def naive():
        sequence = NumberSequence.objects.get(pk=row.pk)
        look.wait()
        NumberSequence.objects.filter(pk=sequence.pk).update(next_value=sequence.next_value + 1)
        return sequence.next_value

    results = race([naive] * THREADS)

    assert unexpected(results) == []
    assert len(set(results)) < THREADS


def test_control_cancelling_after_a_look_leaves_orders_of_cancelled_requisitions(
    department, buyers, supplier
):
    line = make.make_open_line(department, "10")
    requisition = line.requisition
    look = Barrier(2)

    def naive_cancel():
        current = Requisition.objects.get(pk=requisition.pk)
        look.wait()
        if current.order_status == "none":
            look.wait()
            Requisition.objects.filter(pk=current.pk).update(status="cancelled")

    def convert():
        look.wait()
        services.convert([make.wish(line, supplier)], by=buyers[0])
        look.wait()

    results = race([naive_cancel, convert])

    assert unexpected(results) == []
    assert Requisition.objects.get(pk=requisition.pk).status == "cancelled"
    assert held(line) == 10
    assert RequisitionLine.objects.get(pk=line.pk).ordered_quantity == 10
