"""Writing down, changing, copying and throwing away: what is kept, what is refused, by field."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.audit.models import Entry
from apps.budgets.models import CostCentre
from apps.catalog.models import Supplier
from apps.common.errors import (
    InvalidInputError,
    NotPermittedError,
    StaleVersionError,
    TransitionError,
)
from apps.requisitions import services
from apps.requisitions.models import Requisition, RequisitionLine
from apps.requisitions.states import Status
from tests.catalog.factories import make_currency, make_item
from tests.factories import make_department, make_user
from tests.requisitions.factories import Company


def refused(company: Company, *, by: Any = None, line: Any = None, **header: Any) -> dict[str, Any]:
    """The errors of a creation that must not happen."""
    lines = [company.line(), company.line(**(line or {}))]
    with pytest.raises(InvalidInputError) as error:
        services.create(by=by or company.requester, data=company.data(**header), lines=lines)
    assert not Requisition.objects.exists()
    assert not Entry.objects.filter(event__startswith="requisition").exists()
    return dict(error.value.errors)


def test_a_draft_has_totals_but_no_number(company: Company) -> None:
    lines = [company.line(), company.line(quantity=Decimal("1.5"), unit=weight(company))]

    requisition = services.create(by=company.requester, data=company.data(), lines=lines)

    requisition.refresh_from_db()
    assert (requisition.number, requisition.status, requisition.version) == (None, "draft", 1)
    assert requisition.requester == company.requester
    assert [line.amount for line in requisition.lines.all()] == [Decimal(1780), Decimal(1335)]
    assert requisition.estimated_total == requisition.base_total == Decimal(3115)
    assert [line.line_no for line in requisition.lines.all()] == [1, 2]


def weight(company: Company) -> Any:
    from tests.catalog.factories import make_unit

    return make_unit("KGM", step=Decimal("0.001"), dimension="mass")


def test_an_item_fills_what_was_left_open(company: Company) -> None:
    line = {"item": company.item, "quantity": Decimal(10)}

    requisition = services.create(by=company.requester, data=company.data(), lines=[line])

    (row,) = requisition.lines.all()
    assert row.description == company.item.name
    assert row.unit == company.unit
    assert row.estimated_price == Decimal("1.5")
    assert requisition.estimated_total == Decimal(15)


def test_history_is_written_with_the_draft(company: Company) -> None:
    requisition = company.requisition(count=3)

    entries = Entry.objects.filter(event__in=("requisition.created", "requisition_line.created"))
    assert entries.count() == 4
    assert {entry.actor for entry in entries} == {requisition.requester}


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"quantity": Decimal(0)}, "quantity"),
        ({"quantity": Decimal(-1)}, "quantity"),
        ({"quantity": None}, "quantity"),
        ({"quantity": Decimal("1e17")}, "quantity"),
        ({"quantity": Decimal("0.0000001")}, "quantity"),
        ({"quantity": Decimal("NaN")}, "quantity"),
        ({"quantity": Decimal("1.5")}, "quantity"),
        ({"quantity": Decimal(999999999), "estimated_price": Decimal(99999999)}, "quantity"),
        ({"estimated_price": Decimal(-1)}, "estimated_price"),
        ({"estimated_price": Decimal("1e15")}, "estimated_price"),
        ({"unit": None}, "unit"),
        ({"description": ""}, "description"),
        ({"description": "\u200b\u2060"}, "description"),
        ({"description": "x" * 501}, "description"),
        ({"description": "x" * 1_000_000}, "description"),
        ({"specification": "x" * 1_000_000}, "specification"),
        ({"notes": "x" * 501}, "notes"),
        ({"id": 987654321}, "id"),
    ],
)
def test_a_bad_line_is_named(company: Company, line: dict[str, Any], field: str) -> None:
    errors = refused(company, line=line)

    assert set(errors) == {f"lines.1.{field}"}


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "\u202e\u200b"}, "title"),
        ({"title": "x" * 1_000_000}, "title"),
        ({"justification": "x" * 4001}, "justification"),
        ({"priority": "whenever"}, "priority"),
        ({"cost_centre": None}, "cost_centre"),
    ],
)
def test_a_bad_header_is_named(company: Company, header: dict[str, Any], field: str) -> None:
    assert set(refused(company, **header)) == {field}


def test_everything_wrong_is_said_at_once(company: Company) -> None:
    errors = refused(company, title="", line={"quantity": Decimal(0), "description": ""})

    assert set(errors) == {"title", "lines.1.quantity", "lines.1.description"}


def test_blanks_are_put_in_order(company: Company) -> None:
    requisition = company.requisition(
        title="\ufeff a  b ",
        justification="one\r\ntwo\u200b",
        lines=[company.line(description="שלום \u200fworld\ttab\nbreak")],
    )

    assert requisition.title == "a b"
    assert requisition.justification == "one\ntwo"
    assert requisition.lines.get().description == "שלום \u200fworld tab break"


def test_what_nobody_sees_is_refused_by_name(company: Company) -> None:
    errors = refused(
        company,
        title="invoice\u202efdp.exe",
        justification="a\x00b",
        line={"description": "圆\u200b珠笔", "supplier_part_number": "A\u200dB"},
    )

    assert {
        name: found[0].partition(")")[0].partition("(")[2] for name, found in errors.items()
    } == {
        "title": "U+202E RIGHT-TO-LEFT OVERRIDE",
        "justification": "U+0000",
        "lines.1.description": "U+200B ZERO WIDTH SPACE",
        "lines.1.supplier_part_number": "U+200D ZERO WIDTH JOINER",
    }


def test_a_thousand_lines_are_taken_and_one_more_is_not(company: Company) -> None:
    lines = [company.line() for _number in range(services.MOST_LINES)]

    requisition = services.create(by=company.requester, data=company.data(), lines=lines)
    with pytest.raises(InvalidInputError) as error:
        services.create(by=company.requester, data=company.data(), lines=[*lines, company.line()])

    assert requisition.lines.count() == 1000
    assert error.value.code == "too_many_lines"
    assert Requisition.objects.count() == 1


def test_the_statements_do_not_grow_with_the_lines(
    company: Company, django_assert_num_queries: Any
) -> None:
    def count(lines: int) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        items = [{"item": company.item, "quantity": Decimal(1)} for _n in range(lines)]
        with CaptureQueriesContext(
            connection,
        ) as found:
            services.create(by=company.requester, data=company.data(), lines=items)
        return len(found)

    count(1)
    assert count(1) == count(25)


def test_a_currency_without_a_rate_leaves_the_base_total_open(company: Company) -> None:
    requisition = company.requisition(currency=make_currency("XTS"))

    assert requisition.estimated_total == Decimal(3560)
    assert requisition.base_total is None


def test_a_foreign_currency_is_valued_at_todays_rate(company: Company) -> None:
    requisition = company.requisition(currency=make_currency("USD", rate="7.1234"))

    assert requisition.base_total == Decimal("25359.30")


def test_somebody_elses_money_is_not_spent(company: Company) -> None:
    other = make_department()
    foreign = CostCentre.objects.create(code="OTHER", name="Other", department=other)

    assert set(refused(company, cost_centre=foreign)) == {"cost_centre"}
    assert set(refused(company, department=other, cost_centre=foreign)) == {"department"}


def test_only_few_ask_on_behalf_of_others(company: Company) -> None:
    assert set(refused(company, on_behalf_of=company.colleague)) == {"on_behalf_of"}

    requisition = company.requisition(by=company.buyer, on_behalf_of=company.colleague)
    assert requisition.on_behalf_of == company.colleague


@pytest.mark.parametrize("role", ["auditor", "ops"])
def test_who_only_reads_asks_for_nothing(company: Company, role: str) -> None:
    reader = make_user(None, role, department=company.department)

    with pytest.raises(NotPermittedError):
        company.requisition(by=reader)

    assert not Requisition.objects.exists()


def test_lines_are_changed_added_removed_and_renumbered(company: Company) -> None:
    requisition = company.requisition(count=3)
    first, second, third = requisition.lines.all()

    changed = services.update(
        requisition,
        by=company.requester,
        data={"title": "Other words"},
        lines=[
            {"id": third.pk},
            company.line(description="New", quantity=Decimal(1)),
            {"id": first.pk, "quantity": Decimal(5)},
        ],
        expected_version=1,
    )

    rows = list(RequisitionLine.objects.filter(requisition=requisition).order_by("line_no"))
    assert [row.pk for row in rows][0::2] == [third.pk, first.pk]
    assert [row.line_no for row in rows] == [1, 2, 3]
    assert rows[2].quantity == 5
    assert not RequisitionLine.objects.filter(pk=second.pk).exists()
    changed.refresh_from_db()
    assert (changed.title, changed.version) == ("Other words", 2)
    assert changed.estimated_total == Decimal(1780 + 890 + 4450)


def test_a_change_of_currency_recounts_the_lines(company: Company) -> None:
    yen = make_currency("JPY", rate="0.05", minor_units=0)
    requisition = company.requisition(lines=[company.line(estimated_price=Decimal("1.4"))])

    services.update(requisition, by=company.requester, data={"currency": yen})

    requisition.refresh_from_db()
    assert requisition.estimated_total == Decimal(3)
    assert requisition.base_total == Decimal("0.15")


def test_two_tabs_do_not_overwrite_each_other(company: Company) -> None:
    requisition = company.requisition()
    services.update(requisition, by=company.requester, data={"title": "A"}, expected_version=1)

    with pytest.raises(StaleVersionError) as error:
        services.update(requisition, by=company.requester, data={"title": "B"}, expected_version=1)

    requisition.refresh_from_db()
    assert requisition.title == "A"
    assert error.value.details["current"] == 2


@pytest.mark.parametrize("status", [s for s in Status if s not in {Status.DRAFT, Status.RETURNED}])
def test_only_drafts_and_returned_ones_are_edited(company: Company, status: Status) -> None:
    requisition = company.in_state(status)

    with pytest.raises(TransitionError):
        services.update(requisition, by=company.requester, data={"title": "Other"})

    requisition.refresh_from_db()
    assert requisition.title == "Lab bench supplies"


@pytest.mark.parametrize("who", ["colleague", "head", "buyer"])
def test_nobody_else_edits(company: Company, who: str) -> None:
    requisition = company.requisition()

    with pytest.raises(NotPermittedError):
        services.update(requisition, by=getattr(company, who), data={"title": "Other"})

    requisition.refresh_from_db()
    assert requisition.title == "Lab bench supplies"


def test_a_copy_is_a_new_draft_without_history(company: Company) -> None:
    line = company.line(needed_by=date(2027, 1, 1), preferred_supplier=company.supplier)
    source = company.in_state(Status.APPROVED, lines=[line, company.line()])

    copied = services.copy(source, by=company.requester)

    copied.refresh_from_db()
    assert (copied.number, copied.status, copied.submitted_at) == (None, "draft", None)
    assert copied.copied_from == source
    assert copied.estimated_total == source.estimated_total
    row = copied.lines.first()
    assert row is not None
    assert (row.preferred_supplier, row.needed_by) == (company.supplier, None)
    assert row.ordered_quantity == 0


def test_a_buyers_copy_is_their_own(company: Company) -> None:
    source = company.in_state(Status.APPROVED)

    copied = services.copy(source, by=company.buyer)

    assert copied.requester == company.buyer


def test_what_one_does_not_see_one_does_not_copy(company: Company) -> None:
    source = company.requisition()

    with pytest.raises(NotPermittedError):
        services.copy(source, by=company.colleague)

    assert Requisition.objects.count() == 1


def test_a_draft_can_be_thrown_away(company: Company) -> None:
    requisition = company.requisition()

    services.delete(requisition, by=company.requester, expected_version=1)

    assert not Requisition.objects.exists()
    assert Entry.objects.filter(event="requisition.deleted").count() == 1


@pytest.mark.parametrize("status", [Status.PENDING_APPROVAL, Status.CANCELLED, Status.APPROVED])
def test_what_has_a_number_stays(company: Company, status: Status) -> None:
    requisition = company.in_state(status)

    with pytest.raises(TransitionError):
        services.delete(requisition, by=company.requester)

    assert Requisition.objects.count() == 1


def test_a_withdrawn_draft_keeps_its_number_and_stays(company: Company) -> None:
    requisition = company.in_state(Status.PENDING_APPROVAL)
    requisition = services.withdraw(requisition, by=company.requester)

    with pytest.raises(TransitionError):
        services.delete(requisition, by=company.requester)

    assert requisition.number is not None


def test_an_inactive_item_is_not_proposed_as_price(company: Company) -> None:
    lonely = make_item(base_unit=company.unit)
    requisition = company.requisition(lines=[{"item": lonely, "quantity": Decimal(1)}])

    assert requisition.lines.get().estimated_price is None
    assert requisition.estimated_total == 0


def test_blockers_are_named_before_submitting(company: Company) -> None:
    company.supplier.status = Supplier.Status.BLOCKED
    company.supplier.save()
    lonely = make_item(base_unit=company.unit)
    requisition = company.requisition(
        currency=make_currency("XTS"),
        lines=[
            {"item": lonely, "quantity": Decimal(1)},
            company.line(preferred_supplier=company.supplier),
        ],
    )

    codes = [b.code for b in services.preview(requisition, by=company.requester).blockers]

    assert codes == ["no_exchange_rate", "price_missing", "supplier_blocked"]
