"""Ending one line of an issued order before all of it came."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.common import events, workflow
from apps.common.errors import InvalidInputError, NotPermittedError, TransitionError
from apps.procurement import policies
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from apps.procurement.services import effects, ledger
from apps.procurement.services.moves import RUNNING, close
from apps.procurement.states import OrderLineStatus


@transaction.atomic
def close_line(
    line: PurchaseOrderLine, *, by: Any, comment: str, expected_version: int | None = None
) -> PurchaseOrder:
    """Close a line short, with a reason; what did not come can be ordered elsewhere.

    The last open line closes the order with it. Raises TransitionError, NotPermittedError,
    InvalidInputError and StaleVersionError.
    """
    order = workflow.lock(line.order, expected_version=expected_version)
    if not policies.may_issue(by, order):
        raise NotPermittedError()
    lines = ledger.held_by(order)
    still_open = [row for row in lines if row.status == OrderLineStatus.OPEN]
    fresh = next((row for row in still_open if row.pk == line.pk), None)
    if order.status not in RUNNING or fresh is None:
        raise TransitionError(
            _("Only open lines of an issued order can be closed."), status=order.status
        )
    if not comment.strip():
        text = _("Give a reason.")
        raise InvalidInputError(text, code="reason_required", errors={"comment": [text]})
    if len(still_open) == 1:
        return close(order, by=by, comment=comment)
    before = events.snapshot(order)
    effects.end_lines([fresh], OrderLineStatus.CLOSED, by=by, reason=comment)
    workflow.save(order, by=by)
    changes = events.difference(before, events.snapshot(order))
    events.record(
        events.Record(
            order,
            events.Action.UPDATE,
            "purchaseorder.close_line",
            changes,
            comment=comment,
            data={"line_no": fresh.line_no},
            actor=by,
        )
    )
    return order
