"""Whether each wish may be fulfilled: state, scope, quantity, supplier. Reads fresh rows only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.approvals import services as approvals
from apps.catalog import services as catalog
from apps.catalog.models import Supplier
from apps.common.errors import InvalidInputError, NotPermittedError
from apps.common.money import ZERO, exact
from apps.procurement import policies
from apps.procurement.models import Allocation, PurchaseOrderLine
from apps.procurement.services.wishes import ConversionLine, Notice, Problems, plain, unit_label
from apps.requisitions.models import Requisition, RequisitionLine
from apps.requisitions.states import LineStatus, Status

MOST_LINES = 1000
_QUANTITY = Allocation._meta.get_field("quantity")
_PRICE = PurchaseOrderLine._meta.get_field("unit_price")


def check_number(wishes: Sequence[ConversionLine]) -> None:
    """Refuse nothing at all and far too much."""
    if not wishes:
        raise InvalidInputError(_("Choose at least one line to order."), code="no_lines")
    if len(wishes) > MOST_LINES:
        message = _("At most %(limit)d lines are ordered at once.") % {"limit": MOST_LINES}
        raise InvalidInputError(message, code="too_many_lines")


def check_scope(lines: Mapping[int, RequisitionLine], *, by: Any) -> None:
    """A buyer orders for the departments in their scope. Raises NotPermittedError."""
    if not policies.may_convert(by):
        raise NotPermittedError()
    for line in lines.values():
        if not policies.may_buy_for(by, line.requisition.department_id):
            raise NotPermittedError(
                _("You do not buy for the department %(department)s.")
                % {"department": line.requisition.department},
                code="foreign_department",
            )


def check(
    wishes: Sequence[ConversionLine],
    lines: Mapping[int, RequisitionLine],
    taken: Mapping[int, Decimal],
    problems: Problems,
) -> None:
    """Say everything that is wrong with states, quantities and prices."""
    void = _void_approvals(lines)
    for index, wish in enumerate(wishes):
        line = lines.get(wish.requisition_line.pk)
        if line is None:
            message = _("This requisition line does not exist any more.")
            problems.add(index, "requisition_line", "unknown_line", message)
            continue
        _check_state(index, line, void, problems)
        _check_values(index, wish, line, problems)
    _check_sums(wishes, lines, taken, problems)


def _void_approvals(lines: Mapping[int, RequisitionLine]) -> set[int]:
    """Approved requisitions whose content is not what was approved."""
    headers = {line.requisition_id: line.requisition for line in lines.values()}
    approved = [r for r in headers.values() if r.status == Status.APPROVED]
    return {r.pk for r in approved} - approvals.still_approved(approved)


def _check_state(index: int, line: RequisitionLine, void: set[int], problems: Problems) -> None:
    requisition: Requisition = line.requisition
    named: dict[str, Any] = {"line": line, "requisition": requisition}
    if requisition.status != Status.APPROVED:
        named["status"] = requisition.get_status_display()
        message = _("%(requisition)s is %(status)s; only approved requisitions are ordered.")
        problems.add_conflict(
            index, "requisition_line", "requisition_not_approved", message % named
        )
    elif requisition.pk in void:
        message = _("%(requisition)s was changed after its approval and has to be approved again.")
        problems.add_conflict(index, "requisition_line", "approval_void", message % named)
    elif line.status != LineStatus.OPEN:
        named["status"] = line.get_status_display()
        message = _("The line “%(line)s” is %(status)s.")
        problems.add_conflict(index, "requisition_line", "line_not_open", message % named)


def _check_values(
    index: int, wish: ConversionLine, line: RequisitionLine, problems: Problems
) -> None:
    try:
        _QUANTITY.clean(wish.quantity, None)
    except ValidationError as error:
        problems.add(index, "quantity", "invalid_quantity", error.messages[0])
    else:
        if wish.quantity <= 0:
            message = _("A quantity is greater than zero.")
            problems.add(index, "quantity", "invalid_quantity", message)
        elif wish.quantity % line.unit.step and wish.quantity != line.quantity:
            message = _("Quantities in %(unit)s are multiples of %(step)s.")
            named = {"unit": line.unit, "step": plain(line.unit.step)}
            problems.add(index, "quantity", "quantity_step", message % named)
    if wish.unit_price is not None:
        _check_price(index, wish.unit_price, problems)


def _check_price(index: int, price: Decimal, problems: Problems) -> None:
    try:
        _PRICE.clean(price, None)
    except ValidationError as error:
        problems.add(index, "unit_price", "invalid_price", error.messages[0])
    else:
        if price < 0:
            problems.add(index, "unit_price", "invalid_price", _("A price is not negative."))


def _check_sums(
    wishes: Sequence[ConversionLine],
    lines: Mapping[int, RequisitionLine],
    taken: Mapping[int, Decimal],
    problems: Problems,
) -> None:
    """No more than is left, to the last digit, all wishes for one line taken together."""
    if any(problem.path.endswith(".quantity") for problem in problems.found):
        return
    sums: dict[int, Decimal] = {}
    for index, wish in enumerate(wishes):
        line = lines.get(wish.requisition_line.pk)
        if line is None or line.status != LineStatus.OPEN:
            continue
        with exact():
            left = line.quantity - taken[line.pk] - sums.get(line.pk, ZERO)
            sums[line.pk] = sums.get(line.pk, ZERO) + wish.quantity
        if wish.quantity > left:
            message = _("“%(line)s”: %(quantity)s asked for, %(left)s %(unit)s left to order.") % {
                "line": line,
                "quantity": plain(wish.quantity),
                "left": plain(max(left, ZERO)),
                "unit": unit_label(line.unit),
            }
            problems.add_conflict(index, "quantity", "quantity_exceeds_open", message)


def check_suppliers(
    wishes: Sequence[ConversionLine], suppliers: Mapping[int, Supplier], problems: Problems
) -> list[Notice]:
    """Refuse suppliers nothing may be ordered from; give back the warnings about the others."""
    answers = {pk: catalog.order_control(supplier) for pk, supplier in suppliers.items()}
    for index, wish in enumerate(wishes):
        control, message = answers[wish.supplier.pk]
        if control == "prevent":
            problems.add(index, "supplier", "supplier_prevented", message)
    return [
        Notice("supplier_warning", message, is_blocking=True)
        for control, message in answers.values()
        if control == "warn"
    ]
