"""What the page of a requisition tells: route, lines, orders, files, comments, history, moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.approvals import services as approvals
from apps.approvals.models import ApprovalRequest
from apps.approvals.states import RequestStatus, StepStatus
from apps.common import documents, history
from apps.common.services import attachments, comments, media_types
from apps.requisitions import policies, services
from apps.requisitions.models import Requisition, RequisitionLine
from apps.requisitions.states import EDITABLE, LineStatus, Status

ORDER_KIND = "purchase_order"
# How events read to people: words, icon, tone. What is not here is shown by its own name.
EVENTS: Mapping[str, tuple[Any, str, str]] = {
    "requisition.created": (_("Written down"), "pencil", "neutral"),
    "requisition.updated": (_("Changed"), "pencil", "neutral"),
    "requisition.submit": (_("Submitted for approval"), "send", "info"),
    "requisition.withdraw": (_("Withdrawn"), "arrow-return-left", "neutral"),
    "requisition.approve": (_("Approved"), "check-lg", "success"),
    "requisition.return": (_("Returned for changes"), "arrow-return-left", "warning"),
    "requisition.reject": (_("Rejected"), "x-lg", "danger"),
    "requisition.cancel": (_("Cancelled"), "slash-circle", "danger"),
    "requisition.close": (_("Closed"), "archive", "neutral"),
    "requisition.reopen": (_("Opened again"), "arrow-counterclockwise", "info"),
    "requisition.lines_rejected": (_("Lines left out"), "dash-circle", "warning"),
    "requisition.fulfilment": (_("Ordering or receiving went on"), "truck", "progress"),
    "requisition.shared": (_("Shared"), "person-plus", "neutral"),
    "attachment.added": (_("File added"), "paperclip", "neutral"),
    "attachment.removed": (_("File removed"), "paperclip", "neutral"),
}
_NOT_TOLD = {"comment.added", "requisition.watched", "requisition.unwatched"}


def of(requisition: Requisition, user: Any) -> dict[str, Any]:
    """Everything the page shows, in a number of statements that does not grow with the lines."""
    allowed = services.allowed_actions(user, [requisition])[requisition.pk]
    requests = list(
        ApprovalRequest.objects.of(services.KIND, requisition.pk)
        .order_by("-pk")
        .prefetch_related("steps__assignments__user", "steps__assignments__group")
        .prefetch_related("steps__decisions__actor")
    )
    is_editable = requisition.status in EDITABLE
    owner = policies.may_edit(user, requisition)
    route = services.preview(requisition, by=user) if is_editable and owner else None
    return {
        "requisition": requisition,
        "allowed": allowed,
        "moves": [services.TABLE[name] for name in allowed if name in services.TABLE.transitions],
        "lines": lines(requisition, user),
        "route": route,
        "steps": planned(route) if route else steps(requests[0]) if requests else [],
        "approval": requests[0] if requests else None,
        "changes": changes(requisition, requests),
        "warnings": services.warnings(requisition.shown_lines) if owner or route else [],
        "timeline": timeline(history.of(requisition)),
        "comments": list(comments.of(requisition)),
        "attachments": list(attachments.of(requisition)),
        "may_comment": policies.may_comment(user, requisition),
        "may_attach": policies.may_attach(user, requisition),
        "may_share": policies.may_share(user, requisition),
        "watchers": list(requisition.watchers.order_by("username")),
        "accepted": ",".join(media_types.endings()),
    }


def planned(route: Any) -> list[dict[str, Any]]:
    """The steps to come, for the stepper."""
    return [
        {
            "name": step.name,
            "status": StepStatus.WAITING.value,
            "people": ", ".join(approver.label for approver in step.approvers),
            "reason": step.why,
        }
        for step in route.steps
    ]


def steps(request: ApprovalRequest) -> list[dict[str, Any]]:
    """The steps of a running or finished approval, for the stepper."""
    return [
        {
            "name": step.name,
            "status": step.status,
            "status_label": step.get_status_display(),
            "people": _people(step),
            "reason": step.why,
        }
        for step in request.steps.all()
    ]


def _people(step: Any) -> str:
    """Who decided, or who is asked."""
    decided = [decision.actor_name for decision in step.decisions.all()]
    asked = [str(row.user or row.group) for row in step.assignments.all() if row.is_open]
    if step.status in {StepStatus.ACTIVE, StepStatus.WAITING}:
        return ", ".join(asked)
    return ", ".join(decided or asked)


def changes(requisition: Requisition, requests: list[ApprovalRequest]) -> list[Any]:
    """What differs from the version decided before."""
    if not requests:
        return []
    if requisition.status in EDITABLE:
        return approvals.difference(requests[0], requisition)
    if requests[0].status == RequestStatus.PENDING and len(requests) > 1:
        return approvals.since_former(requests[0])
    return []


def lines(requisition: Requisition, user: Any) -> list[dict[str, Any]]:
    """The lines with the orders they went into."""
    rows = requisition.shown_lines
    orders = _orders(rows, user) if requisition.status in {Status.APPROVED, Status.CLOSED} else {}
    return [
        {
            "line": line,
            "orders": orders.get(line.pk, []),
            "is_out": line.status == LineStatus.REJECTED,
            "ordered_percent": _percent(line.ordered_quantity, line.quantity),
            "received_percent": _percent(line.received_quantity, line.quantity),
        }
        for line in rows
    ]


def _percent(part: Any, whole: Any) -> int:
    return int(part * 100 / whole) if whole else 0


def _orders(rows: Iterable[RequisitionLine], user: Any) -> dict[int, list[dict[str, Any]]]:
    """The ledger's entries by line; an order is a link for those who may see it."""
    relation = "allocations__order_line__order"
    models.prefetch_related_objects(list(rows), relation)
    entries = [
        (line.pk, entry)
        for line in rows
        for entry in line.allocations.all()
        if entry.quantity > entry.released_quantity
    ]
    kind = documents.kinds().get(ORDER_KIND)
    wanted = {entry.order_line.order_id for _pk, entry in entries}
    visible: set[int] = set()
    if kind is not None and wanted:
        visible = set(kind.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True))
    found: dict[int, list[dict[str, Any]]] = {}
    for pk, entry in entries:
        order = entry.order_line.order
        url = kind.workspace_url(order) if kind is not None and order.pk in visible else ""
        quantity = entry.quantity - entry.released_quantity
        found.setdefault(pk, []).append({"order": order, "quantity": quantity, "url": url})
    return found


def timeline(rows: Iterable[history.HistoryRow]) -> list[dict[str, Any]]:
    """What happened, in words."""
    told = []
    for row in rows:
        if row.event in _NOT_TOLD:
            continue
        title, symbol, tone = EVENTS.get(row.event, (row.event, "circle", "neutral"))
        told.append(
            {
                "title": title,
                "at": row.at,
                "actor": row.actor_name,
                "note": row.comment,
                "tone": tone,
                "symbol": symbol,
            }
        )
    return told
