"""The database itself refuses to order more than was asked for: raw SQL, past every service."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from apps.procurement import triggers
from apps.procurement.models import Allocation, PurchaseOrder, PurchaseOrderLine
from apps.requisitions.models import RequisitionLine
from tests.procurement import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return make.make_line(make.make_requisition(make.make_department()), "10")


@pytest.fixture
def order_lines(line):
    buyer = make.make_user()
    order = PurchaseOrder.objects.create(
        supplier=make.make_supplier(),
        supplier_name="S",
        department=line.requisition.department,
        buyer=buyer,
        currency=make.make_currency(),
    )
    return [
        PurchaseOrderLine.objects.create(
            order=order, line_no=number, description="x", quantity=1, unit=line.unit, unit_price=1
        )
        for number in range(1, 6)
    ]


def insert(line, order_line, quantity, released="0"):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procurement_allocation (requisition_line_id, order_line_id, quantity,"
            " released_quantity, release_reason, created_at, created_by_id)"
            " VALUES (%s, %s, %s, %s, '', '2026-01-01 00:00:00+00:00', %s)",
            [line.pk, order_line.pk, quantity, released, order_line.order.buyer_id],
        )


@pytest.mark.parametrize(
    ("quantities", "fits"),
    [
        (["10"], True),
        (["10.000001"], False),
        (["4", "6"], True),
        (["4", "7"], False),
        (["3.333333", "3.333333", "3.333334"], True),
        (["3.333333", "3.333334", "3.333334"], False),
        (["0.1", "0.2", "9.7"], True),
        (["0.1", "0.2", "9.700001"], False),
    ],
)
def test_the_sum_stays_within_what_was_asked_to_the_last_digit(line, order_lines, quantities, fits):
    *first, last = quantities
    for order_line, quantity in zip(order_lines, first, strict=False):
        insert(line, order_line, quantity)

    if fits:
        insert(line, order_lines[-1], last)
    else:
        with pytest.raises(IntegrityError, match=triggers.WITHIN_REQUESTED):
            insert(line, order_lines[-1], last)

    expected = quantities if fits else first
    kept = Allocation.objects.order_by("pk").values_list("quantity", flat=True)
    assert list(kept) == [Decimal(q) for q in expected]


@pytest.mark.parametrize("asked", ["999999999.999999", "0.000001", "123456.7"])
def test_large_and_small_quantities_are_exact(line, order_lines, asked):
    RequisitionLine.objects.filter(pk=line.pk).update(quantity=Decimal(asked))

    insert(line, order_lines[0], asked)

    with pytest.raises(IntegrityError, match=triggers.WITHIN_REQUESTED):
        insert(line, order_lines[1], "0.000001")


def test_what_was_given_back_counts_no_more(line, order_lines):
    insert(line, order_lines[0], "10", released="4")
    insert(line, order_lines[1], "4")

    with pytest.raises(IntegrityError, match=triggers.WITHIN_REQUESTED):
        insert(line, order_lines[2], "0.000001")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE procurement_allocation SET quantity = 10.5 WHERE quantity = 6",
        "UPDATE procurement_allocation SET released_quantity = 0 WHERE quantity = 6",
        "UPDATE requisitions_requisitionline SET quantity = 7.999999",
    ],
)
def test_no_later_change_gets_past_it(line, order_lines, statement):
    insert(line, order_lines[0], "6", released="2")
    insert(line, order_lines[1], "4")
    if "released" in statement:
        insert(line, order_lines[2], "1")

    with (
        pytest.raises(IntegrityError, match=triggers.WITHIN_REQUESTED),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    line.refresh_from_db()
    assert line.quantity == 10


def test_the_guards_are_there_and_missing_ones_are_named():
    assert triggers.GUARD.missing(connection) == []

    triggers.GUARD.take_down(connection)

    assert triggers.GUARD.missing(connection) == list(triggers.GUARD.triggers(connection))


def test_migrating_again_puts_lost_guards_back_on_sqlite():
    if connection.vendor != "sqlite":
        pytest.skip("on PostgreSQL a migration installs them once")
    triggers.GUARD.before_migrations("default")

    call_command("migrate", verbosity=0, interactive=False)

    assert triggers.GUARD.missing(connection) == []


@pytest.mark.postgres
def test_a_trigger_that_is_switched_off_is_missing():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname = %s",
            [triggers.GUARD.postgres[0].name],
        )
        table, name = cursor.fetchone()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")

    assert [lost.name for lost in triggers.GUARD.missing(connection)] == [name]
