"""The moves of a requisition: the table, and one service per move."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.approvals import services as approvals
from apps.approvals.policies import may_conclude
from apps.catalog import services as catalog
from apps.common import numbering, workflow
from apps.common.errors import ConflictError
from apps.common.workflow import Table, Transition
from apps.requisitions import policies
from apps.requisitions.models import Requisition
from apps.requisitions.services import checks, totals
from apps.requisitions.states import Fulfilment, LineStatus, Status

KIND = "requisition"
PREFIX = "PR"


def _submit(requisition: Requisition, *, by: Any, comment: str) -> None:
    """Freeze the rate, ask for approval, and take the number last."""
    blockers = checks.blockers(requisition, by=by)
    if blockers:
        raise checks.route_error(blockers)
    requisition.lines.exclude(status=LineStatus.OPEN).update(
        status=LineStatus.OPEN, status_reason=""
    )
    requisition.exchange_rate = catalog.exchange_rate(requisition.currency)
    totals.recompute(requisition, list(requisition.lines.all()))
    requisition.submitted_by = by
    request = approvals.open_request(requisition, by=by)
    if requisition.number is None:
        requisition.number = numbering.take(KIND, PREFIX)
        request.document_label = str(requisition)[:255]
        request.save(update_fields=["document_label"])


def _withdraw(requisition: Requisition, *, by: Any, comment: str) -> None:
    approvals.withdraw(requisition, by=by)


def _cancel(requisition: Requisition, *, by: Any, comment: str) -> None:
    """Only while nothing is ordered; what is ordered has to be cancelled there first."""
    _refuse_ordered(requisition)
    if requisition.status == Status.PENDING_APPROVAL:
        approvals.withdraw(requisition, by=by)


def _refuse_ordered(requisition: Requisition) -> None:
    if requisition.order_status != Fulfilment.NONE:
        raise ConflictError(
            _("Lines of %(document)s are on order already. Close the rest instead.")
            % {"document": requisition},
            code="already_ordered",
        )


def _reopen(requisition: Requisition, *, by: Any, comment: str) -> None:
    """What is bought again is what was approved, no more."""
    if not approvals.is_still_approved(requisition):
        raise ConflictError(
            _("%(document)s is no longer what was approved.") % {"document": requisition},
            code="not_as_approved",
        )


TABLE = Table.of(
    KIND,
    (
        Transition(
            "submit",
            gettext_lazy("Submit"),
            frozenset({Status.DRAFT, Status.RETURNED}),
            Status.PENDING_APPROVAL,
            policies.may_submit,
            effect=_submit,
            stamps=("submitted",),
            tone="primary",
        ),
        Transition(
            "withdraw",
            gettext_lazy("Withdraw"),
            frozenset({Status.PENDING_APPROVAL}),
            Status.DRAFT,
            policies.may_withdraw,
            effect=_withdraw,
        ),
        Transition(
            "approve",
            gettext_lazy("Approve"),
            frozenset({Status.PENDING_APPROVAL}),
            Status.APPROVED,
            policies.may_decide,
            stamps=("approved",),
            tone="primary",
        ),
        Transition(
            "return",
            gettext_lazy("Return for changes"),
            frozenset({Status.PENDING_APPROVAL}),
            Status.RETURNED,
            policies.may_decide,
            needs_reason=True,
        ),
        Transition(
            "reject",
            gettext_lazy("Reject"),
            frozenset({Status.PENDING_APPROVAL}),
            Status.REJECTED,
            policies.may_decide,
            needs_reason=True,
            tone="danger",
        ),
        Transition(
            "close",
            gettext_lazy("Close"),
            frozenset({Status.APPROVED}),
            Status.CLOSED,
            policies.may_close,
            stamps=("closed",),
            needs_reason=True,
        ),
        Transition(
            "reopen",
            gettext_lazy("Reopen"),
            frozenset({Status.CLOSED}),
            Status.APPROVED,
            policies.may_reopen,
            effect=_reopen,
            needs_reason=True,
        ),
        Transition(
            "cancel",
            gettext_lazy("Cancel"),
            frozenset({Status.DRAFT, Status.PENDING_APPROVAL, Status.RETURNED, Status.APPROVED}),
            Status.CANCELLED,
            policies.may_cancel,
            effect=_cancel,
            stamps=("cancelled",),
            needs_reason=True,
            tone="danger",
        ),
    ),
)
DECISIONS = ("approve", "return", "reject")


def submit(
    requisition: Requisition, *, by: Any, comment: str = "", expected_version: int | None = None
) -> Requisition:
    """Ask for approval. Raises RouteError naming all that stands in the way.

    What rules declare to need nobody's consent is approved at once.
    """
    with transaction.atomic():
        submitted = _run("submit", requisition, by, comment, expected_version)
        settled: Requisition = approvals.settle(submitted, by=by)
    return settled


def withdraw(
    requisition: Requisition, *, by: Any, comment: str = "", expected_version: int | None = None
) -> Requisition:
    """Take a request back to work on it again."""
    return _run("withdraw", requisition, by, comment, expected_version)


def cancel(
    requisition: Requisition, *, by: Any, comment: str = "", expected_version: int | None = None
) -> Requisition:
    """Give the whole thing up, with a reason, while nothing is ordered."""
    return _run("cancel", requisition, by, comment, expected_version)


def close(
    requisition: Requisition, *, by: Any, comment: str = "", expected_version: int | None = None
) -> Requisition:
    """Buy no more of it, with a reason; what is on order stays on order."""
    return _run("close", requisition, by, comment, expected_version)


def reopen(
    requisition: Requisition, *, by: Any, comment: str = "", expected_version: int | None = None
) -> Requisition:
    """Go on buying the rest, with a reason."""
    return _run("reopen", requisition, by, comment, expected_version)


def approve(requisition: Requisition, *, by: Any, comment: str = "", **more: Any) -> Requisition:
    """Agree; the document moves once all steps are agreed on."""
    return _decide(requisition, "approve", by=by, comment=comment, **more)


def reject(requisition: Requisition, *, by: Any, comment: str = "", **more: Any) -> Requisition:
    """Refuse for good, with a reason."""
    return _decide(requisition, "reject", by=by, comment=comment, **more)


def return_(requisition: Requisition, *, by: Any, comment: str = "", **more: Any) -> Requisition:
    """Send it back for changes, with a reason."""
    return _decide(requisition, "return", by=by, comment=comment, **more)


SERVICES = {
    "submit": submit,
    "withdraw": withdraw,
    "approve": approve,
    "return": return_,
    "reject": reject,
    "close": close,
    "reopen": reopen,
    "cancel": cancel,
}


def _run(
    name: str, requisition: Requisition, by: Any, comment: str, version: int | None
) -> Requisition:
    return workflow.run(TABLE[name], requisition, by=by, comment=comment, expected_version=version)


def _decide(requisition: Requisition, verdict: str, *, by: Any, **more: Any) -> Requisition:
    decided: Requisition = approvals.decide_document(requisition, by=by, verdict=verdict, **more)
    return decided


def outcome(name: str) -> Any:
    """The document's own move at the end of an approval, for the approvals to call.

    It is possible only while they carry a decision over: nobody approves around them.
    """
    transition = replace(TABLE[name], allows=may_conclude)

    def move(document: Requisition, *, by: Any, comment: str, request: Any) -> Requisition:
        return workflow.run_locked(transition, document, by=by, comment=comment)

    return move
