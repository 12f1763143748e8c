"""How far a requisition got: derived from the ledger, and what approvers took out of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.common import events, workflow
from apps.common.errors import ConflictError, InvalidInputError, TransitionError
from apps.common.tabular.cells import plain
from apps.requisitions.models import Requisition, RequisitionLine
from apps.requisitions.services import totals
from apps.requisitions.states import Fulfilment, LineStatus, Status

Sums = Mapping[int, Decimal]
DERIVED = ("ordered_quantity", "received_quantity")


@transaction.atomic
def refresh_fulfilment(
    requisition_lines: Iterable[RequisitionLine],
    *,
    by: Any,
    ordered: Sums | None = None,
    received: Sums | None = None,
) -> list[RequisitionLine]:
    """Write sums of the ledger into the lines and derive how far their requisitions are.

    `ordered` and `received` are the sums by line; what is not given is taken from the lines handed
    in, which the caller has recomputed under its locks. Documents are locked before lines, both in
    the order of their keys.
    """
    wanted = {line.pk: line for line in requisition_lines}
    documents, lines = _locked(wanted)
    changed, records = [], []
    for line in lines:
        if line.pk not in wanted:
            continue
        before = events.snapshot(line)
        line.ordered_quantity = (ordered or {}).get(line.pk, wanted[line.pk].ordered_quantity)
        line.received_quantity = (received or {}).get(line.pk, wanted[line.pk].received_quantity)
        _check_within(line)
        changes = events.difference(before, events.snapshot(line))
        if changes:
            line.updated_at = timezone.now()
            changed.append(line)
            records.append(_changed(line, "requisition_line.fulfilment", changes, by))
    if changed:
        RequisitionLine.objects.bulk_update(changed, [*DERIVED, "updated_at"])
    events.record(*records, *_derive_headers(documents, lines, by=by))
    return changed


def _locked(
    wanted: Mapping[int, RequisitionLine],
) -> tuple[list[Requisition], list[RequisitionLine]]:
    """The documents of these lines and all of their lines, locked in the order of their keys."""
    if not wanted:
        return [], []
    keys = RequisitionLine.objects.filter(pk__in=list(wanted)).values_list("requisition", flat=True)
    documents = Requisition.objects.select_for_update().filter(pk__in=set(keys)).order_by("pk")
    locked = list(documents)
    lines = RequisitionLine.objects.select_for_update().filter(requisition__in=locked)
    return locked, list(lines.order_by("pk"))


def _check_within(line: RequisitionLine) -> None:
    if line.ordered_quantity > line.quantity:
        raise ConflictError(
            _("Line %(line)s: only %(quantity)s were asked for.")
            % {"line": line.line_no, "quantity": plain(line.quantity)},
            code="ordered_beyond_requested",
        )


def _derive_headers(
    documents: Sequence[Requisition], lines: Sequence[RequisitionLine], *, by: Any
) -> list[events.Record]:
    records = []
    for document in documents:
        own = [
            line
            for line in lines
            if line.requisition_id == document.pk and line.status != LineStatus.REJECTED
        ]
        before = events.snapshot(document)
        document.order_status = _how_far(own, "ordered_quantity")
        document.receipt_status = _how_far(own, "received_quantity")
        changes = events.difference(before, events.snapshot(document))
        if changes:
            Requisition.objects.filter(pk=document.pk).update(
                order_status=document.order_status,
                receipt_status=document.receipt_status,
                version=document.version + 1,
                updated_at=timezone.now(),
            )
            records.append(_changed(document, "requisition.fulfilment", changes, by))
    return records


def _how_far(lines: Sequence[RequisitionLine], quantity: str) -> Fulfilment:
    if not any(getattr(line, quantity) > 0 for line in lines):
        return Fulfilment.NONE
    done = all(getattr(line, quantity) >= line.quantity for line in lines)
    return Fulfilment.FULL if done else Fulfilment.PARTIAL


def _changed(instance: Any, event: str, changes: Mapping[str, Any], by: Any) -> events.Record:
    return events.Record(instance, events.Action.UPDATE, event, changes, actor=by)


@transaction.atomic
def reject_lines(
    document: Requisition, line_numbers: Sequence[int], *, by: Any, comment: str = ""
) -> Requisition:
    """Take lines out that an approver does not agree with; the others go on.

    Called by the approval while the document waits for it. Raises InvalidInputError for numbers
    that are not there and when nothing would be left: then the whole document is rejected instead.
    """
    fresh = workflow.lock(document)
    if fresh.status != Status.PENDING_APPROVAL:
        raise TransitionError(status=fresh.status)
    lines = list(fresh.lines.select_for_update().order_by("pk"))
    rejected = _to_reject(lines, set(line_numbers))
    before = events.snapshot(fresh)
    for line in rejected:
        line.status, line.status_reason = LineStatus.REJECTED, comment[:255]
    RequisitionLine.objects.bulk_update(rejected, ["status", "status_reason"])
    totals.recompute(fresh, lines)
    workflow.save(fresh, by=fresh.updated_by)
    changes = events.difference(before, events.snapshot(fresh))
    events.record(
        *(_rejected(line, comment, by) for line in rejected),
        _changed(fresh, "requisition.lines_rejected", changes, by),
    )
    return fresh


def _to_reject(lines: Sequence[RequisitionLine], wanted: set[int]) -> list[RequisitionLine]:
    still_open = [line for line in lines if line.status == LineStatus.OPEN]
    message = ""
    unknown = wanted - {line.line_no for line in still_open}
    if unknown:
        message = _("There is no open line %(lines)s.") % {
            "lines": ", ".join(str(number) for number in sorted(unknown))
        }
    elif len(wanted) == len(still_open):
        message = _("No line would be left. Reject the whole requisition instead.")
    if message:
        raise InvalidInputError(message, code="invalid_lines", errors={"rejected_lines": [message]})
    return [line for line in still_open if line.line_no in wanted]


def _rejected(line: RequisitionLine, comment: str, by: Any) -> events.Record:
    changes = {"status": (LineStatus.OPEN.value, LineStatus.REJECTED.value)}
    return events.Record(
        line, events.Action.UPDATE, "requisition_line.reject", changes, comment=comment, actor=by
    )
