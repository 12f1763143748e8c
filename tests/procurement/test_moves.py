"""Every move × every state × every kind of person; and what the moves do on the way."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser

from apps.approvals.models import ApprovalRequest
from apps.common import events
from apps.common.errors import (
    ConflictError,
    InvalidInputError,
    NotPermittedError,
    RouteError,
    StaleVersionError,
    TransitionError,
)
from apps.common.models import NumberSequence
from apps.procurement import services
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from apps.procurement.states import OrderStatus
from tests.procurement import factories as make

pytestmark = pytest.mark.django_db
DECISIONS = ("approve", "return", "reject")


@pytest.fixture
def approver():
    return make.make_user(username="approver")


@pytest.fixture
def rule(approver):
    return make.make_order_rule(approver)


@pytest.fixture
def order(buyer, department, rule):
    return make.make_order(buyer, department)


@pytest.fixture
def recorded():
    """What the history would have heard."""
    heard = []

    def listen(records, **_kwargs):
        heard.extend(records)

    events.recorded.connect(listen)
    yield heard
    events.recorded.disconnect(listen)


def written(recorded):
    """Changes that were heard of; a refused attempt is told as well, and is none."""
    return [record for record in recorded if record.action != events.Action.EVENT]


def move(name, order, by, comment="because"):
    return services.SERVICES[name](order, by=by, comment=comment)


def brought_to(order, status, buyer, approver):
    """The order in a state, with the approval that belongs to it where one does."""
    if status in {"pending_approval", "approved"}:
        order = services.submit(order, by=buyer)
    if status == "approved":
        order = services.approve(order, by=approver)
    if order.status != status:
        order = make.in_state(order, status)
    return order


def strangers_to(name, order, buyer, approver):
    """People who may not make this move, whatever else they may."""
    people = {
        "anonymous": AnonymousUser(),
        "engineer": make.make_user("requisitions.add_requisition"),
        "auditor": make.make_user("procurement.view_all_purchaseorders"),
        "superuser": make.make_user(is_superuser=True),
        "buyer of another department": make.make_buyer(make.make_department()),
        "buyer who left": make.make_buyer(order.department, is_active=False),
    }
    if name in DECISIONS:
        people["the buyer"] = buyer
        people["a colleague in purchasing"] = make.make_buyer(order.department)
    else:
        people["approver"] = approver
    return people


@pytest.mark.parametrize("status", OrderStatus.values)
@pytest.mark.parametrize("name", services.TABLE.transitions)
def test_matrix(name, status, order, buyer, approver, recorded):
    order = brought_to(order, status, buyer, approver)
    transition = services.TABLE[name]
    before = PurchaseOrder.objects.values().get(pk=order.pk)
    strangers = strangers_to(name, order, buyer, approver) if status in transition.sources else {}
    recorded.clear()
    for who, person in strangers.items():
        with pytest.raises(NotPermittedError):
            move(name, order, person)
        assert PurchaseOrder.objects.values().get(pk=order.pk) == before, who
    assert written(recorded) == []

    allowed = approver if name in DECISIONS else buyer
    if status in transition.sources:
        assert move(name, order, allowed).status == transition.target
        assert PurchaseOrder.objects.get(pk=order.pk).status == transition.target
        assert f"purchaseorder.{name}" in [record.event for record in recorded]
    else:
        with pytest.raises((TransitionError, NotPermittedError)):
            move(name, order, allowed)
        assert PurchaseOrder.objects.values().get(pk=order.pk) == before
        assert written(recorded) == []


def test_every_state_can_be_left_or_is_final():
    left = {source for t in services.TABLE.transitions.values() for source in t.sources}

    assert set(OrderStatus.values) - left == {"rejected", "closed", "cancelled"}


@pytest.mark.parametrize("name", ["return", "reject", "hold", "close", "cancel"])
def test_some_moves_need_a_reason(name, order, buyer, approver):
    status = {"hold": "issued", "close": "issued", "cancel": "draft"}.get(name, "pending_approval")
    order = brought_to(order, status, buyer, approver)

    with pytest.raises(InvalidInputError):
        move(name, order, approver if name in DECISIONS else buyer, comment="  ")

    assert PurchaseOrder.objects.get(pk=order.pk).status == status


def test_the_number_is_taken_when_issued_and_not_before(order, buyer, approver):
    services.submit(order, by=buyer)
    services.approve(order, by=approver)
    assert not NumberSequence.objects.filter(kind="purchase_order").exists()

    issued = services.issue(order, by=buyer)

    assert issued.number.startswith("PO-")
    assert issued.number.endswith("-00001")
    assert (issued.issued_by, issued.order_date is not None) == (buyer, True)


def test_a_stale_version_moves_nothing(order, buyer):
    with pytest.raises(StaleVersionError):
        services.submit(order, by=buyer, expected_version=order.version - 1)

    assert PurchaseOrder.objects.get(pk=order.pk).status == "draft"


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (PurchaseOrder, {"discount_percent": Decimal(1)}),
        (PurchaseOrder, {"total": Decimal(1)}),
        (PurchaseOrder, {"notes_supplier": "and two more"}),
        (PurchaseOrder, {"delivery_address": "elsewhere"}),
        (PurchaseOrder, {"exchange_rate": Decimal(2)}),
        (PurchaseOrder, {"supplier_name": "Somebody Else Ltd"}),
        (PurchaseOrderLine, {"quantity": Decimal(11)}),
        (PurchaseOrderLine, {"unit_price": Decimal("5.000001")}),
        (PurchaseOrderLine, {"description": "A better thing"}),
        (PurchaseOrderLine, {"tax_percent": Decimal(3)}),
        (PurchaseOrderLine, {"over_receipt_percent": Decimal(5)}),
        (PurchaseOrderLine, {"status": "cancelled"}),
    ],
)
def test_only_what_was_approved_is_issued(order, buyer, approver, model, change):
    services.submit(order, by=buyer)
    services.approve(order, by=approver)
    model.objects.update(**change)

    with pytest.raises(ConflictError) as caught:
        services.issue(order, by=buyer)

    assert caught.value.code == "changed_after_approval"
    assert PurchaseOrder.objects.get(pk=order.pk).number is None
    withdrawn = services.withdraw(order, by=buyer)
    assert (withdrawn.status, withdrawn.approved_at) == ("draft", None)


def test_a_withdrawn_approval_is_worth_nothing(order, buyer, approver):
    services.submit(order, by=buyer)
    services.approve(order, by=approver)
    services.withdraw(order, by=buyer)

    services.submit(order, by=buyer)

    assert list(ApprovalRequest.objects.order_by("pk").values_list("status", flat=True)) == [
        "superseded",
        "pending",
    ]


def test_a_supplier_blocked_after_the_approval_gets_nothing(order, buyer, approver):
    services.submit(order, by=buyer)
    services.approve(order, by=approver)
    type(order.supplier).objects.update(status="blocked")

    with pytest.raises(InvalidInputError) as caught:
        services.issue(order, by=buyer)

    assert caught.value.code == "supplier_prevented"
    assert PurchaseOrder.objects.get(pk=order.pk).status == "approved"


@pytest.mark.parametrize("writer", ["buyer", "creator", "editor", "requester"])
def test_nobody_approves_what_went_through_their_hands(department, supplier, writer, base):
    buyers = {name: make.make_buyer(department) for name in ("buyer", "creator", "editor")}
    requester = make.make_user()
    people = {**buyers, "requester": requester}
    make.make_order_rule(*people.values(), make.make_user())
    line = make.make_open_line(department, requester=requester)
    (order,) = services.convert([make.wish(line, supplier)], by=people["creator"])
    order = services.update(
        order, by=people["editor"], data={"buyer": people["buyer"]}, expected_version=order.version
    )
    order = services.submit(order, by=make.make_buyer(department))

    with pytest.raises(NotPermittedError):
        services.approve(order, by=people[writer])

    assert PurchaseOrder.objects.get(pk=order.pk).status == "pending_approval"


def test_an_order_without_a_rule_is_not_submitted(buyer, department):
    order = make.make_order(buyer, department)

    with pytest.raises(RouteError) as caught:
        services.submit(order, by=buyer)

    assert [blocker["code"] for blocker in caught.value.details["blockers"]] == ["no_rule"]
    assert PurchaseOrder.objects.get(pk=order.pk).status == "draft"


def test_an_empty_order_and_a_blocked_supplier_are_named(order, buyer):
    services.update(order, by=buyer, data={}, lines=[])
    type(order.supplier).objects.update(status="blocked")

    with pytest.raises(RouteError) as caught:
        services.submit(order, by=buyer)

    codes = [blocker["code"] for blocker in caught.value.details["blockers"]]
    assert codes == ["no_lines", "supplier_prevented"]


def test_submitting_freezes_the_rate(department, buyer, rule):
    usd = make.make_currency("USD", rate="7.1")
    order = make.make_order(buyer, department, currency=usd)
    services.submit(order, by=buyer)
    make.make_currency("USD", rate="9")

    order = PurchaseOrder.objects.get(pk=order.pk)

    assert (order.total, order.base_total, order.exchange_rate) == (50, 355, Decimal("7.1"))
    assert order.exchange_rate_date is not None


def test_a_currency_without_a_rate_waits_as_a_draft(department, buyer, rule):
    order = make.make_order(buyer, department, currency=make.make_currency("XAU"))
    assert order.base_total is None

    with pytest.raises(InvalidInputError) as caught:
        services.submit(order, by=buyer)

    assert caught.value.code == "no_exchange_rate"


@pytest.mark.parametrize(
    ("total", "limit", "is_needed"), [("4000", "5000", True), ("600", "5000", False)]
)
def test_limits_are_compared_in_base_currency(department, buyer, total, limit, is_needed):
    """4,000 USD once passed under a limit of 5,000 CNY elsewhere."""
    boss, anybody = make.make_user(), make.make_user()
    make.make_order_rule(anybody)
    dear = make.make_order_rule(boss)
    type(dear).objects.filter(pk=dear.pk).update(minimum_amount=Decimal(limit), priority=200)
    usd = make.make_currency("USD", rate="7")
    order = make.make_order(buyer, department, currency=usd)
    line = order.lines.get()
    data = [{"id": line.pk, "quantity": Decimal(1), "unit_price": Decimal(total)}]
    order = services.update(order, by=buyer, data={}, lines=data)

    services.submit(order, by=buyer)

    assert (ApprovalRequest.objects.get().steps.count() == 2) is is_needed
