"""What happens around the moves: numbers, rates, approvals, reasons, derived figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.approvals.models import ApprovalRequest
from apps.approvals.states import RequestStatus
from apps.audit.models import Entry
from apps.common.errors import ConflictError, InvalidInputError, RouteError, TransitionError
from apps.common.models import NumberSequence
from apps.requisitions import services
from apps.requisitions.models import Requisition
from apps.requisitions.states import Fulfilment, LineStatus, Status
from tests.catalog.factories import make_currency, make_item
from tests.requisitions.factories import Company


def test_the_number_is_taken_at_submission_and_kept(company: Company) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)
    number = requisition.number

    services.withdraw(requisition, by=company.requester)
    again = services.submit(requisition, by=company.requester)

    assert number is not None
    assert number.startswith("PR-")
    assert again.number == number


def test_a_refused_submission_takes_no_number(company: Company) -> None:
    company.department.head = None
    company.department.save()
    requisition = company.requisition()

    with pytest.raises(RouteError) as error:
        services.submit(requisition, by=company.requester)

    requisition.refresh_from_db()
    assert (requisition.status, requisition.number) == ("draft", None)
    assert error.value.details["blockers"]
    assert not NumberSequence.objects.exists()
    assert not ApprovalRequest.objects.exists()


def test_a_department_without_a_head_is_a_named_blocker_in_the_preview(company: Company) -> None:
    company.department.head = None
    company.department.save()

    route = services.preview(company.requisition(), by=company.requester)

    assert [b.code for b in route.blockers]
    assert company.department.code in str(route.blockers[0].message)


def test_the_preview_says_who_and_why(company: Company) -> None:
    route = services.preview(company.requisition(), by=company.requester)

    assert not route.blockers
    (step,) = route.steps
    assert [approver.user for approver in step.approvers] == [company.head]
    assert str(step.why)


@pytest.mark.parametrize(
    ("header", "line", "code"),
    [
        ({"currency": "XTS"}, {}, "no_exchange_rate"),
        ({}, {"estimated_price": None}, "price_missing"),
    ],
)
def test_what_is_missing_stops_the_submission(
    company: Company, header: dict[str, Any], line: dict[str, Any], code: str
) -> None:
    if header:
        header = {"currency": make_currency("XTS")}
    requisition = company.requisition(lines=[company.line(**line)], **header)

    with pytest.raises(RouteError) as error:
        services.submit(requisition, by=company.requester)

    requisition.refresh_from_db()
    assert requisition.status == Status.DRAFT
    assert [b["code"] for b in error.value.details["blockers"]] == [code]


def test_a_requisition_without_lines_is_not_submitted(company: Company) -> None:
    requisition = services.create(by=company.requester, data=company.data(), lines=[])

    with pytest.raises(RouteError) as error:
        services.submit(requisition, by=company.requester)

    assert "no_lines" in [b["code"] for b in error.value.details["blockers"]]


def test_the_rate_is_frozen_at_submission(company: Company) -> None:
    usd = make_currency("USD", rate="7")
    requisition = company.requisition(currency=usd)
    services.submit(requisition, by=company.requester)

    usd.rates.update(rate=Decimal(8))

    requisition.refresh_from_db()
    assert requisition.exchange_rate == 7
    assert requisition.base_total == Decimal(24920)


def test_a_second_click_is_told_so(company: Company) -> None:
    requisition = company.requisition()
    services.submit(requisition, by=company.requester, expected_version=None)

    with pytest.raises(TransitionError) as error:
        services.submit(requisition, by=company.requester)

    assert "pending approval" in str(error.value)
    assert ApprovalRequest.objects.count() == 1


@pytest.mark.parametrize("move", ["return", "reject", "cancel", "close"])
def test_a_reason_is_asked_for(company: Company, move: str) -> None:
    status = Status.APPROVED if move == "close" else Status.PENDING_APPROVAL
    requisition = company.in_state(status)
    person = company.head if move in services.DECISIONS else company.requester

    with pytest.raises(InvalidInputError) as error:
        services.SERVICES[move](requisition, by=person, comment="  ")

    requisition.refresh_from_db()
    assert error.value.code == "reason_required"
    assert requisition.status == status


def test_an_approval_is_written_down_with_its_maker(company: Company) -> None:
    requisition = company.in_state(Status.APPROVED)

    entry = Entry.objects.filter(event="requisition.approve").get()
    assert entry.actor == company.head
    assert entry.object_pk == str(requisition.pk)
    assert requisition.approved_at is not None


@pytest.mark.parametrize("move", ["withdraw", "cancel"])
def test_taking_it_back_closes_the_approval(company: Company, move: str) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)

    services.SERVICES[move](requisition, by=company.requester, comment="no longer")

    assert ApprovalRequest.objects.get().status == RequestStatus.WITHDRAWN


def test_returned_is_edited_and_asked_for_again(company: Company) -> None:
    requisition = company.in_state(Status.RETURNED)
    services.update(requisition, by=company.requester, data={"title": "Fewer things"})

    services.submit(requisition, by=company.requester)
    approved = services.approve(requisition, by=company.head)

    assert approved.status == Status.APPROVED
    assert ApprovalRequest.objects.count() == 2


def test_ordered_requisitions_are_closed_not_cancelled(company: Company) -> None:
    requisition = company.in_state(Status.APPROVED)
    line = requisition.lines.first()
    assert line is not None
    services.refresh_fulfilment([line], by=company.buyer, ordered={line.pk: Decimal(1)})

    with pytest.raises(ConflictError):
        services.cancel(requisition, by=company.requester, comment="too late")

    requisition.refresh_from_db()
    assert requisition.status == Status.APPROVED
    assert (
        "cancel" not in services.allowed_actions(company.requester, [requisition])[requisition.pk]
    )


@pytest.mark.parametrize(
    ("ordered", "received", "status"),
    [
        ((0, 0), (0, 0), (Fulfilment.NONE, Fulfilment.NONE)),
        ((2, 0), (0, 0), (Fulfilment.PARTIAL, Fulfilment.NONE)),
        ((2, 1), (1, 0), (Fulfilment.PARTIAL, Fulfilment.PARTIAL)),
        ((2, 2), (2, 1), (Fulfilment.FULL, Fulfilment.PARTIAL)),
        ((2, 2), (2, 2), (Fulfilment.FULL, Fulfilment.FULL)),
    ],
)
def test_how_far_it_is_follows_from_the_lines(
    company: Company, ordered: Any, received: Any, status: Any
) -> None:
    requisition = company.in_state(Status.APPROVED)
    lines = list(requisition.lines.all())

    services.refresh_fulfilment(
        lines,
        by=company.buyer,
        ordered={line.pk: Decimal(n) for line, n in zip(lines, ordered, strict=True)},
        received={line.pk: Decimal(n) for line, n in zip(lines, received, strict=True)},
    )

    requisition.refresh_from_db()
    assert (requisition.order_status, requisition.receipt_status) == status


def test_no_more_is_ordered_than_was_asked_for(company: Company) -> None:
    requisition = company.in_state(Status.APPROVED)
    line = requisition.lines.first()
    assert line is not None

    with pytest.raises(ConflictError):
        services.refresh_fulfilment(
            [line], by=company.buyer, ordered={line.pk: Decimal("2.000001")}
        )

    line.refresh_from_db()
    assert line.ordered_quantity == 0


def test_a_line_can_be_left_out_of_the_consent(company: Company) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)

    approved = services.approve(
        requisition, by=company.head, comment="not the second", rejected_lines=[2]
    )

    assert approved.status == Status.APPROVED
    approved.refresh_from_db()
    assert [line.status for line in approved.lines.all()] == [LineStatus.OPEN, LineStatus.REJECTED]
    assert approved.estimated_total == Decimal(1780)
    line = approved.lines.last()
    assert line is not None
    assert line.open_quantity == 0


@pytest.mark.parametrize("numbers", [[1, 2], [3], [0]])
def test_lines_that_cannot_be_left_out(company: Company, numbers: list[int]) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)

    with pytest.raises(InvalidInputError):
        services.approve(requisition, by=company.head, comment="no", rejected_lines=numbers)

    requisition.refresh_from_db()
    assert requisition.status == Status.PENDING_APPROVAL
    assert requisition.estimated_total == Decimal(3560)


def test_a_closed_one_is_opened_again(company: Company) -> None:
    requisition = company.in_state(Status.CLOSED)

    opened = services.reopen(requisition, by=company.buyer, comment="needed after all")

    assert opened.status == Status.APPROVED


def test_a_changed_one_is_not_opened_again(company: Company) -> None:
    requisition = company.in_state(Status.CLOSED)
    requisition.lines.update(quantity=Decimal(9))

    with pytest.raises(ConflictError):
        services.reopen(requisition, by=company.buyer, comment="needed after all")

    requisition.refresh_from_db()
    assert requisition.status == Status.CLOSED


def test_the_content_covers_every_commercial_field(company: Company) -> None:
    from apps.approvals.hashing import content_hash

    requisition = company.in_state(Status.PENDING_APPROVAL)
    line = requisition.lines.get(line_no=1)
    seen = {content_hash(services.content(requisition))}
    item = make_item(base_unit=company.unit)
    changes: list[tuple[Any, str, Any]] = [
        (line, "quantity", Decimal(3)),
        (line, "estimated_price", Decimal(1)),
        (line, "description", "other"),
        (line, "specification", "other"),
        (line, "item", item),
        (line, "preferred_supplier", company.supplier),
        (line, "supplier_part_number", "X"),
        (line, "manufacturer_part_number", "X"),
        (line, "notes", "X"),
        (requisition, "title", "other"),
        (requisition, "justification", "other"),
        (requisition, "delivery_address", "other"),
        (requisition, "currency", make_currency("EUR", rate="8")),
        (requisition, "on_behalf_of", company.colleague),
        (requisition, "priority", "urgent"),
    ]
    for row, name, value in changes:
        setattr(row, name, value)
        row.save()
        seen.add(content_hash(services.content(Requisition.objects.get(pk=requisition.pk))))

    assert len(seen) == len(changes) + 1


def test_how_far_it_got_is_not_content(company: Company) -> None:
    requisition = company.in_state(Status.APPROVED)
    before = services.content(requisition)
    line = requisition.lines.first()
    assert line is not None

    services.refresh_fulfilment([line], by=company.buyer, ordered={line.pk: Decimal(2)})

    assert services.content(Requisition.objects.get(pk=requisition.pk)) == before
