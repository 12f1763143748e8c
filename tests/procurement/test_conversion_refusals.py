"""What is not converted: suppliers, states, scopes and quantities that stand against it."""

from decimal import Decimal

import pytest

from apps.common.errors import ConflictError, DomainError, InvalidInputError, NotPermittedError
from apps.procurement import services
from apps.requisitions.models import Requisition
from tests.procurement import factories as make
from tests.procurement.test_conversion import nothing_happened, ordered, refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "supplier_fields",
    [
        {"status": "blocked"},
        {"status": "suspended"},
        {"order_control": "prevent"},
        {"is_active": False},
    ],
)
def test_some_suppliers_get_no_orders(line, buyer, supplier_fields):
    supplier = make.make_supplier(**supplier_fields)

    error = refused(
        [make.wish(line, supplier)],
        buyer,
        InvalidInputError,
        "supplier_prevented",
        acknowledge_warnings=True,
    )

    assert list(error.errors) == ["lines.0.supplier"]
    assert nothing_happened()


def test_a_warning_has_to_be_acknowledged(line, buyer):
    supplier = make.make_supplier(order_control="warn", warning="Pays late fees")
    wishes = [make.wish(line, supplier)]

    error = refused(wishes, buyer, services.WarningsError, "warnings_not_acknowledged")

    assert "Pays late fees" in str(error)
    assert nothing_happened()
    assert services.convert(wishes, by=buyer, acknowledge_warnings=True)


def test_a_supplier_blocked_after_the_page_was_opened_is_refused(line, buyer, supplier):
    wishes = [make.wish(line, supplier)]
    type(supplier).objects.filter(pk=supplier.pk).update(status="blocked")

    refused(wishes, buyer, InvalidInputError, "supplier_prevented")


@pytest.mark.parametrize(
    "status", ["draft", "pending_approval", "returned", "rejected", "cancelled", "closed"]
)
def test_only_approved_requisitions_are_ordered(line, buyer, supplier, status):
    Requisition.objects.filter(pk=line.requisition_id).update(status=status)

    refused([make.wish(line, supplier)], buyer, ConflictError, "requisition_not_approved")

    assert nothing_happened()


def test_what_changed_after_its_approval_is_not_ordered(line, buyer, supplier):
    line.description = "Something dearer"
    line.save()

    refused([make.wish(line, supplier)], buyer, ConflictError, "approval_void")

    assert nothing_happened()


@pytest.mark.parametrize("status", ["closed", "rejected"])
def test_a_line_that_ended_is_not_ordered(line, buyer, supplier, status):
    line.status = status
    line.save()

    refused([make.wish(line, supplier)], buyer, ConflictError, "line_not_open")

    assert nothing_happened()


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        ("0", "invalid_quantity"),
        ("-1", "invalid_quantity"),
        ("1.0000001", "invalid_quantity"),
        ("NaN", "invalid_quantity"),
        ("1e30", "invalid_quantity"),
        ("0.5", "quantity_step"),
    ],
)
def test_quantities_nobody_can_order(department, buyer, supplier, quantity, code):
    line = make.make_open_line(department, unit=make.make_unit("PCE", step=Decimal(1)))

    refused([make.wish(line, supplier, quantity)], buyer, InvalidInputError, code)

    assert nothing_happened()


def test_a_department_outside_the_scope_is_refused(line, supplier):
    stranger = make.make_buyer(make.make_department())

    refused([make.wish(line, supplier)], stranger, NotPermittedError, "foreign_department")

    assert nothing_happened()


@pytest.mark.parametrize("missing", ["right", "scope", "active", "superuser"])
def test_who_is_no_buyer_converts_nothing(line, department, supplier, missing):
    person = {
        "right": lambda: make.make_user("procurement.view_purchaseorder"),
        "scope": make.make_buyer,
        "active": lambda: make.make_buyer(department, is_active=False),
        "superuser": lambda: make.make_user(is_superuser=True),
    }[missing]()

    with pytest.raises(NotPermittedError):
        services.convert([make.wish(line, supplier)], by=person)

    assert nothing_happened()


def test_one_bad_line_stops_all_of_it(line, department, buyer, supplier):
    bad = make.make_open_line(department, estimated_price=None)

    with pytest.raises(DomainError):
        services.convert([make.wish(line, supplier), make.wish(bad, supplier)], by=buyer)

    assert nothing_happened()
    assert ordered(line) == 0


def test_nothing_is_chosen(buyer):
    refused([], buyer, InvalidInputError, "no_lines")
