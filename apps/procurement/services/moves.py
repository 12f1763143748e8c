"""The moves of a purchase order: the table, and one service per move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.approvals import services as approvals
from apps.approvals.states import RequestStatus
from apps.common import workflow
from apps.common.workflow import Table, Transition
from apps.procurement import policies
from apps.procurement.models import PurchaseOrder
from apps.procurement.services import effects
from apps.procurement.states import EDITABLE, OrderStatus

KIND = policies.KIND
DECISIONS = ("approve", "return", "reject")
WRITTEN = frozenset(EDITABLE)
PENDING = frozenset({OrderStatus.PENDING_APPROVAL})
RUNNING = frozenset({OrderStatus.ISSUED, OrderStatus.ON_HOLD})

TABLE = Table.of(
    KIND,
    (
        Transition(
            "submit",
            _("Submit for approval"),
            WRITTEN,
            OrderStatus.PENDING_APPROVAL,
            policies.may_keep,
            effect=effects.submit,
            stamps=("submitted",),
            tone="primary",
        ),
        Transition(
            "withdraw",
            _("Withdraw"),
            PENDING | {OrderStatus.APPROVED},
            OrderStatus.DRAFT,
            policies.may_keep,
            effect=effects.withdraw,
        ),
        Transition(
            "approve",
            _("Approve"),
            PENDING,
            OrderStatus.APPROVED,
            policies.may_decide,
            stamps=("approved",),
            tone="primary",
        ),
        Transition(
            "return",
            _("Return for changes"),
            PENDING,
            OrderStatus.RETURNED,
            policies.may_decide,
            needs_reason=True,
        ),
        Transition(
            "reject",
            _("Reject"),
            PENDING,
            OrderStatus.REJECTED,
            policies.may_decide,
            effect=effects.give_back,
            needs_reason=True,
            tone="danger",
        ),
        Transition(
            "issue",
            _("Issue"),
            frozenset({OrderStatus.APPROVED}),
            OrderStatus.ISSUED,
            policies.may_issue,
            effect=effects.issue,
            stamps=("issued",),
            tone="primary",
        ),
        Transition(
            "hold",
            _("Put on hold"),
            frozenset({OrderStatus.ISSUED}),
            OrderStatus.ON_HOLD,
            policies.may_issue,
            needs_reason=True,
        ),
        Transition(
            "resume",
            _("Resume"),
            frozenset({OrderStatus.ON_HOLD}),
            OrderStatus.ISSUED,
            policies.may_issue,
        ),
        Transition(
            "close",
            _("Close the order"),
            RUNNING,
            OrderStatus.CLOSED,
            policies.may_issue,
            effect=effects.close,
            stamps=("closed",),
            needs_reason=True,
        ),
        Transition(
            "cancel",
            _("Cancel"),
            WRITTEN | PENDING | RUNNING | {OrderStatus.APPROVED},
            OrderStatus.CANCELLED,
            policies.may_cancel,
            effect=effects.cancel,
            stamps=("cancelled",),
            needs_reason=True,
            tone="danger",
        ),
    ),
)


def submit(
    order: PurchaseOrder, *, by: Any, comment: str = "", expected_version: int | None = None
) -> PurchaseOrder:
    """Ask for approval. Raises RouteError naming all that stands in the way.

    What rules declare to need nobody's consent is approved at once.
    """
    with transaction.atomic():
        submitted = _run("submit", order, by, comment, expected_version)
        settled: PurchaseOrder = approvals.settle(submitted, by=by)
    return settled


def withdraw(
    order: PurchaseOrder, *, by: Any, comment: str = "", expected_version: int | None = None
) -> PurchaseOrder:
    """Take an order back to write on it again; its approval is void."""
    return _run("withdraw", order, by, comment, expected_version)


def issue(
    order: PurchaseOrder, *, by: Any, comment: str = "", expected_version: int | None = None
) -> PurchaseOrder:
    """Send an approved order to its supplier, as it was approved. Takes the number."""
    return _run("issue", order, by, comment, expected_version)


def hold(
    order: PurchaseOrder, *, by: Any, comment: str = "", expected_version: int | None = None
) -> PurchaseOrder:
    """Stop an issued order for the time being, with a reason."""
    return _run("hold", order, by, comment, expected_version)


def resume(
    order: PurchaseOrder, *, by: Any, comment: str = "", expected_version: int | None = None
) -> PurchaseOrder:
    """Go on with an order on hold."""
    return _run("resume", order, by, comment, expected_version)


def close(
    order: PurchaseOrder, *, by: Any, comment: str = "", expected_version: int | None = None
) -> PurchaseOrder:
    """End an order, with a reason; what was not received can be ordered elsewhere."""
    return _run("close", order, by, comment, expected_version)


def cancel(
    order: PurchaseOrder, *, by: Any, comment: str = "", expected_version: int | None = None
) -> PurchaseOrder:
    """Give an order up, with a reason, while nothing was received; its lines are open again."""
    return _run("cancel", order, by, comment, expected_version)


def approve(order: PurchaseOrder, *, by: Any, comment: str = "", **more: Any) -> PurchaseOrder:
    """Agree; the order moves once all steps are agreed on."""
    return _decide(order, "approve", by=by, comment=comment, **more)


def reject(order: PurchaseOrder, *, by: Any, comment: str = "", **more: Any) -> PurchaseOrder:
    """Refuse for good, with a reason; what it covered can be ordered again."""
    return _decide(order, "reject", by=by, comment=comment, **more)


def return_(order: PurchaseOrder, *, by: Any, comment: str = "", **more: Any) -> PurchaseOrder:
    """Send it back for changes, with a reason."""
    return _decide(order, "return", by=by, comment=comment, **more)


SERVICES: dict[str, Callable[..., PurchaseOrder]] = {
    "submit": submit,
    "withdraw": withdraw,
    "approve": approve,
    "return": return_,
    "reject": reject,
    "issue": issue,
    "hold": hold,
    "resume": resume,
    "close": close,
    "cancel": cancel,
}


def outcome(name: str, status: RequestStatus) -> Callable[..., PurchaseOrder]:
    """The order's own move at the end of its approval, for the approvals to call.

    Its policy is the closed request itself: whoever decided had the right to when they did.
    """

    def move(order: PurchaseOrder, *, by: Any, comment: str, request: Any) -> PurchaseOrder:
        def allows(_user: Any, current: Any) -> bool:
            is_its_own = request.document_kind == KIND and request.document_id == current.pk
            return bool(is_its_own and request.status == status)

        return workflow.run(replace(TABLE[name], allows=allows), order, by=by, comment=comment)

    return move


def _run(
    name: str, order: PurchaseOrder, by: Any, comment: str, version: int | None
) -> PurchaseOrder:
    return workflow.run(TABLE[name], order, by=by, comment=comment, expected_version=version)


def _decide(order: PurchaseOrder, verdict: str, *, by: Any, **more: Any) -> PurchaseOrder:
    decided: PurchaseOrder = approvals.decide_document(order, by=by, verdict=verdict, **more)
    return decided
